#include "formats/read/records.h"

#include <string.h>

#include "base/lang.h"

/* clang-format off */
enum { O_ACQUIRED_AT, O_STAT, O_ORIGIN = O_STAT + R_STAT_KEYS, O_ORIGIN_B64, O_RDEVICE, O_SOURCE, O_TARGET, O_TARGET_B64,
       O_TYPE, O_XATTRS, O_XATTRS_INCOMPLETE, O_FIELDS };

static const struct r_field object_fields[O_FIELDS] = {
    { "acquired_at", R_FIELD_STAMP, true, NULL, NULL },
    R_STAT_FIELDS,
    { "origin", R_FIELD_TEXT, true, NULL, NULL },
    { "origin_b64", R_FIELD_BASE64, false, "+", NULL },
    { "rdevice", R_FIELD_DEVICE, false, NULL, NULL },
    { "source", R_FIELD_WORD, true, NULL, NULL },
    { "target", R_FIELD_TEXT, false, NULL, NULL },
    { "target_b64", R_FIELD_BASE64, false, "+", NULL },
    { "type", R_FIELD_CHOICE, true, R_RECORDS_TYPES, NULL },
    { "xattrs", R_FIELD_INSIDE, false, NULL, r_stat_xattrs },
    { "xattrs_incomplete", R_FIELD_TRUE, false, NULL, NULL },
};

enum { B_ORIGIN, B_ORIGIN_B64, B_SOURCE, B_STATUS, B_REASON, B_ERRNO, B_FIELDS };

static const struct r_field absent_fields[B_FIELDS] = {
    { "origin", R_FIELD_TEXT, false, NULL, NULL },
    { "origin_b64", R_FIELD_BASE64, false, "+", NULL },
    { "source", R_FIELD_WORD, true, NULL, NULL },
    { "status", R_FIELD_CHOICE, true, R_RECORDS_ABSENCES, NULL },
    { "reason", R_FIELD_TEXT, true, NULL, NULL },
    { "errno", R_FIELD_ERRNO, false, NULL, NULL },
};

enum { A_ACTION, A_SOURCE, A_TARGET, A_DETAIL = 9, A_FIELDS };

static const struct r_field action_fields[A_FIELDS] = {
    { "action", R_FIELD_WORD, true, NULL, NULL },
    { "source", R_FIELD_WORD, false, NULL, NULL },
    { "target", R_FIELD_TEXT, false, NULL, NULL },
    { "start", R_FIELD_STAMP, true, NULL, NULL },
    { "end", R_FIELD_STAMP, true, NULL, NULL },
    { "start_boottime", R_FIELD_BOOTTIME, true, NULL, NULL },
    { "end_boottime", R_FIELD_BOOTTIME, true, NULL, NULL },
    { "count", R_FIELD_DECIMAL, true, NULL, NULL },
    { "failures", R_FIELD_DECIMAL, true, NULL, NULL },
    { "detail", R_FIELD_TEXT, false, NULL, NULL },
};
/* clang-format on */

void r_records_init(struct r_record *r)
{
    memset(r, 0, sizeof *r);
    r_stat_origin_init(&r->origin);
    r_stat_origin_init(&r->target);
}

void r_records_free(struct r_record *r)
{
    r_stat_origin_free(&r->origin);
    r_stat_origin_free(&r->target);
}

int r_records_first(enum r_records_kind kind, const char *line, size_t len, const char **wrong, size_t *at)
{
    static const char *const schemas[] = { "hozen-objects/1", "hozen-absent/1", "hozen-actions/1" };
    const struct r_field fields[] = {
        { "salt", R_FIELD_HEX16, true, NULL, NULL },
        { "schema", R_FIELD_FIXED, true, schemas[kind], NULL },
    };
    struct r_value v[2];
    struct r_json j;

    r_json_init(&j, line, len);
    if (r_field_read(&j, fields, 2, v, NULL))
        r_json_done(&j);
    return r_json_result(&j, wrong, at);
}

static bool read_object(struct r_json *j, struct r_record *r)
{
    struct r_value v[O_FIELDS];
    bool link, device, known;

    if (!r_field_read(j, object_fields, O_FIELDS, v, NULL) || !r_stat_together(j, v + O_STAT, &known) ||
        !r_stat_origin_read(j, v + O_ORIGIN, v + O_ORIGIN_B64, true, &r->origin) ||
        !r_stat_origin_read(j, v + O_TARGET, v + O_TARGET_B64, false, &r->target))
        return false;
    link = r_span_is(&v[O_TYPE].text, "symlink");
    device = r_span_is(&v[O_TYPE].text, "character-device") || r_span_is(&v[O_TYPE].text, "block-device");
    if (v[O_TARGET].present && !link)
        return r_json_fail(j, N_("a target belongs to a symbolic link"));
    if (v[O_RDEVICE].present && !device)
        return r_json_fail(j, N_("rdevice belongs to a device"));
    r->source = v[O_SOURCE].text;
    r->word = v[O_TYPE].text;
    r_stat_take(&r->stat, known, v + O_STAT);
    return r_json_done(j);
}

static bool read_absent(struct r_json *j, struct r_record *r)
{
    struct r_value v[B_FIELDS];

    if (!r_field_read(j, absent_fields, B_FIELDS, v, NULL) ||
        !r_stat_origin_read(j, v + B_ORIGIN, v + B_ORIGIN_B64, true, &r->origin))
        return false;
    r->source = v[B_SOURCE].text;
    r->word = v[B_STATUS].text;
    r->absence = v[B_STATUS].number;
    r->reason = v[B_REASON].text;
    return r_json_done(j);
}

static bool read_action(struct r_json *j, struct r_record *r)
{
    struct r_value v[A_FIELDS];

    if (!r_field_read(j, action_fields, A_FIELDS, v, NULL))
        return false;
    r->source = v[A_SOURCE].text;
    r->word = v[A_ACTION].text;
    r->touched = v[A_TARGET].text;
    r->reason = v[A_DETAIL].text;
    return r_json_done(j);
}

int r_records_line(enum r_records_kind kind, const char *line, size_t len, struct r_record *r, const char **wrong,
                   size_t *at)
{
    struct r_json j;

    r_json_init(&j, line, len);
    r->kind = kind;
    r->stat.known = false;
    r->origin.known = r->target.known = false;
    if (kind == R_RECORD_OBJECT)
        read_object(&j, r);
    else if (kind == R_RECORD_ABSENT)
        read_absent(&j, r);
    else
        read_action(&j, r);
    r->extensions = j.extensions;
    return r_json_result(&j, wrong, at);
}

/* formats/spec/sources.md, databases: the method stands first in the detail */
bool r_records_unlocked(const struct r_record *r)
{
    static const char method[] = "method=" R_RECORDS_UNLOCKED;
    size_t len = sizeof method - 1;

    return r_span_is(&r->word, "database") && r->reason.len >= len && memcmp(r->reason.at, method, len) == 0 &&
           (r->reason.len == len || r->reason.at[len] == ';');
}
