#include "collector/persistence/pers_observe.h"

#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "collector/take.h"

#define DETAIL_MAX ((size_t)400)

int pers_observe(struct run *run, struct pers_counts *counts, const char *code, struct span subject, struct span detail,
                 struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(DETAIL_MAX + 1);
    size_t i = 0, most = sizeof counts->list / sizeof counts->list[0] - 1;
    while (i < most && counts->list[i].code != NULL && strcmp(counts->list[i].code, code) != 0)
        i++;
    counts->list[i].code = code;
    if (++counts->list[i].count > PERS_OBSERVED_MAX)
        return HZ_OK;
    for (size_t k = 0; k < detail.len && k < DETAIL_MAX; k++)
        buf_putc(&text, detail.at[k] == '\0' || detail.at[k] == '\n' ? ' ' : detail.at[k]);
    if (buf_text(&text) == NULL)
        return buf_check(&text, err);
    return observe(run, code, span_bytes(subject), text.len > 0 ? (const char *)text.data : NULL, err);
}

int pers_observe_rest(struct run *run, const struct pers_counts *counts, const char *listing, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof counts->list / sizeof counts->list[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(200);
        if (counts->list[i].code == NULL || counts->list[i].count <= PERS_OBSERVED_MAX)
            continue;
        buf_printf(&text, "%u more", counts->list[i].count - PERS_OBSERVED_MAX);
        const char *detail = buf_text(&text);
        rc = detail == NULL
                 ? buf_check(&text, err)
                 : observe(run, counts->list[i].code, (struct w_bytes) { listing, strlen(listing) }, detail, err);
    }
    return rc;
}

static bool is_one_of(const char *kind, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(kind, list[i]) == 0)
            return true;
    return false;
}

static bool is_volatile(struct span path)
{
    return span_begins(path, "/tmp/") || span_begins(path, "/var/tmp/") || span_begins(path, "/dev/");
}

/* Nobody but the administrator, or somebody in his place, put it there. known false: the same, as far as the place
 * tells. */
static bool is_foreign(const struct pers_row *row, bool known)
{
    static const char *const vendors[] = { "/usr/lib/", "/lib/", "/usr/share/", "/run/", "/proc/" };
    bool made = span_begins(row->origin, "/run/") && !span_begins(row->origin, "/run/systemd/generator");
    if (known)
        return row->unowned || row->altered || made;
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++)
        if (span_begins(row->origin, vendors[i]))
            return false;
    return true;
}

/* A setting, not a command, that has programs load a library. */
static bool is_preload(const struct pers_row *row)
{
    return span_has(row->value[PERS_TEXT], "LD_PRELOAD") || span_has(row->value[PERS_TEXT], "LD_AUDIT");
}

/* Kinds whose rows start something, or let somebody in. */
static const char *const programs[] = { "autostart",
                                        "boot-hook",
                                        "cloud-init",
                                        "dbus",
                                        "inetd",
                                        "init",
                                        "init-link",
                                        "inittab",
                                        "initramfs-hook",
                                        "interpreter",
                                        "kernel-hook",
                                        "logging",
                                        "logrotate",
                                        "mail",
                                        "modprobe",
                                        "motd",
                                        "network-hook",
                                        "package-hook",
                                        "polkit",
                                        "power-hook",
                                        "rc",
                                        "session",
                                        "shell",
                                        "supervised",
                                        "sysusers",
                                        "systemd-generator",
                                        "systemd-shutdown",
                                        "systemd-sleep",
                                        "tmpfiles",
                                        "trusted-login",
                                        "udev",
                                        "upstart",
                                        "xinetd",
                                        "binfmt" };

static const char *code_of(const struct pers_row *row, bool known)
{
    static const char *const jobs[] = { "cron", "anacron", "incron" };
    bool runs = row->value[PERS_COMMAND].len > 0, foreign = is_foreign(row, known);
    if (strcmp(row->kind, "preload") == 0)
        return "ld-so-preload";
    if (strcmp(row->kind, "authorized-key") == 0)
        return row->value[PERS_FINGERPRINT].len > 0 ? "authorized-key" : NULL;
    if (strcmp(row->kind, "at") == 0)
        return "at-job";
    if (is_one_of(row->kind, jobs, sizeof jobs / sizeof jobs[0]))
        return runs && foreign ? "cron-job" : NULL;
    if (strcmp(row->kind, "systemd") == 0 || strcmp(row->kind, "systemd-drop-in") == 0)
        return (runs || is_preload(row)) && foreign ? "systemd-unit" : NULL;
    if (strcmp(row->kind, "pam-module") == 0)
        return known && foreign ? "pam-module" : NULL;
    if (strcmp(row->kind, "nss-module") == 0)
        return known && foreign ? "nss-module" : NULL;
    if (strcmp(row->kind, "pam") == 0)
        return span_begins(row->value[PERS_COMMAND], "/") || span_begins(row->value[PERS_COMMAND], "pam_exec")
                   ? "pam-program"
                   : NULL;
    if (strcmp(row->kind, "kernel-helper") == 0)
        return runs && (row->program_unowned || row->program_altered) ? "kernel-helper" : NULL;
    if (strcmp(row->kind, "sysctl") == 0)
        return foreign && span_begins(row->value[PERS_COMMAND], "|") ? "start-file" : NULL;
    if (foreign && is_preload(row))
        return "start-file";
    /* What a user has at home is of no package anyway. */
    return foreign && !row->at_home && is_one_of(row->kind, programs, sizeof programs / sizeof programs[0])
               ? "start-file"
               : NULL;
}

static int put_detail(struct buf *out, const struct pers_row *row)
{
    static const enum pers_value order[] = { PERS_FINGERPRINT, PERS_WHEN, PERS_COMMAND, PERS_NAME };
    buf_puts(out, row->altered ? "altered; " : "");
    if (row->line > 0)
        buf_printf(out, "line %u; ", row->line);
    if (row->value[PERS_USER].len > 0) {
        buf_puts(out, "user ");
        buf_put(out, row->value[PERS_USER].at, row->value[PERS_USER].len);
        buf_puts(out, "; ");
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        struct span s = row->value[order[i]];
        if (s.len == 0)
            continue;
        buf_put(out, s.at, s.len);
        buf_putc(out, ' ');
    }
    return HZ_OK;
}

static int observe_row(struct run *run, struct pers_counts *counts, const char *code, const struct pers_row *row,
                       struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(4 * PERS_VALUE_MAX + 1000);
    put_detail(&detail, row);
    return pers_observe(run, counts, code, row->origin,
                        span_trim((struct span) { (const char *)detail.data, detail.len }), err);
}

static bool same_file(const struct pers_row *a, const struct pers_row *b)
{
    return a->origin.len == b->origin.len && memcmp(a->origin.at, b->origin.at, a->origin.len) == 0;
}

/* One of a unit, however many commands it has. */
static bool was_told(const struct pers_rows *rows, size_t i, const char *code, bool known)
{
    if (strcmp(code, "systemd-unit") != 0 && strcmp(code, "start-file") != 0)
        return false;
    for (size_t k = i; k-- > 0 && same_file(&rows->list[k], &rows->list[i]);)
        if (!rows->list[k].is_link && code_of(&rows->list[k], known) == code)
            return true;
    return false;
}

int pers_observe_rows(struct run *run, const struct pers_rows *rows, bool known, struct hz_error *err)
{
    struct pers_counts counts = { 0 };
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < rows->count; i++) {
        const struct pers_row *row = &rows->list[i];
        if (row->is_link)
            continue;
        const char *code = code_of(row, known);
        if (code != NULL && !was_told(rows, i, code, known))
            rc = observe_row(run, &counts, code, row, err);
        if (rc == HZ_OK && is_volatile(row->value[PERS_PROGRAM]))
            rc = observe_row(run, &counts, "start-from-volatile-place", row, err);
    }
    return rc == HZ_OK ? pers_observe_rest(run, &counts, "data/persistence/autostart.jsonl", err) : rc;
}

int pers_observe_absences(struct run *run, const struct pers_absences *absences, const char *where,
                          struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < absences->count; i++) {
        const struct pers_absence *a = &absences->list[i];
        const struct walk_absence absence = { .origin = span_bytes(a->origin),
                                              .status = a->status,
                                              .reason = a->reason,
                                              .sys_errno = a->sys_errno,
                                              .failure = a->status != W_VANISHED && a->status != W_EXCLUDED };
        rc = take_absence(run, &absence, err);
    }
    const struct walk_absence rest = { .origin = { where, strlen(where) },
                                       .status = W_OVER_BUDGET,
                                       .reason = N_("more could not be looked at than is listed"),
                                       .failure = true };
    return rc == HZ_OK && absences->more ? take_absence(run, &rest, err) : rc;
}
