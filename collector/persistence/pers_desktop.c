/* Files like .ini that name a program: Desktop Application Autostart Specification, D-Bus Specification (message bus
 * starting services), xinetd.conf(5). */
#include "base/buf.h"
#include "collector/persistence/pers_parse.h"

struct entry {
    struct span name, exec, user, hidden, unit;
    unsigned line;
};

static struct entry read_entry(struct span text, const char *section)
{
    struct pers_ini ini = { .rest = text };
    struct entry e = { 0 };
    while (pers_ini_next(&ini)) {
        if (!span_is(ini.section, section))
            continue;
        if (span_is(ini.key, "Exec")) {
            e.exec = ini.value;
            e.line = ini.line;
        } else if (span_is(ini.key, "Name"))
            e.name = ini.value;
        else if (span_is(ini.key, "User"))
            e.user = ini.value;
        else if (span_is(ini.key, "Hidden"))
            e.hidden = ini.value;
        else if (span_is(ini.key, "SystemdService"))
            e.unit = ini.value;
    }
    return e;
}

int pers_desktop_autostart(struct pers_file *file, struct hz_error *err)
{
    if (!span_ends(file->name, ".desktop"))
        return HZ_OK;
    struct entry e = read_entry(file->text, "Desktop Entry");
    file->row.line = e.line;
    pers_value(file, PERS_NAME, e.name);
    pers_value(file, PERS_WHEN, span_of("graphical login"));
    pers_value(file, PERS_ENABLED, span_of(span_is_caseless(e.hidden, "true") ? "hidden" : "enabled"));
    pers_command(file, e.exec, "");
    return pers_put(file, err);
}

int pers_desktop_dbus(struct pers_file *file, struct hz_error *err)
{
    if (!span_ends(file->name, ".service"))
        return HZ_OK;
    struct entry e = read_entry(file->text, "D-BUS Service");
    file->row.line = e.line;
    pers_value(file, PERS_NAME, e.name);
    pers_value(file, PERS_WHEN, span_of("first message to this name"));
    if (e.user.at != NULL)
        pers_value(file, PERS_USER, e.user);
    pers_command(file, e.unit.at != NULL ? e.unit : e.exec, "");
    if (e.unit.at != NULL)
        pers_value(file, PERS_DIRECTIVE, span_of("SystemdService"));
    return pers_put(file, err);
}

static int put_service(struct pers_file *file, struct span name, const struct entry *e, struct span arguments,
                       struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf command = BUF_INIT(PERS_VALUE_MAX);
    buf_put(&command, e->exec.at, e->exec.len);
    if (arguments.len > 0) {
        buf_putc(&command, ' ');
        buf_put(&command, arguments.at, arguments.len);
    }
    if (command.failed == HZ_E_NOMEM)
        return buf_check(&command, err);
    pers_value(file, PERS_NAME, name);
    pers_value(file, PERS_WHEN, span_of("connection"));
    pers_value(file, PERS_ENABLED, span_of(span_is(e->hidden, "yes") ? "disabled" : "enabled"));
    if (e->user.at != NULL)
        pers_value(file, PERS_USER, e->user);
    if (command.len > 0)
        pers_command(file, (struct span) { (const char *)command.data, command.len }, "");
    return pers_put(file, err);
}

/* service NAME { key = value ... } */
int pers_desktop_xinetd(struct pers_file *file, struct hz_error *err)
{
    struct span rest = file->text, line, name = SPAN_NONE, arguments = SPAN_NONE;
    struct entry e = { 0 };
    unsigned number = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_entry(&rest, &line, &number)) {
        struct span value = line, key;
        if (span_begins(line, "service ") || span_begins(line, "service\t")) {
            name = span_trim(span_from(line, 8));
            e = (struct entry) { .line = number };
            arguments = SPAN_NONE;
        } else if (span_is(line, "}") && name.at != NULL) {
            file->row.line = e.line;
            rc = put_service(file, name, &e, arguments, err);
            name = SPAN_NONE;
        } else if (span_until(&value, '=', &key)) {
            key = span_trim(key);
            value = span_trim(value);
            struct span *place = span_is(key, "server")        ? &e.exec
                                 : span_is(key, "user")        ? &e.user
                                 : span_is(key, "disable")     ? &e.hidden
                                 : span_is(key, "server_args") ? &arguments
                                                               : &e.unit;
            *place = value;
        }
    }
    return rc;
}
