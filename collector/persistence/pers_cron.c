/* cron, anacron, incron and at: crontab(5), anacrontab(5), incrontab(5), at(1). */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/stamp.h"
#include "collector/persistence/pers_parse.h"

/* NAME = value, as cron reads it before it looks for a time. */
static bool is_setting(struct span line, struct span *name)
{
    struct span rest = line, before;
    if (!span_until(&rest, '=', &before))
        return false;
    *name = span_trim(before);
    for (size_t i = 0; i < name->len; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\"'", name->at[i]) == NULL)
            return false;
    return name->len > 0 && (name->at[0] < '0' || name->at[0] > '9');
}

/* The words that say when: five, or one that begins with '@'. *rest is what comes behind them. */
static bool take_when(struct span *rest, struct span *when)
{
    struct span word, begin = *rest;
    unsigned words = span_begins(*rest, "@") ? 1 : 5;
    while (words > 0 && span_word(rest, &word))
        words--;
    if (words > 0 || rest->len == 0)
        return false;
    *when = span_trim((struct span) { begin.at, (size_t)(word.at + word.len - begin.at) });
    return true;
}

static int put_line(struct pers_file *file, struct span line, bool has_user, struct hz_error *err)
{
    struct span rest = line, when, user, name;
    if (is_setting(line, &name)) {
        pers_value(file, PERS_DIRECTIVE, name);
        pers_value(file, PERS_TEXT, line);
    } else if (take_when(&rest, &when) && (!has_user || span_word(&rest, &user)) && rest.len > 0) {
        pers_value(file, PERS_WHEN, when);
        if (has_user)
            pers_value(file, PERS_USER, user);
        pers_command(file, rest, "");
    } else
        pers_value(file, PERS_TEXT, line);
    return pers_put(file, err);
}

static int put_lines(struct pers_file *file, bool has_user, struct hz_error *err)
{
    struct span rest = file->text, line;
    unsigned number = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_entry(&rest, &line, &number)) {
        file->row.line = number;
        if (!has_user)
            pers_value(file, PERS_USER, file->name);
        rc = put_line(file, line, has_user, err);
    }
    return rc;
}

int pers_cron_system(struct pers_file *file, struct hz_error *err)
{
    return put_lines(file, true, err);
}

bool pers_cron_follows(struct span name)
{
    return span_is(name, "crontabs") || span_is(name, "tabs") || span_is(name, "atjobs");
}

/* Jobs of at lie beside the crontabs on some systems. */
int pers_cron_user(struct pers_file *file, struct hz_error *err)
{
    if (span_is(file->folder, "atjobs")) {
        file->row.kind = "at";
        return pers_cron_at(file, err);
    }
    return file->name.len > 0 && file->name.at[0] != '.' && !span_is(file->folder, "atspool")
               ? put_lines(file, false, err)
               : HZ_OK;
}

int pers_cron_script(struct pers_file *file, struct hz_error *err)
{
    if (!file->executable)
        return HZ_OK;
    if (span_is(file->place->path == NULL ? SPAN_NONE : span_of(file->place->path), "/etc/periodic"))
        pers_value(file, PERS_WHEN, file->folder);
    pers_value(file, PERS_COMMAND, file->row.origin);
    pers_value(file, PERS_PROGRAM, file->row.origin);
    return pers_put(file, err);
}

int pers_cron_anacron(struct pers_file *file, struct hz_error *err)
{
    struct span rest = file->text, line, period, delay, id, name;
    unsigned number = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_entry(&rest, &line, &number)) {
        HZ_CLEANUP(buf_free) struct buf when = BUF_INIT(PERS_VALUE_MAX);
        struct span words = line;
        file->row.line = number;
        if (!is_setting(line, &name) && span_word(&words, &period) && span_word(&words, &delay) &&
            span_word(&words, &id) && words.len > 0) {
            buf_puts(&when, span_begins(period, "@") ? "" : "every ");
            buf_put(&when, period.at, period.len);
            buf_puts(&when, span_begins(period, "@") ? "" : " days");
            if (buf_check(&when, err) != HZ_OK)
                return err->code;
            pers_value(file, PERS_WHEN, (struct span) { (const char *)when.data, when.len });
            pers_value(file, PERS_NAME, id);
            pers_value(file, PERS_USER, span_of("root"));
            pers_command(file, words, "");
        } else
            pers_value(file, PERS_TEXT, line);
        rc = pers_put(file, err);
    }
    return rc;
}

int pers_cron_incron(struct pers_file *file, struct hz_error *err)
{
    struct span rest = file->text, line, path, mask;
    unsigned number = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_entry(&rest, &line, &number)) {
        struct span words = line;
        file->row.line = number;
        if (span_word(&words, &path) && span_word(&words, &mask) && words.len > 0) {
            pers_value(file, PERS_WHEN, (struct span) { path.at, (size_t)(mask.at + mask.len - path.at) });
            pers_value(file, PERS_USER, span_is(file->folder, "incron") ? file->name : span_of("root"));
            pers_command(file, words, "");
        } else
            pers_value(file, PERS_TEXT, line);
        rc = pers_put(file, err);
    }
    return rc;
}

/* Hexadecimal digits of a job's name. */
static bool hex(struct span s, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *digits = "0123456789abcdef", *at = s.at[i] == '\0' ? NULL : strchr(digits, s.at[i]);
        if (at == NULL)
            return false;
        value = value * 16 + (uint64_t)(at - digits);
    }
    *out = value;
    return s.len > 0;
}

/* What the job runs stands behind the environment and the line that goes to its folder, which ends with "}". */
static struct span at_command(struct span text)
{
    const char *cd = text.len == 0 ? NULL : memmem(text.at, text.len, "\ncd ", 4);
    struct span rest = cd == NULL ? SPAN_NONE : span_from(text, (size_t)(cd - text.at));
    const char *end = rest.len == 0 ? NULL : memmem(rest.at, rest.len, "\n}\n", 3);
    if (end == NULL)
        return SPAN_NONE;
    rest = span_from(rest, (size_t)(end - rest.at) + 3);
    while (rest.len > 0 && rest.at[rest.len - 1] == '\n')
        rest.len--;
    while (rest.len > 0 && rest.at[0] == '\n')
        rest = span_from(rest, 1);
    return rest;
}

static struct span at_user(struct span text)
{
    struct span line, word;
    while (span_line(&text, &line)) {
        if (!span_begins(line, "# atrun "))
            continue;
        while (span_word(&line, &word))
            if (span_begins(word, "uid="))
                return span_from(word, strlen("uid="));
    }
    return SPAN_NONE;
}

/* Its name: queue, job number (5 hexadecimal digits), minutes since 1970 (8). '=' as the queue: it is running. */
int pers_cron_at(struct pers_file *file, struct hz_error *err)
{
    char when[STAMP_SIZE];
    uint64_t job, minutes;
    struct span number = { file->name.at + 1, 5 }, at = { file->name.at + 6, 8 };
    if (file->name.len != 14 || !hex(number, &job) || !hex(at, &minutes))
        return HZ_OK;
    stamp_format(when, (struct stamp) { .seconds = (int64_t)minutes * 60 });
    pers_value(file, PERS_NAME, file->name);
    pers_value(file, PERS_WHEN, span_of(when));
    pers_value(file, PERS_USER, at_user(file->text));
    struct span command = at_command(file->text);
    if (command.at != NULL)
        pers_command(file, command, "");
    else
        pers_value(file, PERS_TEXT, file->text);
    return pers_put(file, err);
}
