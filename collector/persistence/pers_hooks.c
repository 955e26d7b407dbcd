/* Commands inside the configuration of something else: udev(7), apt.conf(5), dpkg.cfg(5), logrotate(8), interfaces(5),
 * aliases(5), procmailrc(5), acpid(8), tmpfiles.d(5). */
#include <string.h>

#include "collector/persistence/pers_parse.h"
#include "collector/persistence/pers_places.h"

/* The text in the first pair of double quotes; *rest is what comes behind. */
static bool quoted(struct span *rest, struct span *inside)
{
    struct span before;
    return span_until(rest, '"', &before) && span_until(rest, '"', inside);
}

/* RUN+="program", PROGRAM="program", IMPORT{program}="program", ENV{SYSTEMD_WANTS}="unit": a row each. */
static int put_rule(struct pers_file *file, struct span line, struct hz_error *err)
{
    static const char *const keys[] = { "RUN", "PROGRAM", "IMPORT{program}", "ENV{SYSTEMD_WANTS}",
                                        "ENV{SYSTEMD_USER_WANTS}" };
    unsigned number = file->row.line;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof keys / sizeof keys[0]; i++) {
        struct span rest = line, command;
        const char *at;
        while (rc == HZ_OK && rest.len > 0 && (at = memmem(rest.at, rest.len, keys[i], strlen(keys[i]))) != NULL) {
            bool begins = at == line.at || strchr(" \t,", at[-1]) != NULL;
            rest = span_from(rest, (size_t)(at - rest.at) + strlen(keys[i]));
            if (!begins || rest.len == 0 || strchr("+={:", rest.at[0]) == NULL || span_begins(rest, "{builtin}"))
                continue;
            if (!quoted(&rest, &command) || command.len == 0)
                break;
            file->row.line = number;
            pers_value(file, PERS_DIRECTIVE, span_of(keys[i]));
            pers_value(file, PERS_USER, span_of("root"));
            pers_value(file, PERS_WHEN, span_of("event of a device"));
            pers_value(file, PERS_TEXT, line);
            pers_command(file, command, "");
            rc = pers_put(file, err);
        }
    }
    return rc;
}

int pers_hooks_udev(struct pers_file *file, struct hz_error *err)
{
    return span_ends(file->name, ".rules") ? pers_each_line(file, put_rule, err) : HZ_OK;
}

static bool is_apt_hook(struct span line)
{
    return !span_begins(line, "//") && (span_has(line, "Invoke") || span_has(line, "Pre-Install-Pkgs"));
}

static int put_apt(struct pers_file *file, struct span line, struct span command, struct hz_error *err)
{
    pers_value(file, PERS_TEXT, line);
    pers_value(file, PERS_USER, span_of("root"));
    pers_value(file, PERS_WHEN, span_of("run of apt or dpkg"));
    if (command.len > 0)
        pers_command(file, command, "");
    return pers_put(file, err);
}

/* A hook's commands stand in quotes, behind its name or in the lines of its block. */
int pers_hooks_apt(struct pers_file *file, struct hz_error *err)
{
    struct span rest = file->text, line, inside;
    unsigned number = 0;
    bool block = false;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_entry(&rest, &line, &number)) {
        struct span command = SPAN_NONE;
        bool begins = is_apt_hook(line);
        inside = line;
        if (begins || block)
            quoted(&inside, &command);
        if (begins || command.len > 0) {
            file->row.line = number;
            rc = put_apt(file, line, command, err);
        }
        block = (begins || block) && !span_has(line, "}") && (block || span_has(line, "{"));
    }
    return rc;
}

static int put_dpkg(struct pers_file *file, struct span line, struct hz_error *err)
{
    struct span value = line, key;
    if (!span_until(&value, '=', &key) || !(span_ends(span_trim(key), "-invoke") || span_is(key, "status-logger")))
        return HZ_OK;
    pers_value(file, PERS_DIRECTIVE, span_trim(key));
    pers_value(file, PERS_USER, span_of("root"));
    pers_value(file, PERS_WHEN, span_of("run of dpkg"));
    pers_command(file, span_trim(value), "\"'");
    return pers_put(file, err);
}

int pers_hooks_dpkg(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_dpkg, err);
}

static bool begins_script(struct span word)
{
    static const char *const words[] = { "prerotate", "postrotate", "firstaction", "lastaction", "preremove" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (span_is(word, words[i]))
            return true;
    return false;
}

/* Each line of a script between its keyword and "endscript". */
int pers_hooks_logrotate(struct pers_file *file, struct hz_error *err)
{
    struct span rest = file->text, line, script = SPAN_NONE;
    unsigned number = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_entry(&rest, &line, &number)) {
        if (script.at == NULL && span_begins(line, "include "))
            rc = pers_follow(file, &pers_places_logrotate, span_trim(span_from(line, 8)), err);
        if (begins_script(line))
            script = line;
        else if (span_is(line, "endscript"))
            script = SPAN_NONE;
        else if (script.at != NULL) {
            file->row.line = number;
            pers_value(file, PERS_DIRECTIVE, script);
            pers_value(file, PERS_USER, span_of("root"));
            pers_value(file, PERS_WHEN, span_of("rotation of logs"));
            pers_command(file, line, "");
            rc = pers_put(file, err);
        }
    }
    return rc;
}

static int put_interface(struct pers_file *file, struct span line, struct hz_error *err)
{
    static const char *const words[] = { "up", "down", "pre-up", "post-up", "pre-down", "post-down" };
    struct span rest = line, word;
    span_word(&rest, &word);
    if (span_is(word, "source") || span_is(word, "source-directory"))
        return pers_follow(file, &pers_places_interfaces, rest, err);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!span_is(word, words[i]))
            continue;
        pers_value(file, PERS_DIRECTIVE, word);
        pers_value(file, PERS_USER, span_of("root"));
        pers_value(file, PERS_WHEN, span_of("change of the network"));
        pers_command(file, rest, "");
        return pers_put(file, err);
    }
    return HZ_OK;
}

int pers_hooks_interfaces(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_interface, err);
}

/* "name: |program", "name: /file", "name: :include:/file"; mere addresses start nothing. */
static int put_alias(struct pers_file *file, struct span line, struct hz_error *err)
{
    struct span value = line, name;
    if (!span_until(&value, ':', &name) || !(span_has(value, "|") || span_has(value, ":include:")))
        return HZ_OK;
    pers_value(file, PERS_NAME, span_trim(name));
    pers_value(file, PERS_WHEN, span_of("mail to this name"));
    pers_command(file, span_trim(value), "|");
    return pers_put(file, err);
}

int pers_hooks_aliases(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_alias, err);
}

static int put_forward(struct pers_file *file, struct span line, struct hz_error *err)
{
    if (!span_has(line, "|"))
        return HZ_OK;
    pers_value(file, PERS_WHEN, span_of("mail to this user"));
    pers_command(file, line, "|");
    return pers_put(file, err);
}

int pers_hooks_forward(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_forward, err);
}

/* KEY = COMMAND, run by root */
static int put_setting(struct pers_file *file, struct span line, const char *name, const char *when,
                       struct hz_error *err)
{
    struct span value = line, key;
    if (!span_until(&value, '=', &key) || !span_is(span_trim(key), name))
        return HZ_OK;
    pers_value(file, PERS_USER, span_of("root"));
    pers_value(file, PERS_WHEN, span_of(when));
    pers_command(file, span_trim(value), "");
    return pers_put(file, err);
}

static int put_acpi(struct pers_file *file, struct span line, struct hz_error *err)
{
    return put_setting(file, line, "action", "event of ACPI", err);
}

int pers_hooks_acpi(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_acpi, err);
}

static int put_at_boot(struct pers_file *file, struct span line, struct hz_error *err)
{
    pers_value(file, PERS_TEXT, line);
    if (file->hunt->home == NULL)
        pers_value(file, PERS_USER, span_of("root"));
    pers_value(file, PERS_WHEN, span_of(file->hunt->home == NULL ? "boot" : "login"));
    return pers_put(file, err);
}

/* Lines that write, copy, link, or change a mode. */
static int put_tmpfile(struct pers_file *file, struct span line, struct hz_error *err)
{
    return strchr("fFwLCzZmaA", line.at[0]) != NULL ? put_at_boot(file, line, err) : HZ_OK;
}

int pers_hooks_tmpfiles(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_tmpfile, err);
}

int pers_hooks_sysusers(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_at_boot, err);
}

/* "^program" as the action; `binary` of omprog and mmexternal. */
static int put_rsyslog(struct pers_file *file, struct span line, struct hz_error *err)
{
    const char *mark = memmem(line.at, line.len, "binary=", 7);
    struct span command = SPAN_NONE, rest;
    if (mark != NULL) {
        rest = span_from(line, (size_t)(mark - line.at));
        quoted(&rest, &command);
    } else if (line.at[0] != '$' && (mark = memrchr(line.at, '^', line.len)) != NULL) {
        command = span_from(line, (size_t)(mark - line.at) + 1);
    }
    if (command.len == 0)
        return HZ_OK;
    pers_value(file, PERS_TEXT, line);
    pers_value(file, PERS_WHEN, span_of("message for the log"));
    pers_command(file, command, "");
    return pers_put(file, err);
}

int pers_hooks_rsyslog(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_rsyslog, err);
}

static int put_audit(struct pers_file *file, struct span line, struct hz_error *err)
{
    return put_setting(file, line, "path", "start of auditd", err);
}

int pers_hooks_audit(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_audit, err);
}
