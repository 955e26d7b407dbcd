#include "formats/read/ledger_body.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"

struct scope { /* what the readers of inner values work on */
    struct r_statement *statement;
    struct r_ledger_text *text;
    struct r_evidence *evidence;
};

enum person_field { P_SIGNER, P_CONTACT, P_KEY, P_NAME, P_ORGANISATION, P_PUBLIC, P_ROLE, P_COUNT };

/* The actor of a statement, the receiver in an offer, a person who is added: each says more than the one before. */
enum person_form { ACTOR, RECEIVER, ADDED };

static bool read_person(struct r_json *j, struct r_ledger_text *text, enum person_form form, struct r_person *out)
{
    static const struct r_field fields[P_COUNT] = {
        { .key = "checkpoint_signer", .kind = R_FIELD_BOOL },
        { .key = "contact", .kind = R_FIELD_TEXT },
        { .key = "key", .kind = R_FIELD_TEXT, .required = true },
        { .key = "name", .kind = R_FIELD_TEXT, .required = true },
        { .key = "organisation", .kind = R_FIELD_TEXT },
        { .key = "public_key", .kind = R_FIELD_TEXT },
        { .key = "role", .kind = R_FIELD_TEXT },
    };
    struct r_value v[P_COUNT];

    if (!r_field_read(j, fields, P_COUNT, v, NULL))
        return false;
    if (v[P_PUBLIC].present != (form != ACTOR) || v[P_SIGNER].present != (form == ADDED))
        return r_json_fail(j, N_("public_key or checkpoint_signer is missing, or stands where it does not belong"));
    *out = (struct r_person) {
        .present = true,
        .name = r_ledger_text_line(text, &v[P_NAME]),
        .organisation = r_ledger_text_line(text, &v[P_ORGANISATION]),
        .role = r_ledger_text_line(text, &v[P_ROLE]),
        .contact = r_ledger_text_line(text, &v[P_CONTACT]),
        .key = r_ledger_text_fingerprint(text, &v[P_KEY]),
        .public_key = r_ledger_text_line(text, &v[P_PUBLIC]),
        .checkpoint_signer = form == ADDED && v[P_SIGNER].number == 1,
    };
    if (text->wrong == NULL && form != ACTOR && !r_ledger_text_key_has(out->public_key, out->key))
        return r_json_fail(j, N_("a public key does not have the fingerprint beside it"));
    return text->wrong == NULL;
}

bool r_ledger_body_actor(struct r_json *j, struct r_ledger_text *text, struct r_person *out)
{
    return read_person(j, text, ACTOR, out);
}

static bool inside_person(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return read_person(j, scope->text, ADDED, &scope->statement->body.person);
}

static bool inside_to(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return read_person(j, scope->text, RECEIVER, &scope->statement->body.to);
}

/* An array of strings, strictly ascending. */
static bool read_list(struct r_json *j, struct r_ledger_text *text, enum r_field_kind kind, const char **out,
                      size_t *count)
{
    size_t n = 0;

    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        struct r_value v = { .present = true };
        if (n == R_STATEMENT_LIST)
            return r_json_fail(j, N_("a list is longer than 64"));
        if (!r_field_string(j, kind, NULL, &v))
            return false;
        v.present = true;
        out[n] = kind == R_FIELD_WORD ? r_ledger_text_take(text, &v) : r_ledger_text_fingerprint(text, &v);
        if (text->wrong != NULL)
            return false;
        if (n > 0 && strcmp(out[n - 1], out[n]) >= 0)
            return r_json_fail(j, N_("a list is not in ascending order"));
        n++;
    }
    *count = n;
    return j->wrong == NULL;
}

static bool inside_findings(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return read_list(j, scope->text, R_FIELD_WORD, scope->evidence->findings, &scope->evidence->finding_count);
}

static bool inside_signers(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return read_list(j, scope->text, R_FIELD_TEXT, scope->evidence->signers, &scope->evidence->signer_count);
}

enum evidence_field {
    E_AUTHENTICITY,
    E_BYTES,
    E_CASE,
    E_FILES,
    E_FINDINGS,
    E_FINISHED,
    E_HOST,
    E_INTEGRITY,
    E_OPERATOR,
    E_SIGNERS,
    E_STARTED,
    E_VERDICT,
    E_COUNT
};

static bool inside_evidence(struct r_json *j, void *context)
{
    static const struct r_field fields[E_COUNT] = {
        { .key = "authenticity", .kind = R_FIELD_CHOICE, .required = true, .form = "absent invalid trusted untrusted" },
        { .key = "bytes", .kind = R_FIELD_DECIMAL },
        { .key = "case", .kind = R_FIELD_TEXT },
        { .key = "files", .kind = R_FIELD_DECIMAL },
        { .key = "findings", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_findings },
        { .key = "finished", .kind = R_FIELD_STAMP },
        { .key = "host", .kind = R_FIELD_TEXT },
        { .key = "integrity", .kind = R_FIELD_CHOICE, .required = true, .form = "altered intact undetermined" },
        { .key = "operator", .kind = R_FIELD_TEXT },
        { .key = "signers", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_signers },
        { .key = "started", .kind = R_FIELD_STAMP },
        { .key = "verdict", .kind = R_FIELD_CHOICE, .required = true, .form = "failed undetermined verified" },
    };
    struct scope *scope = context;
    struct r_ledger_text *text = scope->text;
    struct r_evidence *e = scope->evidence;
    struct r_value v[E_COUNT];

    if (!r_field_read(j, fields, E_COUNT, v, context))
        return false;
    e->present = true;
    e->authenticity = r_ledger_text_take(text, &v[E_AUTHENTICITY]);
    e->bytes = r_ledger_text_take(text, &v[E_BYTES]);
    e->case_id = r_ledger_text_line(text, &v[E_CASE]);
    e->files = r_ledger_text_take(text, &v[E_FILES]);
    e->finished = r_ledger_text_take(text, &v[E_FINISHED]);
    e->host = r_ledger_text_line(text, &v[E_HOST]);
    e->integrity = r_ledger_text_take(text, &v[E_INTEGRITY]);
    e->operator_name = r_ledger_text_line(text, &v[E_OPERATOR]);
    e->started = r_ledger_text_take(text, &v[E_STARTED]);
    e->verdict = r_ledger_text_take(text, &v[E_VERDICT]);
    return text->wrong == NULL;
}

static bool inside_inspection(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return r_inspection_read(j, scope->text, &scope->statement->body.inspection);
}

static bool inside_seen(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { .key = "root", .kind = R_FIELD_BASE64, .required = true },
        { .key = "size", .kind = R_FIELD_DECIMAL, .required = true },
        { .key = "status", .kind = R_FIELD_CHOICE, .required = true, .form = "first-seen verified" },
    };
    struct scope *scope = context;
    struct r_seen *seen = &scope->statement->body.checkpoint;
    struct r_value v[3];

    if (!r_field_read(j, fields, 3, v, NULL))
        return false;
    if (v[0].text.len != 44 || v[1].number == 0)
        return r_json_fail(j, N_("a checkpoint has a size of at least 1 and a root of 32 bytes"));
    seen->present = true;
    seen->root = r_ledger_text_take(scope->text, &v[0]);
    seen->size = v[1].number;
    seen->verified = v[2].number == 1;
    return scope->text->wrong == NULL;
}

enum body_field {
    B_CHECKPOINT,
    B_CONDITION,
    B_EVIDENCE,
    B_EXPIRES,
    B_INSPECTION,
    B_INTEGRITY,
    B_LOCATION,
    B_OFFER,
    B_ORGANISATION,
    B_PERSON,
    B_PURPOSE,
    B_REASON,
    B_RECEIPT,
    B_SEAL,
    B_TO,
    B_TOOL,
    B_TRACKING,
    B_TRANSPORT,
    B_COUNT
};

static const struct r_field body_fields[B_COUNT] = {
    { .key = "checkpoint", .kind = R_FIELD_INSIDE, .inside = inside_seen },
    { .key = "condition", .kind = R_FIELD_TEXT },
    { .key = "evidence", .kind = R_FIELD_INSIDE, .inside = inside_evidence },
    { .key = "expires", .kind = R_FIELD_TEXT },
    { .key = "inspection", .kind = R_FIELD_INSIDE, .inside = inside_inspection },
    { .key = "integrity", .kind = R_FIELD_CHOICE, .form = "altered intact undetermined" },
    { .key = "location", .kind = R_FIELD_TEXT },
    { .key = "offer", .kind = R_FIELD_BASE64, .form = "+" },
    { .key = "organisation", .kind = R_FIELD_TEXT },
    { .key = "person", .kind = R_FIELD_INSIDE, .inside = inside_person },
    { .key = "purpose", .kind = R_FIELD_TEXT },
    { .key = "reason", .kind = R_FIELD_TEXT },
    { .key = "receipt", .kind = R_FIELD_BASE64, .form = "+" },
    { .key = "seal", .kind = R_FIELD_TEXT },
    { .key = "to", .kind = R_FIELD_INSIDE, .inside = inside_to },
    { .key = "tool", .kind = R_FIELD_TEXT },
    { .key = "tracking", .kind = R_FIELD_TEXT },
    { .key = "transport", .kind = R_FIELD_TEXT },
};

/* One column per type, in the order of the enumeration: R required, O optional, - not allowed. */
static const char needs[B_COUNT][R_STATEMENT_TYPES + 1] = {
    [B_CHECKPOINT] = "----RR",   [B_CONDITION] = "--OOOO", [B_EVIDENCE] = "--R-RO", [B_EXPIRES] = "---R--",
    [B_INSPECTION] = "--O---",   [B_INTEGRITY] = "---R--", [B_LOCATION] = "--R-O-", [B_OFFER] = "--O---",
    [B_ORGANISATION] = "R-----", [B_PERSON] = "RR----",    [B_PURPOSE] = "---R--",  [B_REASON] = "-----R",
    [B_RECEIPT] = "--O---",      [B_SEAL] = "---O--",      [B_TO] = "---R--",       [B_TOOL] = "R-R---",
    [B_TRACKING] = "---O--",     [B_TRANSPORT] = "---O--",
};

static bool check_needs(struct r_json *j, enum r_statement_type type, const struct r_value *v)
{
    for (size_t i = 0; i < B_COUNT; i++) {
        if (needs[i][type] == 'R' && !v[i].present)
            return r_json_fail(j, N_("the body lacks a key that its type asks for"));
        if (needs[i][type] == '-' && v[i].present)
            return r_json_fail(j, N_("the body has a key that its type does not allow"));
    }
    return v[B_OFFER].present == v[B_RECEIPT].present ||
           r_json_fail(j, N_("the body has one of offer and receipt without the other"));
}

static void take_file(struct r_ledger_text *text, const struct r_value *value, struct buf *out)
{
    buf_init(out, R_STATEMENT_MAX);
    if (value->present && text_unbase64(out, value->text.at, value->text.len) != HZ_OK)
        r_ledger_text_fail(text, N_("out of memory"));
}

static void take_expires(struct r_ledger_text *text, const struct r_value *value, struct r_statement_body *body)
{
    int offset;

    body->expires_text = r_ledger_text_line(text, value);
    if (body->expires_text != NULL &&
        stamp_parse_offset(&body->expires, &offset, body->expires_text, strlen(body->expires_text)) != HZ_OK)
        r_ledger_text_fail(text, N_("a time with its numeric offset was expected"));
}

/* Keys that begin x- may stand in the body itself, each with a text. *count: how many. */
static bool check_extensions(const struct r_json *body, unsigned *count)
{
    struct r_json j;
    struct r_span key, span;

    r_json_init(&j, body->text, body->len);
    for (*count = 0, r_json_object(&j); r_json_key(&j, &key);) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_LEDGER_LINE_MAX);
        if (key.len <= 2 || memcmp(key.at, "x-", 2) != 0) {
            r_json_skip(&j);
            continue;
        }
        ++*count;
        if (!r_json_string(&j, &span) || r_span_decode(&span, &text) != HZ_OK || buf_text(&text) == NULL ||
            strlen((const char *)text.data) != text.len || !text_is_line((const char *)text.data, R_LEDGER_LINE_MAX))
            return false;
    }
    return j.wrong == NULL;
}

bool r_ledger_body_read(struct r_json *j, struct r_statement *s)
{
    struct scope scope = { s, &s->text, &s->body.evidence };
    struct r_statement_body *body = &s->body;
    struct r_value v[B_COUNT];
    unsigned extensions;

    if (!check_extensions(j, &extensions))
        return r_json_fail(j, N_("a key that begins x- holds no line of text"));
    if (!r_field_read(j, body_fields, B_COUNT, v, &scope) || !check_needs(j, s->type, v))
        return false;
    if (j->extensions != extensions)
        return r_json_fail(j, N_("a key that begins x- stands deeper than the body"));
    body->condition = r_ledger_text_line(&s->text, &v[B_CONDITION]);
    body->integrity = r_ledger_text_take(&s->text, &v[B_INTEGRITY]);
    body->location = r_ledger_text_line(&s->text, &v[B_LOCATION]);
    body->organisation = r_ledger_text_line(&s->text, &v[B_ORGANISATION]);
    body->purpose = r_ledger_text_line(&s->text, &v[B_PURPOSE]);
    body->reason = r_ledger_text_line(&s->text, &v[B_REASON]);
    body->seal = r_ledger_text_line(&s->text, &v[B_SEAL]);
    body->tool = r_ledger_text_line(&s->text, &v[B_TOOL]);
    body->tracking = r_ledger_text_line(&s->text, &v[B_TRACKING]);
    body->transport = r_ledger_text_line(&s->text, &v[B_TRANSPORT]);
    take_expires(&s->text, &v[B_EXPIRES], body);
    take_file(&s->text, &v[B_OFFER], &body->offer);
    take_file(&s->text, &v[B_RECEIPT], &body->receipt);
    return s->text.wrong == NULL;
}
