#include "formats/read/offer.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"

void r_offer_free(struct r_offer *o)
{
    r_ledger_text_close(&o->text);
    buf_free(&o->statement_bytes);
    buf_free(&o->entry_bytes);
    r_statement_free(&o->statement);
    r_entry_free(&o->entry);
    memset(o, 0, sizeof *o);
}

void r_offer_receipt_free(struct r_receipt *r)
{
    r_ledger_text_close(&r->text);
    buf_free(&r->statement_bytes);
    r_statement_free(&r->statement);
    memset(r, 0, sizeof *r);
}

static bool read_proof(struct r_json *j, struct r_proof *out)
{
    out->count = 0;
    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        HZ_CLEANUP(buf_free) struct buf digest = BUF_INIT(R_SHA256_SIZE);
        struct r_value v = { .present = true };
        if (out->count == R_PROOF_MAX)
            return r_json_fail(j, N_("a proof is longer than 64 digests"));
        if (!r_field_string(j, R_FIELD_TEXT, NULL, &v))
            return false;
        if (text_unbase64(&digest, v.text.at, v.text.len) != HZ_OK || digest.len != R_SHA256_SIZE)
            return r_json_fail(j, N_("a digest in base64 was expected"));
        memcpy(out->digest[out->count++], digest.data, R_SHA256_SIZE);
    }
    return j->wrong == NULL;
}

static bool inside_inclusion(struct r_json *j, void *context)
{
    struct r_offer *o = context;
    return read_proof(j, &o->inclusion);
}

static bool inside_consistency_proof(struct r_json *j, void *context)
{
    struct r_offer *o = context;
    return read_proof(j, &o->consistency);
}

static bool inside_consistency(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { .key = "from", .kind = R_FIELD_DECIMAL, .required = true },
        { .key = "proof", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_consistency_proof },
    };
    struct r_offer *o = context;
    struct r_value v[2];

    if (!r_field_read(j, fields, 2, v, context))
        return false;
    o->has_consistency = true;
    o->consistency_from = v[0].number;
    return true;
}

static bool inside_signatures(struct r_json *j, void *context)
{
    struct r_offer *o = context;
    return r_entry_signatures(j, &o->text, &o->signatures);
}

static bool inside_checkpoint_signatures(struct r_json *j, void *context)
{
    struct r_offer *o = context;
    return r_entry_signatures(j, &o->text, &o->checkpoint_signatures);
}

static bool inside_receipt_signatures(struct r_json *j, void *context)
{
    struct r_receipt *r = context;
    return r_entry_signatures(j, &r->text, &r->signatures);
}

static int take_base64(struct buf *out, size_t limit, const struct r_value *value, struct hz_error *err)
{
    buf_init(out, limit);
    if (text_unbase64(out, value->text.at, value->text.len) == HZ_OK)
        return HZ_OK;
    return hz_error_set(err, HZ_E_FORMAT, _("a record inside is too long"));
}

/* One object and LF, read by a table whose `schema` must be this one; first of all, so that another version's file is
 * called that. */
static int read_file(const void *bytes, size_t len, const struct r_field *fields, size_t count, struct r_value *v,
                     void *context, const struct r_ledger_text *text, struct hz_error *err)
{
    const unsigned char *p = bytes;
    struct r_json j;

    if (len == 0 || len > R_OFFER_MAX || p[len - 1] != '\n')
        return hz_error_set(err, HZ_E_FORMAT, _("is not one line of JSON that ends in a newline"));
    r_json_init(&j, bytes, len - 1);
    if (r_field_read(&j, fields, count, v, context) && j.extensions != 0)
        r_json_fail(&j, N_("an unknown key"));
    if (!r_json_done(&j) || text->wrong != NULL)
        return hz_error_set(err, HZ_E_FORMAT, "%s", lang_text(text->wrong != NULL ? text->wrong : j.wrong));
    return HZ_OK;
}

enum offer_field {
    O_CHECKPOINT,
    O_CHECKPOINT_SIGNATURES,
    O_CONSISTENCY,
    O_ENTRY,
    O_INCLUSION,
    O_SCHEMA,
    O_SIGNATURES,
    O_STATEMENT,
    O_COUNT
};

static const struct r_field offer_fields[O_COUNT] = {
    { .key = "checkpoint", .kind = R_FIELD_TEXT, .required = true },
    { .key = "checkpoint_signatures",
      .kind = R_FIELD_INSIDE,
      .required = true,
      .inside = inside_checkpoint_signatures },
    { .key = "consistency", .kind = R_FIELD_INSIDE, .inside = inside_consistency },
    { .key = "entry", .kind = R_FIELD_BASE64, .required = true },
    { .key = "inclusion", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_inclusion },
    { .key = "schema", .kind = R_FIELD_FIXED, .required = true, .form = "hozen-offer/1" },
    { .key = "signatures", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_signatures },
    { .key = "statement", .kind = R_FIELD_BASE64, .required = true },
};

/* The entry must hold this very statement with these very signatures. */
static bool entry_matches(const struct r_offer *o)
{
    if (o->entry.statement.len != o->statement_bytes.len ||
        memcmp(o->entry.statement.data, o->statement_bytes.data, o->statement_bytes.len) != 0 ||
        o->entry.signatures.count != o->signatures.count || !text_equal(o->entry.ledger, o->statement.ledger))
        return false;
    for (size_t i = 0; i < o->signatures.count; i++)
        if (strcmp(o->entry.signatures.armour[i], o->signatures.armour[i]) != 0)
            return false;
    return true;
}

static int check_offer(const struct r_offer *o, struct hz_error *err)
{
    if (o->statement.type != R_STATEMENT_OFFER)
        return hz_error_set(err, HZ_E_FORMAT, _("the statement inside is not an offer"));
    if (!entry_matches(o))
        return hz_error_set(err, HZ_E_FORMAT, _("the entry inside does not hold the statement beside it"));
    if (!text_equal(o->checkpoint.ledger, o->statement.ledger) || o->checkpoint.size <= o->entry.sequence)
        return hz_error_set(err, HZ_E_FORMAT, _("the checkpoint inside does not cover the entry"));
    return HZ_OK;
}

static int parse_offer(struct r_offer *o, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_value v[O_COUNT];
    int rc = r_ledger_text_open(&o->text, len, err);

    if (rc == HZ_OK)
        rc = read_file(bytes, len, offer_fields, O_COUNT, v, o, &o->text, err);
    if (rc == HZ_OK)
        rc = take_base64(&o->statement_bytes, R_STATEMENT_MAX, &v[O_STATEMENT], err);
    if (rc == HZ_OK)
        rc = take_base64(&o->entry_bytes, R_ENTRY_MAX, &v[O_ENTRY], err);
    if (rc == HZ_OK)
        rc = r_statement_parse(&o->statement, o->statement_bytes.data, o->statement_bytes.len, err);
    if (rc == HZ_OK)
        rc = r_entry_parse(&o->entry, o->entry_bytes.data, o->entry_bytes.len, err);
    if (rc != HZ_OK)
        return rc;
    o->checkpoint_text = r_ledger_text_take(&o->text, &v[O_CHECKPOINT]);
    if (o->checkpoint_text == NULL)
        return hz_error_set(err, HZ_E_FORMAT, "%s", lang_text(o->text.wrong));
    rc = r_checkpoint_parse(&o->checkpoint, o->checkpoint_text, strlen(o->checkpoint_text), err);
    return rc == HZ_OK ? check_offer(o, err) : hz_error_context(err, _("the checkpoint inside"));
}

int r_offer_parse(struct r_offer *out, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_offer o = { 0 };
    int rc = parse_offer(&o, bytes, len, err);

    if (rc != HZ_OK)
        r_offer_free(&o);
    else
        *out = o;
    return rc;
}

enum receipt_field { C_COSIGNATURE, C_OFFER, C_SCHEMA, C_SIGNATURES, C_STATEMENT, C_COUNT };

static const struct r_field receipt_fields[C_COUNT] = {
    { .key = "cosignature", .kind = R_FIELD_TEXT },
    { .key = "offer", .kind = R_FIELD_HEX32, .required = true },
    { .key = "schema", .kind = R_FIELD_FIXED, .required = true, .form = "hozen-receipt/1" },
    { .key = "signatures", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_receipt_signatures },
    { .key = "statement", .kind = R_FIELD_BASE64, .required = true },
};

static int parse_receipt(struct r_receipt *r, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_value v[C_COUNT];
    int rc = r_ledger_text_open(&r->text, len, err);

    if (rc == HZ_OK)
        rc = read_file(bytes, len, receipt_fields, C_COUNT, v, r, &r->text, err);
    if (rc == HZ_OK)
        rc = take_base64(&r->statement_bytes, R_STATEMENT_MAX, &v[C_STATEMENT], err);
    if (rc == HZ_OK)
        rc = r_statement_parse(&r->statement, r->statement_bytes.data, r->statement_bytes.len, err);
    if (rc != HZ_OK)
        return rc;
    r->offer = r_ledger_text_take(&r->text, &v[C_OFFER]);
    r->cosignature = r_ledger_text_take(&r->text, &v[C_COSIGNATURE]);
    if (r->text.wrong != NULL)
        return hz_error_set(err, HZ_E_FORMAT, "%s", lang_text(r->text.wrong));
    if (r->statement.type != R_STATEMENT_ACCEPTANCE && r->statement.type != R_STATEMENT_DECLINE)
        return hz_error_set(err, HZ_E_FORMAT, _("the statement inside is neither an acceptance nor a decline"));
    if (!text_equal(r->statement.previous, r->offer))
        return hz_error_set(err, HZ_E_FORMAT, _("the statement inside answers another offer"));
    return HZ_OK;
}

int r_offer_receipt_parse(struct r_receipt *out, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_receipt r = { 0 };
    int rc = parse_receipt(&r, bytes, len, err);

    if (rc != HZ_OK)
        r_offer_receipt_free(&r);
    else
        *out = r;
    return rc;
}
