#include "formats/read/export.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/name.h"

void r_export_free(struct r_export *e)
{
    r_ledger_text_close(&e->text);
    memset(e, 0, sizeof *e);
}

static bool inside_checkpoint(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { .key = "root", .kind = R_FIELD_BASE64, .required = true },
        { .key = "size", .kind = R_FIELD_DECIMAL, .required = true },
    };
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(R_SHA256_SIZE);
    struct r_export *e = context;
    struct r_value v[2];

    if (!r_field_read(j, fields, 2, v, context))
        return false;
    if (text_unbase64(&root, v[0].text.at, v[0].text.len) != HZ_OK || root.len != R_SHA256_SIZE)
        return r_json_fail(j, N_("a digest in base64 was expected"));
    memcpy(e->root, root.data, sizeof e->root);
    e->size = v[1].number;
    return true;
}

static bool inside_last(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { .key = "digest", .kind = R_FIELD_HEX32, .required = true },
        { .key = "sequence", .kind = R_FIELD_DECIMAL, .required = true },
    };
    struct r_export *e = context;
    struct r_value v[2];

    if (!r_field_read(j, fields, 2, v, context))
        return false;
    e->last_digest = r_ledger_text_take(&e->text, &v[0]);
    e->last_sequence = v[1].number;
    return true;
}

enum export_field {
    E_CHECKPOINT,
    E_ENTRIES,
    E_ITEM,
    E_KEY,
    E_LAST,
    E_LEDGER,
    E_NAME,
    E_ORGANISATION,
    E_SCHEMA,
    E_SUMS,
    E_TIME,
    E_COUNT
};

static const struct r_field export_fields[E_COUNT] = {
    { .key = "checkpoint", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_checkpoint },
    { .key = "entries", .kind = R_FIELD_DECIMAL, .required = true },
    { .key = "item", .kind = R_FIELD_TEXT },
    { .key = "key", .kind = R_FIELD_TEXT, .required = true },
    { .key = "last", .kind = R_FIELD_INSIDE, .inside = inside_last },
    { .key = "ledger", .kind = R_FIELD_HEX32, .required = true },
    { .key = "name", .kind = R_FIELD_TEXT, .required = true },
    { .key = "organisation", .kind = R_FIELD_TEXT },
    { .key = "schema", .kind = R_FIELD_TEXT, .required = true },
    { .key = "sums", .kind = R_FIELD_HEX32, .required = true },
    { .key = "time", .kind = R_FIELD_STAMP, .required = true },
};

static void take(struct r_export *e, const struct r_value *v)
{
    struct r_ledger_text *text = &e->text;

    e->item = r_ledger_text_take(text, &v[E_ITEM]);
    e->key = r_ledger_text_fingerprint(text, &v[E_KEY]);
    e->ledger = r_ledger_text_take(text, &v[E_LEDGER]);
    e->name = r_ledger_text_line(text, &v[E_NAME]);
    e->organisation = r_ledger_text_line(text, &v[E_ORGANISATION]);
    e->sums = r_ledger_text_take(text, &v[E_SUMS]);
    e->entries = v[E_ENTRIES].number;
    e->time = v[E_TIME].stamp;
    if (text->wrong == NULL && e->item != NULL && !r_name_is_item(e->item, strlen(e->item)))
        r_ledger_text_fail(text, N_("an item's name is not one"));
}

/* An item has a last entry, and no more than the log. */
static bool is_sound(const struct r_export *e)
{
    if (e->entries == 0 || e->entries > e->size || (e->item == NULL) != (e->last_digest == NULL))
        return false;
    return e->item != NULL ? e->last_sequence < e->size : e->entries == e->size;
}

static int parse(struct r_export *e, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_value v[E_COUNT];
    int rc = r_ledger_text_open(&e->text, len, err);

    if (rc == HZ_OK)
        rc = r_travel_read(bytes, len, R_EXPORT_MAX, export_fields, E_COUNT, v, e, &e->text, err);
    if (rc != HZ_OK)
        return rc;
    if (!r_span_is(&v[E_SCHEMA].text, "hozen-export/1"))
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("its schema is not hozen-export/1"));
    take(e, v);
    if (e->text.wrong != NULL)
        return hz_error_set(err, r_ledger_text_code(&e->text, NULL), "%s", lang_text(e->text.wrong));
    return is_sound(e) ? HZ_OK : hz_error_set(err, HZ_E_FORMAT, _("its numbers do not fit each other"));
}

int r_export_parse(struct r_export *out, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_export e = { 0 };
    int rc = parse(&e, bytes, len, err);

    if (rc != HZ_OK)
        r_export_free(&e);
    else
        *out = e;
    return rc;
}

static bool inside_inclusion(struct r_json *j, void *context)
{
    return r_travel_proof(j, context);
}

int r_export_proof(struct r_proof *inclusion, uint64_t *sequence, const void *line, size_t len, struct hz_error *err)
{
    static const struct r_field fields[] = {
        { .key = "inclusion", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_inclusion },
        { .key = "sequence", .kind = R_FIELD_DECIMAL, .required = true },
    };
    struct r_proof proof;
    struct r_value v[2];
    struct r_json j;

    r_json_init(&j, line, len);
    if (r_field_read(&j, fields, 2, v, &proof) && j.extensions != 0)
        r_json_fail(&j, N_("an unknown key"));
    if (!r_json_done(&j))
        return hz_error_set(err, j.no_memory ? HZ_E_NOMEM : HZ_E_FORMAT, "%s", lang_text(j.wrong));
    *inclusion = proof;
    *sequence = v[1].number;
    return HZ_OK;
}
