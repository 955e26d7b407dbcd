#include "collector/persistence/pers_write.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "formats/write/fields.h"

#define LINE_MAX ((size_t)4 << 20)
#define KIND_WIDTH 16U
#define WHEN_WIDTH 22U
#define USER_WIDTH 10U

/* Value with the names of its keys; what has no _b64 twin cannot be anything but text of ours. */
static void put_value(struct json_out *j, const struct pers_row *row, enum pers_value which, const char *key,
                      const char *key_b64)
{
    w_fields_bytes(j, key, key_b64, span_bytes(row->value[which]));
}

static void put_paths(struct json_out *j, struct span paths)
{
    struct span path;
    if (paths.at == NULL)
        return;
    json_key(j, "enabled_by");
    json_array(j);
    while (paths.len > 0) {
        if (!span_until(&paths, '\0', &path)) {
            path = paths;
            paths = SPAN_NONE;
        }
        w_fields_text(j, span_bytes(path));
    }
    json_array_end(j);
}

int pers_write_json(struct buf *out, const struct pers_row *row, struct hz_error *err)
{
    char mode[8];
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    if (row->altered)
        json_member_bool(&j, "altered", true);
    put_value(&j, row, PERS_COMMAND, "command", "command_b64");
    if (row->cut)
        json_member_bool(&j, "cut", true);
    put_value(&j, row, PERS_DIRECTIVE, "directive", "directive_b64");
    put_value(&j, row, PERS_ENABLED, "enabled", "enabled_b64");
    put_paths(&j, row->value[PERS_ENABLED_BY]);
    put_value(&j, row, PERS_FINGERPRINT, "fingerprint", "fingerprint_b64");
    json_member_string(&j, "kind", row->kind);
    if (row->line > 0)
        json_member_int(&j, "line", row->line);
    if (row->has_stat) {
        snprintf(mode, sizeof mode, "%04o", row->mode);
        json_member_string(&j, "mode", mode);
        w_fields_time(&j, "mtime", row->mtime);
    }
    put_value(&j, row, PERS_NAME, "name", "name_b64");
    put_value(&j, row, PERS_OPTIONS, "options", "options_b64");
    w_fields_bytes(&j, "origin", "origin_b64", span_bytes(row->origin));
    put_value(&j, row, PERS_OVERRIDES, "overrides", "overrides_b64");
    put_value(&j, row, PERS_PACKAGE, "package", "package_b64");
    put_value(&j, row, PERS_PROGRAM, "program", "program_b64");
    if (row->program_altered)
        json_member_bool(&j, "program_differs", true);
    if (row->program_missing)
        json_member_bool(&j, "program_missing", true);
    if (row->program_unowned)
        json_member_bool(&j, "program_unowned", true);
    json_member_string(&j, "scope", row->scope);
    put_value(&j, row, PERS_TARGET, "target", "target_b64");
    put_value(&j, row, PERS_TEXT, "text", "text_b64");
    if (row->has_stat)
        json_member_int(&j, "uid", row->uid);
    if (row->unowned)
        json_member_bool(&j, "unowned", true);
    put_value(&j, row, PERS_USER, "user", "user_b64");
    put_value(&j, row, PERS_WHEN, "when", "when_b64");
    return w_fields_end(&j, HZ_OK, err);
}

/* A tab between words is a blank here; the JSON Lines have it as it is. */
static void put_escaped(struct buf *out, struct span value)
{
    struct span part;
    while (span_until(&value, '\t', &part)) {
        escape_terminal(out, part.at, part.len);
        buf_putc(out, ' ');
    }
    escape_terminal(out, value.at, value.len);
}

/* At least as wide as its column, with a blank behind. */
static void put_column(struct buf *out, struct span value, unsigned width)
{
    size_t before = out->len;
    if (value.len == 0)
        buf_putc(out, '-');
    else
        put_escaped(out, value);
    while (out->failed == HZ_OK && out->len - before < width)
        buf_putc(out, ' ');
    buf_putc(out, ' ');
}

static struct span what_of(const struct pers_row *row)
{
    static const enum pers_value order[] = { PERS_COMMAND, PERS_TEXT, PERS_NAME, PERS_TARGET };
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (row->value[order[i]].len > 0)
            return row->value[order[i]];
    return row->origin;
}

/* The keyword, or the name, that a command or text stands behind, unless it says that itself. */
static void put_what(struct buf *out, const struct pers_row *row)
{
    struct span what = what_of(row), label = row->value[PERS_DIRECTIVE];
    if (label.len == 0 && what.at == row->value[PERS_TEXT].at)
        label = row->value[PERS_NAME];
    bool says = what.len >= label.len && (label.len == 0 || memcmp(what.at, label.at, label.len) == 0);
    if (!says) {
        put_escaped(out, label);
        buf_puts(out, ": ");
    }
    put_escaped(out, what);
}

static void put_note(struct buf *out, const char *before, struct span value)
{
    if (value.len == 0)
        return;
    buf_puts(out, before);
    put_escaped(out, value);
}

int pers_write_text(struct buf *out, const struct pers_row *row, struct hz_error *err)
{
    char when[STAMP_SIZE];
    put_column(out, span_of(row->kind), KIND_WIDTH);
    put_column(out, row->value[PERS_USER], USER_WIDTH);
    put_column(out, row->value[PERS_WHEN], WHEN_WIDTH);
    put_what(out, row);
    buf_puts(out, "\n    ");
    escape_terminal(out, row->origin.at, row->origin.len);
    if (row->line > 0)
        buf_printf(out, ":%u", row->line);
    put_note(out, " -> ", row->value[PERS_TARGET]);
    if (row->has_stat) {
        stamp_format(when, row->mtime);
        buf_printf(out, "  %.19sZ", when);
    }
    put_note(out, "  options ", row->value[PERS_OPTIONS]);
    put_note(out, "  ", row->value[PERS_ENABLED]);
    put_note(out, "  overrides ", row->value[PERS_OVERRIDES]);
    put_note(out, "  key ", row->value[PERS_FINGERPRINT]);
    if (row->value[PERS_FINGERPRINT].len > 0)
        put_note(out, " ", row->value[PERS_NAME]);
    put_note(out, "  package ", row->value[PERS_PACKAGE]);
    buf_puts(out, row->cut ? "  NOT LOOKED AT TO ITS END" : "");
    buf_puts(out, row->unowned ? "  of no package" : "");
    buf_puts(out, row->altered ? "  ALTERED" : "");
    buf_puts(out, row->program_missing ? "  program is not there" : "");
    buf_puts(out, row->program_unowned ? "  program of no package" : "");
    buf_puts(out, row->program_altered ? "  program ALTERED" : "");
    buf_putc(out, '\n');
    return buf_check(out, err);
}

static int put_first(struct buf *out, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-autostart/1");
    return w_fields_end(&j, rc, err);
}

static int put_line(struct product *f, struct buf *line, int rc, struct hz_error *err)
{
    if (rc == HZ_OK)
        rc = product_put(f, line->data, line->len, err);
    buf_reset(line);
    return rc;
}

int pers_write(struct products *p, const struct pers_rows *rows, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_MAX);
    struct product *json = NULL, *text = NULL;
    int rc = products_add(p, "autostart.jsonl", "generated", &json, err);
    if (rc == HZ_OK)
        rc = products_add(p, "autostart.txt", "generated", &text, err);
    if (rc == HZ_OK)
        rc = put_line(json, &line, put_first(&line, err), err);
    for (size_t i = 0; rc == HZ_OK && i < rows->count; i++) {
        if (rows->list[i].is_link)
            continue;
        rc = put_line(json, &line, pers_write_json(&line, &rows->list[i], err), err);
        if (rc == HZ_OK)
            rc = put_line(text, &line, pers_write_text(&line, &rows->list[i], err), err);
    }
    if (rc == HZ_OK && rows->full) {
        product_limited(json);
        product_limited(text);
    }
    return rc;
}
