/* Files of one thing a line: ld.so(8), pam.d(5), modprobe.d(5), modules-load.d(5), binfmt.d(5), inittab(5), inetd(8),
 * sysctl.d(5), environment(5), nsswitch.conf(5), core(5). */
#include <string.h>

#include "collector/persistence/pers_parse.h"
#include "collector/persistence/pers_places.h"

static int put_text(struct pers_file *file, struct span line, struct hz_error *err)
{
    pers_value(file, PERS_TEXT, line);
    return pers_put(file, err);
}

/* Libraries in a line are parted by blanks or colons. */
static int put_preload(struct pers_file *file, struct span line, struct hz_error *err)
{
    struct span word, part;
    int rc = HZ_OK;
    unsigned number = file->row.line;
    while (rc == HZ_OK && span_word(&line, &word)) {
        while (rc == HZ_OK && word.len > 0) {
            if (!span_until(&word, ':', &part)) {
                part = word;
                word = SPAN_NONE;
            }
            if (part.len == 0)
                continue;
            file->row.line = number;
            pers_value(file, PERS_NAME, part);
            pers_value(file, PERS_WHEN, span_of("every dynamically linked program"));
            pers_value(file, PERS_PROGRAM, part.at[0] == '/' ? part : SPAN_NONE);
            rc = pers_put(file, err);
        }
    }
    return rc;
}

int pers_etc_preload(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_preload, err);
}

int pers_etc_lines(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_text, err);
}

static int put_library_path(struct pers_file *file, struct span line, struct hz_error *err)
{
    struct span rest = line, word;
    int rc = put_text(file, line, err);
    return rc == HZ_OK && span_word(&rest, &word) && span_is(word, "include")
               ? pers_follow(file, &pers_places_library_path, rest, err)
               : rc;
}

int pers_etc_library_path(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_library_path, err);
}

/* Of a variable that makes programs load or run something, or what is in the places that matter. */
static int put_variable(struct pers_file *file, struct span line, struct hz_error *err)
{
    static const char *const names[] = { "LD_",      "PATH",       "BASH_ENV",   "ENV",       "PROMPT_COMMAND",
                                         "PERL5",    "PYTHONPATH", "PYTHONHOME", "PYTHONSTA", "RUBYOPT",
                                         "NODE_OPT", "GCONV_PATH", "GIT_",       "JAVA_TOOL" };
    struct span name = span_begins(line, "export ") ? span_trim(span_from(line, 7)) : line;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!span_begins(name, names[i]))
            continue;
        return put_text(file, line, err);
    }
    return HZ_OK;
}

/* Of settings that programs are started with: what makes them load something. The file is taken for that alone. */
static int put_setting(struct pers_file *file, struct span line, struct hz_error *err)
{
    size_t before = file->hunt->rows.count;
    struct span name = span_begins(line, "export ") ? span_trim(span_from(line, 7)) : line;
    int rc = span_begins(name, "LD_") || span_begins(name, "BASH_ENV") ? put_text(file, line, err) : HZ_OK;
    return rc == HZ_OK && file->hunt->rows.count > before ? pers_paths_add(&file->hunt->found, file->row.origin, err)
                                                          : rc;
}

int pers_etc_settings(struct pers_file *file, struct hz_error *err)
{
    return file->regular ? pers_each_line(file, put_setting, err) : HZ_OK;
}

int pers_etc_environment(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_variable, err);
}

/* A control in brackets may hold blanks. */
static struct span take_control(struct span *rest)
{
    struct span word, s = span_trim(*rest);
    if (span_begins(s, "[")) {
        struct span inside;
        struct span behind = s;
        if (span_until(&behind, ']', &inside)) {
            *rest = span_trim(behind);
            return (struct span) { s.at, inside.len + 1 };
        }
    }
    span_word(rest, &word);
    return word;
}

/* Files beside this one are looked at anyway. */
static int put_include(struct pers_file *file, struct span line, struct span named, struct hz_error *err)
{
    int rc = put_text(file, line, err);
    return rc == HZ_OK ? pers_follow(file, &pers_places_pam, named, err) : rc;
}

static int put_pam(struct pers_file *file, struct span line, struct hz_error *err)
{
    struct span rest = line, service = file->name, type, module;
    if (span_is(file->name, "pam.conf"))
        span_word(&rest, &service);
    if (!span_word(&rest, &type))
        return put_text(file, line, err);
    if (span_begins(type, "@"))
        return put_include(file, line, rest, err);
    struct span control = take_control(&rest), command = rest;
    if (control.len == 0 || !span_word(&rest, &module))
        return put_text(file, line, err);
    if (span_is(control, "include") || span_is(control, "substack"))
        return put_include(file, line, module, err);
    pers_value(file, PERS_NAME, service);
    pers_value(file, PERS_DIRECTIVE, type);
    pers_value(file, PERS_OPTIONS, control);
    pers_value(file, PERS_WHEN, span_of("login and change of user"));
    pers_command(file, command, "");
    return pers_put(file, err);
}

int pers_etc_pam(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_pam, err);
}

/* "install NAME COMMAND" and "remove NAME COMMAND" run a command in place of loading. */
static int put_modprobe(struct pers_file *file, struct span line, struct hz_error *err)
{
    struct span rest = line, word, name;
    if (!span_word(&rest, &word) || !(span_is(word, "install") || span_is(word, "remove")) || !span_word(&rest, &name))
        return HZ_OK;
    pers_value(file, PERS_DIRECTIVE, word);
    pers_value(file, PERS_NAME, name);
    pers_value(file, PERS_USER, span_of("root"));
    pers_value(file, PERS_WHEN, span_of("modprobe of this module"));
    pers_command(file, rest, "");
    return pers_put(file, err);
}

int pers_etc_modprobe(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_modprobe, err);
}

static int put_module(struct pers_file *file, struct span line, struct hz_error *err)
{
    if (line.at[0] == ';')
        return HZ_OK;
    pers_value(file, PERS_NAME, line);
    pers_value(file, PERS_WHEN, span_of("boot"));
    return pers_put(file, err);
}

int pers_etc_modules(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_module, err);
}

/* ":name:type:offset:magic:mask:interpreter:flags", the first character being the one that parts them. */
static int put_binfmt(struct pers_file *file, struct span line, struct hz_error *err)
{
    struct span rest = span_from(line, 1), name, field = SPAN_NONE;
    char mark = line.at[0];
    if (mark == ';')
        return HZ_OK;
    if (!span_until(&rest, mark, &name))
        return put_text(file, line, err);
    for (unsigned i = 0; i < 5; i++)
        if (!span_until(&rest, mark, &field))
            return put_text(file, line, err);
    pers_value(file, PERS_NAME, name);
    pers_value(file, PERS_OPTIONS, rest);
    pers_value(file, PERS_WHEN, span_of("execution of such a file"));
    pers_command(file, field, "");
    return pers_put(file, err);
}

int pers_etc_binfmt(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_binfmt, err);
}

/* "id:runlevels:action:process" */
static int put_inittab(struct pers_file *file, struct span line, struct hz_error *err)
{
    struct span rest = line, id, levels, action;
    if (!span_until(&rest, ':', &id) || !span_until(&rest, ':', &levels) || !span_until(&rest, ':', &action))
        return put_text(file, line, err);
    pers_value(file, PERS_NAME, id);
    pers_value(file, PERS_DIRECTIVE, action);
    pers_value(file, PERS_WHEN, levels.len > 0 ? levels : span_of("boot"));
    pers_value(file, PERS_USER, span_of("root"));
    pers_command(file, rest, "+");
    return pers_put(file, err);
}

int pers_etc_inittab(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_inittab, err);
}

/* "service type protocol wait user program arguments" */
static int put_inetd(struct pers_file *file, struct span line, struct hz_error *err)
{
    struct span rest = line, word[5];
    for (size_t i = 0; i < 5; i++)
        if (!span_word(&rest, &word[i]))
            return put_text(file, line, err);
    pers_value(file, PERS_NAME, word[0]);
    pers_value(file, PERS_USER, word[4]);
    pers_value(file, PERS_WHEN, span_of("connection"));
    pers_command(file, rest, "");
    return pers_put(file, err);
}

int pers_etc_inetd(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_inetd, err);
}

/* Programs that the kernel starts itself; a core pattern only behind a '|'. */
static int put_sysctl(struct pers_file *file, struct span line, struct hz_error *err)
{
    static const char *const keys[] = { "core_pattern", "modprobe", "hotplug", "poweroff_cmd" };
    struct span value = line, key;
    if (!span_until(&value, '=', &key))
        return HZ_OK;
    key = span_trim(key);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (!span_has(key, "kernel") || !span_ends(key, keys[i]))
            continue;
        pers_value(file, PERS_NAME, key);
        pers_value(file, PERS_USER, span_of("root"));
        pers_command(file, span_trim(value), "|");
        return pers_put(file, err);
    }
    return HZ_OK;
}

int pers_etc_sysctl(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_sysctl, err);
}

int pers_etc_kernel(struct pers_file *file, struct hz_error *err)
{
    struct span rest = file->text, line;
    if (!span_line(&rest, &line) || span_trim(line).len == 0)
        return HZ_OK;
    line = span_trim(line);
    pers_value(file, PERS_NAME, file->name);
    pers_value(file, PERS_USER, span_of("root"));
    pers_value(file, PERS_WHEN,
               span_of(span_is(file->name, "core_pattern") ? "crash of a process" : "asked by the kernel"));
    if (span_is(file->name, "core_pattern") && !span_begins(line, "|"))
        pers_value(file, PERS_TEXT, line);
    else
        pers_command(file, line, "|");
    return pers_put(file, err);
}

static int put_nss(struct pers_file *file, struct span line, struct hz_error *err)
{
    struct span rest = line, name;
    if (!span_until(&rest, ':', &name))
        return put_text(file, line, err);
    pers_value(file, PERS_NAME, name);
    pers_value(file, PERS_TEXT, span_trim(rest));
    return pers_put(file, err);
}

int pers_etc_nss(struct pers_file *file, struct hz_error *err)
{
    return pers_each_line(file, put_nss, err);
}
