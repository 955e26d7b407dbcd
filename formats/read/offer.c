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

static bool inside_inclusion(struct r_json *j, void *context)
{
    struct r_offer *o = context;
    return r_travel_proof(j, &o->inclusion);
}

static bool inside_consistency(struct r_json *j, void *context)
{
    struct r_offer *o = context;
    return r_travel_since(j, &o->since);
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

static bool inside_receipt_head_signatures(struct r_json *j, void *context)
{
    struct r_receipt *r = context;
    return r_entry_signatures(j, &r->text, &r->head.signatures);
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
    struct r_travel_head head;
    int rc = r_ledger_text_open(&o->text, len, err);

    if (rc == HZ_OK)
        rc = r_travel_read(bytes, len, R_OFFER_MAX, offer_fields, O_COUNT, v, o, &o->text, err);
    if (rc == HZ_OK)
        rc = r_travel_base64(&o->statement_bytes, R_STATEMENT_MAX, &v[O_STATEMENT], err);
    if (rc == HZ_OK)
        rc = r_travel_base64(&o->entry_bytes, R_ENTRY_MAX, &v[O_ENTRY], err);
    if (rc == HZ_OK)
        rc = r_statement_parse(&o->statement, o->statement_bytes.data, o->statement_bytes.len, err);
    if (rc == HZ_OK)
        rc = r_entry_parse(&o->entry, o->entry_bytes.data, o->entry_bytes.len, err);
    if (rc != HZ_OK)
        return rc;
    rc = r_travel_checkpoint(&head, &o->text, &v[O_CHECKPOINT], err);
    if (rc != HZ_OK)
        return rc;
    o->checkpoint_text = head.text;
    o->checkpoint = head.checkpoint;
    return check_offer(o, err);
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

enum receipt_field {
    C_CHECKPOINT,
    C_CHECKPOINT_SIGNATURES,
    C_COSIGNATURE,
    C_OFFER,
    C_SCHEMA,
    C_SIGNATURES,
    C_STATEMENT,
    C_COUNT
};

static const struct r_field receipt_fields[C_COUNT] = {
    { .key = "checkpoint", .kind = R_FIELD_TEXT, .required = true },
    { .key = "checkpoint_signatures",
      .kind = R_FIELD_INSIDE,
      .required = true,
      .inside = inside_receipt_head_signatures },
    { .key = "cosignature", .kind = R_FIELD_TEXT },
    { .key = "offer", .kind = R_FIELD_HEX32, .required = true },
    { .key = "schema", .kind = R_FIELD_FIXED, .required = true, .form = "hozen-receipt/1" },
    { .key = "signatures", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_receipt_signatures },
    { .key = "statement", .kind = R_FIELD_BASE64, .required = true },
};

/* The checkpoint beside the answer is the one that the answer states. */
static int check_receipt(const struct r_receipt *r, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    const struct r_seen *seen = &r->statement.body.checkpoint;
    const struct r_checkpoint *sent = &r->head.checkpoint;

    text_base64(&root, sent->root, sizeof sent->root);
    if (seen->size == sent->size && text_equal(buf_text(&root), seen->root) &&
        text_equal(sent->ledger, r->statement.ledger))
        return HZ_OK;
    return hz_error_set(err, HZ_E_FORMAT, _("the checkpoint inside is not the one that the statement states"));
}

static int parse_receipt(struct r_receipt *r, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_value v[C_COUNT];
    int rc = r_ledger_text_open(&r->text, len, err);

    if (rc == HZ_OK)
        rc = r_travel_read(bytes, len, R_OFFER_MAX, receipt_fields, C_COUNT, v, r, &r->text, err);
    if (rc == HZ_OK)
        rc = r_travel_base64(&r->statement_bytes, R_STATEMENT_MAX, &v[C_STATEMENT], err);
    if (rc == HZ_OK)
        rc = r_statement_parse(&r->statement, r->statement_bytes.data, r->statement_bytes.len, err);
    if (rc != HZ_OK)
        return rc;
    r->offer = r_ledger_text_take(&r->text, &v[C_OFFER]);
    r->cosignature = r_ledger_text_take(&r->text, &v[C_COSIGNATURE]);
    if (r->text.wrong != NULL)
        return hz_error_set(err, r_ledger_text_code(&r->text, NULL), "%s", lang_text(r->text.wrong));
    if (r->statement.type != R_STATEMENT_ACCEPTANCE && r->statement.type != R_STATEMENT_DECLINE)
        return hz_error_set(err, HZ_E_FORMAT, _("the statement inside is neither an acceptance nor a decline"));
    if (!text_equal(r->statement.previous, r->offer))
        return hz_error_set(err, HZ_E_FORMAT, _("the statement inside answers another offer"));
    rc = r_travel_checkpoint(&r->head, &r->text, &v[C_CHECKPOINT], err);
    return rc == HZ_OK ? check_receipt(r, err) : rc;
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
