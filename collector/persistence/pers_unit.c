/* Units of systemd: systemd.unit(5), systemd.exec(5), systemd.timer(5), systemd.path(5), systemd.socket(5). */
#include <string.h>

#include "base/buf.h"
#include "collector/persistence/pers_parse.h"
#include "collector/persistence/pers_places.h"

#define MARKS "-@:+!|" /* before a program, systemd.service(5) */

static bool is_unit(struct span name)
{
    static const char *const types[] = { ".service", ".timer",  ".socket", ".path",  ".mount", ".automount",
                                         ".swap",    ".target", ".slice",  ".scope", ".device" };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (span_ends(name, types[i]))
            return true;
    return false;
}

static bool runs_commands(struct span key)
{
    return span_begins(key, "Exec") && !span_is(key, "ExecSearchPath");
}

/* What makes a unit of these types begin. */
static bool says_when(struct span section, struct span key)
{
    static const char *const paths[] = { "PathExists", "PathExistsGlob", "PathChanged", "PathModified",
                                         "DirectoryNotEmpty" };
    if (span_is(section, "Timer"))
        return span_begins(key, "On") || span_is(key, "Persistent");
    if (span_is(section, "Socket"))
        return span_begins(key, "Listen");
    if (span_is(section, "Path"))
        for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
            if (span_is(key, paths[i]))
                return true;
    return (span_is(section, "Mount") || span_is(section, "Automount")) &&
           (span_is(key, "What") || span_is(key, "Where"));
}

/* What the whole unit says, for each of its rows. */
struct summary {
    struct buf when;
    struct span user, started;
    bool installable;
    unsigned commands;
};

static void summary_free(struct summary *s)
{
    buf_free(&s->when);
}

static void add_when(struct buf *when, struct span key, struct span value)
{
    buf_puts(when, when->len > 0 ? "; " : "");
    buf_put(when, key.at, key.len);
    buf_putc(when, '=');
    buf_put(when, value.at, value.len);
}

static int summarise(struct span text, struct summary *s, struct hz_error *err)
{
    struct pers_ini ini = { .rest = text };
    while (pers_ini_next(&ini)) {
        if (ini.value.at == NULL)
            continue;
        if (span_is(ini.section, "Service") && span_is(ini.key, "User"))
            s->user = ini.value;
        else if (span_is(ini.key, "Unit") && !span_is(ini.section, "Unit"))
            s->started = ini.value;
        else if (span_is(ini.section, "Install"))
            s->installable = true;
        else if (says_when(ini.section, ini.key))
            add_when(&s->when, ini.key, ini.value);
        s->commands += runs_commands(ini.key);
    }
    return buf_check(&s->when, err);
}

static void fill(struct pers_file *file, const struct summary *s, struct span name)
{
    pers_value(file, PERS_NAME, name);
    if (s->user.at != NULL)
        pers_value(file, PERS_USER, s->user);
    else if (s->commands > 0 && span_is(span_of(file->place->scope), "system"))
        pers_value(file, PERS_USER, span_of("root"));
    if (s->when.len > 0)
        pers_value(file, PERS_WHEN, (struct span) { (const char *)s->when.data, s->when.len });
    pers_value(file, PERS_ENABLED, span_of(s->installable ? "disabled" : "static"));
}

static int put_commands(struct pers_file *file, const struct summary *s, struct span name, struct hz_error *err)
{
    struct pers_ini ini = { .rest = file->text };
    int rc = HZ_OK;
    while (rc == HZ_OK && pers_ini_next(&ini)) {
        bool preload = span_is(ini.key, "Environment") && span_has(ini.value, "LD_");
        if (ini.value.len == 0 || (!runs_commands(ini.key) && !preload))
            continue;
        file->row.line = ini.line;
        fill(file, s, name);
        pers_value(file, PERS_DIRECTIVE, ini.key);
        if (preload)
            pers_value(file, PERS_TEXT, ini.value);
        else
            pers_command(file, ini.value, MARKS);
        rc = pers_put(file, err);
    }
    return rc;
}

/* What a file that a unit reads its environment from makes programs load. */
static int follow_environment(struct pers_file *file, struct hz_error *err)
{
    struct pers_ini ini = { .rest = file->text };
    int rc = HZ_OK;
    while (rc == HZ_OK && pers_ini_next(&ini)) {
        struct span path = span_begins(ini.value, "-") ? span_from(ini.value, 1) : ini.value;
        if (span_is(ini.key, "EnvironmentFile") && path.len > 0 && !span_has(path, "%"))
            rc = pers_follow(file, &pers_places_settings, path, err);
    }
    return rc;
}

static int put_unit(struct pers_file *file, struct span name, bool always, struct hz_error *err)
{
    HZ_CLEANUP(summary_free) struct summary s = { .when = BUF_INIT(PERS_VALUE_MAX) };
    int rc = summarise(file->text, &s, err);
    if (rc == HZ_E_LIMIT) /* what is there of it already will do */
        rc = HZ_OK;
    if (rc == HZ_OK)
        rc = follow_environment(file, err);
    size_t before = file->hunt->rows.count;
    if (rc == HZ_OK)
        rc = put_commands(file, &s, name, err);
    if (rc != HZ_OK || file->hunt->rows.count > before || (!always && s.when.len == 0 && s.started.at == NULL))
        return rc;
    fill(file, &s, name);
    if (s.started.at != NULL) {
        pers_value(file, PERS_DIRECTIVE, span_of("Unit"));
        pers_value(file, PERS_COMMAND, s.started);
    }
    return pers_put(file, err);
}

/* "ssh.service.d" of a drop-in; in ".wants" and the like: of the unit that wants others. */
static bool folder_ends(const struct pers_file *file, const char *suffix, struct span *unit)
{
    if (!span_ends(file->folder, suffix))
        return false;
    *unit = (struct span) { file->folder.at, file->folder.len - strlen(suffix) };
    return true;
}

static bool is_wanted(const struct pers_file *file, struct span *by)
{
    return folder_ends(file, ".wants", by) || folder_ends(file, ".requires", by) || folder_ends(file, ".upholds", by);
}

/* Not listed by itself: says that the unit it leads to is enabled. */
static int put_link(struct pers_file *file, struct hz_error *err)
{
    file->row.is_link = true;
    pers_value(file, PERS_NAME, file->name);
    return pers_put(file, err);
}

bool pers_unit_follows(struct span name)
{
    return span_ends(name, ".d") || span_ends(name, ".wants") || span_ends(name, ".requires") ||
           span_ends(name, ".upholds");
}

int pers_unit_file(struct pers_file *file, struct hz_error *err)
{
    struct span unit;
    bool drop_in = folder_ends(file, ".d", &unit);
    if (drop_in && span_ends(file->name, ".conf")) {
        file->row.kind = "systemd-drop-in";
        return put_unit(file, unit, true, err);
    }
    if (drop_in || !is_unit(file->name))
        return HZ_OK;
    if (is_wanted(file, &unit))
        return put_link(file, err);
    struct span target = file->row.value[PERS_TARGET];
    bool masked = span_is(target, "/dev/null") || (target.at == NULL && file->regular && file->text.len == 0);
    if (masked) {
        pers_value(file, PERS_NAME, file->name);
        pers_value(file, PERS_ENABLED, span_of("masked"));
        return pers_put(file, err);
    }
    int rc = target.at != NULL ? put_link(file, err) : HZ_OK;
    return rc == HZ_OK ? put_unit(file, file->name, false, err) : rc;
}

/* What every unit gets from its manager. */
int pers_unit_manager(struct pers_file *file, struct hz_error *err)
{
    struct pers_ini ini = { .rest = file->text };
    int rc = HZ_OK;
    while (rc == HZ_OK && pers_ini_next(&ini)) {
        if (ini.value.at == NULL || !(span_is(ini.key, "DefaultEnvironment") || span_is(ini.key, "ManagerEnvironment")))
            continue;
        file->row.line = ini.line;
        pers_value(file, PERS_DIRECTIVE, ini.key);
        pers_value(file, PERS_TEXT, ini.value);
        rc = pers_put(file, err);
    }
    return rc;
}
