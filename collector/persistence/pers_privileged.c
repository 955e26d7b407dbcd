#include "collector/persistence/pers_privileged.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "collector/action.h"
#include "collector/look.h"
#include "collector/recent_scan.h"
#include "collector/take.h"

#define MOUNTINFO_MAX ((size_t)4 << 20)

void pers_privileged_free(struct pers_privileged *p)
{
    for (size_t i = 0; i < p->count; i++)
        free((void *)(uintptr_t)p->list[i].path.at);
    free(p->list);
    pers_mounts_free(&p->mounts);
    *p = (struct pers_privileged) { 0 };
}

/* Attributes are asked for only of what can be run. */
static bool judge(int folder, const char *name, const struct statx *st, struct recent_found *out)
{
    unsigned char capability[RECENT_CAPABILITY_MAX];
    size_t len = 0;
    struct hz_error ignored;
    if (!S_ISREG(st->stx_mode))
        return false;
    if ((st->stx_mode & 0111) != 0 &&
        io_scan_attribute(folder, name, "security.capability", capability, sizeof capability, &len, &ignored) != HZ_OK)
        len = 0;
    if (len == 0 && (st->stx_mode & (S_ISUID | S_ISGID)) == 0)
        return false;
    *out = (struct recent_found) { .size = st->stx_size, .capability_len = len };
    memcpy(out->capability, capability, len);
    meta_from_statx(&out->stat, st);
    return true;
}

static int pack(struct buf *out, const struct recent_found *found, struct hz_error *err)
{
    struct pers_privileged_file f = { .stat = found->stat, .size = found->size };
    memcpy(f.capability, found->capability, sizeof f.capability);
    f.capability_len = found->capability_len;
    buf_put(out, &f, sizeof f);
    return buf_check(out, err);
}

static const struct recent_lister lister = { judge, pack };

struct roots {
    struct recent_root *list; /* owned */
    size_t count;
};

/* What is mounted there now must be what mountinfo says: another may lie above it. */
static int add_root(struct run *run, struct roots *r, struct pers_mount *m, struct hz_error *err)
{
    struct statx st;
    struct hz_error ignored;
    int fd = -1;
    if (look_path(run->root, m->path, strlen(m->path), &fd, &ignored) != HZ_OK)
        m->searched = false;
    else if (io_statx_known(fd, &st, &ignored) != HZ_OK || !S_ISDIR(st.stx_mode) || st.stx_dev_major != m->major ||
             st.stx_dev_minor != m->minor) {
        io_close(&fd);
        m->searched = strcmp(m->path, "/") == 0;
        if (m->searched) /* btrfs and the like have numbers of their own */
            fd = fcntl(run->root, F_DUPFD_CLOEXEC, 3);
    }
    char *path = fd < 0 ? NULL : strdup(m->path);
    if (fd >= 0 && path == NULL) {
        io_close(&fd);
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    }
    if (fd >= 0)
        r->list[r->count++] = (struct recent_root) { .path = path, .fd = fd };
    return HZ_OK;
}

/* An image is one file system, whatever is mounted on this machine. */
static int find_roots(struct run *run, struct pers_privileged *p, struct roots *r, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(MOUNTINFO_MAX);
    struct hz_error ignored;
    bool image = run->options->root != NULL && strcmp(run->options->root, "/") != 0;
    int rc = HZ_OK;
    if (!image && io_proc_read(run->root, "proc/self/mountinfo", MOUNTINFO_MAX, &text, NULL, &ignored) == HZ_OK)
        rc = pers_mounts_parse(&p->mounts, (struct span) { (const char *)text.data, text.len }, err);
    r->list = calloc(p->mounts.count + 1, sizeof *r->list); /* one more: in a chroot "/" is no mount point */
    if (rc == HZ_OK && r->list == NULL)
        rc = hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t i = 0; rc == HZ_OK && i < p->mounts.count; i++)
        if (p->mounts.list[i].searched)
            rc = add_root(run, r, &p->mounts.list[i], err);
    bool whole_there = false;
    for (size_t i = 0; i < r->count; i++)
        whole_there |= strcmp(r->list[i].path, "/") == 0;
    if (rc != HZ_OK || whole_there)
        return rc;
    struct recent_root whole = { .path = strdup("/"), .fd = fcntl(run->root, F_DUPFD_CLOEXEC, 3) };
    if (whole.path == NULL || whole.fd < 0) {
        free(whole.path);
        io_close(&whole.fd);
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    }
    r->list[r->count++] = whole;
    return HZ_OK;
}

static bool is_nosuid(const struct pers_mounts *m, struct span path)
{
    const struct pers_mount *best = NULL;
    for (size_t i = 0; i < m->count; i++) {
        const struct pers_mount *a = &m->list[i];
        size_t len = strlen(a->path);
        bool below = strcmp(a->path, "/") == 0 || (span_begins(path, a->path) && path.len > len && path.at[len] == '/');
        if (below && (best == NULL || len >= strlen(best->path)))
            best = a;
    }
    return best != NULL && best->nosuid;
}

static int keep(struct pers_privileged *p, const struct recent_row *row, struct hz_error *err)
{
    if (p->count >= PERS_PRIVILEGED_MAX || row->kept.len != sizeof *p->list) {
        p->full = true;
        return HZ_OK;
    }
    if (p->count == p->room) {
        size_t room = p->room == 0 ? 64 : p->room * 2;
        struct pers_privileged_file *list = reallocarray(p->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
        p->list = list;
        p->room = room;
    }
    char *path = malloc(row->origin.len + 1);
    if (path == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    memcpy(path, row->origin.data, row->origin.len);
    path[row->origin.len] = '\0';
    struct pers_privileged_file *f = &p->list[p->count++];
    memcpy(f, row->kept.data, sizeof *f);
    f->path = (struct span) { path, row->origin.len };
    f->nosuid = is_nosuid(&p->mounts, f->path);
    return HZ_OK;
}

/* Mount points are no gaps: each is searched by itself or named as not searched. */
static int read_rows(struct run *run, struct recent_rows *rows, struct pers_privileged *p, uint64_t *absent,
                     struct hz_error *err)
{
    HZ_CLEANUP(recent_pass_end) struct recent_pass *pass = NULL;
    const struct recent_row *row = NULL;
    int rc = recent_pass_begin(rows, &pass, err);
    while (rc == HZ_OK && (rc = recent_pass_next(pass, &row, err)) == HZ_OK && row != NULL) {
        if (!row->absent) {
            rc = keep(p, row, err);
            continue;
        }
        struct walk_absence a = row->absence;
        a.origin = row->origin;
        if (a.mount_point || a.status == W_VANISHED || a.status == W_EXCLUDED)
            continue;
        ++*absent;
        rc = take_absence(run, &a, err);
    }
    return rc;
}

static enum stop_reason stopped(void *context)
{
    return stop_now(context);
}

static int scan(struct run *run, struct roots *roots, struct recent_rows *rows, struct recent_scan_result *result,
                struct hz_error *err)
{
    const struct recent_scan_config config = { .lister = &lister,
                                               .roots = roots->list,
                                               .root_count = roots->count,
                                               .own = run->own,
                                               .spool_directory = run->spool_directory,
                                               .deadline_ns = run->options->command_timeout_ns,
                                               .stopped = stopped,
                                               .context = run };
    *roots = (struct roots) { 0 };
    return recent_scan(&config, rows, result, err);
}

int pers_privileged_find(struct run *run, struct pers_privileged *p, struct hz_error *err)
{
    HZ_CLEANUP(recent_rows_free) struct recent_rows rows;
    struct roots roots = { 0 };
    struct recent_scan_result result = { 0 };
    struct w_action action;
    recent_rows_init(&rows, run->spool_directory);
    action_begin(&action, "privileged", run->source, NULL);
    int rc = find_roots(run, p, &roots, err);
    if (rc == HZ_OK)
        rc = scan(run, &roots, &rows, &result, err);
    recent_roots_free(roots.list, roots.count);
    if (rc == HZ_OK)
        rc = read_rows(run, &rows, p, &action.failures, err);
    if (rc != HZ_OK)
        return rc;
    run->tally.exposed += result.exposed;
    action.count = result.looked_at;
    return action_end(&action, run->bundle, err);
}

int pers_privileged_ask(const struct pers_privileged *p, struct pkg_owners *owners, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < p->count; i++)
        rc = pers_paths_add(&owners->paths, p->list[i].path, err);
    return rc;
}
