#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "custody/report_bundle.h"
#include "formats/read/json.h"

#define VALUE_MAX ((size_t)1 << 20)

/* Goes to the value of a key of the object at hand. */
static bool go_to(struct r_json *j, const char *key, size_t len)
{
    struct r_span at;

    if (!r_json_object(j))
        return false;
    while (r_json_key(j, &at)) {
        if (at.len == len && memcmp(at.at, key, len) == 0)
            return true;
        if (!r_json_skip(j))
            return false;
    }
    return false;
}

static bool go_along(struct r_json *j, const char *path)
{
    while (*path != '\0') {
        size_t len = strcspn(path, ".");
        if (r_json_peek(j) != R_JSON_OBJECT || !go_to(j, path, len))
            return false;
        path += len + (path[len] == '.');
    }
    return true;
}

/* What is no single value gives no text. */
static bool read_value(struct r_json *j, struct buf *out)
{
    struct r_span text;
    int64_t number;
    bool truth;

    switch (r_json_peek(j)) {
    case R_JSON_STRING:
        return r_json_string(j, &text) && r_json_took(j, r_span_decode(&text, out));
    case R_JSON_INT:
        return r_json_int(j, &number) && r_json_took(j, buf_printf(out, "%" PRId64, number));
    case R_JSON_BOOL:
        return r_json_bool(j, &truth) && r_json_took(j, buf_puts(out, truth ? _("yes") : _("no")));
    default:
        return r_json_skip(j);
    }
}

static bool give(struct r_json *j, report_bundle_each *each, void *context)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(VALUE_MAX);

    if (!read_value(j, &text) || buf_text(&text) == NULL)
        return false;
    if (text.len > 0)
        each(context, (const char *)text.data);
    return true;
}

static int outcome(const struct r_json *j, struct hz_error *err)
{
    return j->wrong == NULL && !j->no_memory
               ? HZ_OK
               : hz_error_set(err, HZ_E_FORMAT, _("the answer of hozen-verify cannot be read"));
}

int report_bundle_find(const struct report_bundle *b, const char *path, report_bundle_each *each, void *context,
                       struct hz_error *err)
{
    struct r_json j;

    r_json_init(&j, b->record.data, b->record.len);
    if (b->record.len == 0 || !go_along(&j, path))
        return b->record.len == 0 ? HZ_OK : outcome(&j, err);
    if (r_json_peek(&j) != R_JSON_ARRAY)
        give(&j, each, context);
    else if (r_json_array(&j))
        while (r_json_item(&j) && give(&j, each, context))
            ;
    return outcome(&j, err);
}

/* One object of the array, from its text. */
static bool give_row(const struct r_json *from, size_t begin, size_t end, const char *const paths[REPORT_COLUMNS],
                     report_bundle_row *each, void *context)
{
    struct buf texts[REPORT_COLUMNS];
    const char *values[REPORT_COLUMNS] = { 0 };
    bool ok = true;

    for (size_t i = 0; i < REPORT_COLUMNS; i++) {
        struct r_json j;
        buf_init(&texts[i], VALUE_MAX);
        r_json_init(&j, from->text + begin, end - begin);
        if (paths[i] != NULL && go_along(&j, paths[i]))
            ok = read_value(&j, &texts[i]) && ok;
        values[i] = texts[i].len > 0 ? buf_text(&texts[i]) : NULL;
    }
    if (ok)
        each(context, values);
    for (size_t i = 0; i < REPORT_COLUMNS; i++)
        buf_free(&texts[i]);
    return ok;
}

int report_bundle_rows(const struct report_bundle *b, const char *key, const char *const paths[REPORT_COLUMNS],
                       report_bundle_row *each, void *context, struct hz_error *err)
{
    struct r_json j;
    size_t begin;

    r_json_init(&j, b->record.data, b->record.len);
    if (b->record.len == 0 || !go_along(&j, key))
        return b->record.len == 0 ? HZ_OK : outcome(&j, err);
    if (r_json_array(&j))
        while (r_json_item(&j)) {
            begin = j.at;
            if (!r_json_skip(&j) || !give_row(&j, begin, j.at, paths, each, context))
                break;
        }
    return outcome(&j, err);
}
