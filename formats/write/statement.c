#include "formats/write/statement.h"

#include "base/json_out.h"
#include "formats/write/envelope.h"
#include "formats/write/random.h"

void w_statement_time(char out[STAMP_SIZE], const struct w_time *time)
{
    stamp_format_offset(out, time->at, time->offset_minutes);
}

static void member_time(struct json_out *j, const char *key, const struct w_time *time)
{
    char text[STAMP_SIZE];

    if (!time->known)
        return;
    w_statement_time(text, time);
    json_member_string(j, key, text);
}

static void member_file(struct json_out *j, const char *key, const struct buf *bytes)
{
    if (bytes != NULL)
        w_envelope_base64(j, key, bytes->data, bytes->len);
}

static void member_person(struct json_out *j, const char *key, const struct w_person *person, bool added)
{
    if (person == NULL)
        return;
    json_key(j, key);
    json_object(j);
    if (added)
        json_member_bool(j, "checkpoint_signer", person->checkpoint_signer);
    json_member_string(j, "contact", person->contact);
    json_member_string(j, "key", person->key);
    json_member_string(j, "name", person->name);
    json_member_string(j, "organisation", person->organisation);
    json_member_string(j, "public_key", person->public_key);
    json_member_string(j, "role", person->role);
    json_object_end(j);
}

static void member_evidence(struct json_out *j, const struct w_evidence *evidence)
{
    if (evidence == NULL)
        return;
    json_key(j, "evidence");
    json_object(j);
    json_member_string(j, "authenticity", evidence->authenticity);
    json_member_string(j, "bytes", evidence->bytes);
    json_member_string(j, "case", evidence->case_id);
    json_member_string(j, "files", evidence->files);
    w_envelope_texts(j, "findings", evidence->findings, evidence->finding_count);
    json_member_string(j, "finished", evidence->finished);
    json_member_string(j, "host", evidence->host);
    json_member_string(j, "integrity", evidence->integrity);
    json_member_string(j, "operator", evidence->operator_name);
    w_envelope_texts(j, "signers", evidence->signers, evidence->signer_count);
    json_member_string(j, "started", evidence->started);
    json_member_string(j, "verdict", evidence->verdict);
    json_object_end(j);
}

static void member_seen(struct json_out *j, const struct w_seen *seen)
{
    if (!seen->known)
        return;
    json_key(j, "checkpoint");
    json_object(j);
    json_member_string(j, "root", seen->root);
    json_member_decimal(j, "size", seen->size);
    json_member_string(j, "status", seen->verified ? "verified" : "first-seen");
    json_object_end(j);
}

static void member_body(struct json_out *j, const struct w_statement *s)
{
    json_key(j, "body");
    json_object(j);
    member_seen(j, &s->body.checkpoint);
    json_member_string(j, "condition", s->body.condition);
    member_evidence(j, s->body.evidence);
    member_time(j, "expires", &s->body.expires);
    w_inspection_member(j, s->body.inspection);
    json_member_string(j, "integrity", s->body.integrity);
    json_member_string(j, "location", s->body.location);
    member_file(j, "offer", s->body.offer);
    json_member_string(j, "organisation", s->body.organisation);
    member_person(j, "person", s->body.person, true);
    json_member_string(j, "purpose", s->body.purpose);
    json_member_string(j, "reason", s->body.reason);
    member_file(j, "receipt", s->body.receipt);
    json_member_string(j, "seal", s->body.seal);
    member_person(j, "to", s->body.to, false);
    json_member_string(j, "tool", s->body.tool);
    json_member_string(j, "tracking", s->body.tracking);
    json_member_string(j, "transport", s->body.transport);
    json_object_end(j);
}

int w_statement_build(const struct w_statement *s, struct buf *out, struct hz_error *err)
{
    struct json_out j;
    char nonce[33];
    int rc = w_random_hex(nonce, 16, err);

    if (rc != HZ_OK)
        return rc;
    json_init(&j, out);
    json_object(&j);
    member_person(&j, "actor", &s->actor, false);
    member_body(&j, s);
    json_member_string(&j, "case", s->case_id);
    json_member_string(&j, "content_id", s->content_id);
    json_member_string(&j, "file_sha256", s->file_sha256);
    json_member_string(&j, "item", s->item);
    json_member_string(&j, "ledger", s->ledger);
    json_member_string(&j, "nonce", nonce);
    json_member_string(&j, "previous", s->previous);
    json_member_string(&j, "schema", "hozen-statement/1");
    member_time(&j, "time", &s->time);
    json_member_string(&j, "type", s->type);
    json_object_end(&j);
    return json_check(&j, err);
}
