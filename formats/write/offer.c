#include "formats/write/offer.h"

#include "base/json_out.h"
#include "formats/write/envelope.h"

static void member_proof(struct json_out *j, const char *key, const struct w_proof *proof)
{
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < proof->count; i++)
        w_envelope_base64_value(j, proof->digest[i], W_DIGEST_SIZE);
    json_array_end(j);
}

static void member_head(struct json_out *j, const struct w_offer_head *head)
{
    json_member_string(j, "checkpoint", head->text);
    w_envelope_texts(j, "checkpoint_signatures", head->signatures, head->signature_count);
}

static void member_since(struct json_out *j, const struct w_offer_since *since)
{
    if (since->proof == NULL)
        return;
    json_key(j, "consistency");
    json_object(j);
    json_member_decimal(j, "from", since->from);
    member_proof(j, "proof", since->proof);
    json_object_end(j);
}

static int finish(struct json_out *j, struct hz_error *err)
{
    int rc = json_check(j, err);

    if (rc != HZ_OK)
        return rc;
    buf_putc(j->out, '\n');
    return buf_check(j->out, err);
}

int w_offer_build(const struct w_offer *offer, struct buf *out, struct hz_error *err)
{
    struct json_out j;

    json_init(&j, out);
    json_object(&j);
    member_head(&j, &offer->head);
    member_since(&j, &offer->since);
    w_envelope_base64(&j, "entry", offer->entry->data, offer->entry->len);
    member_proof(&j, "inclusion", offer->inclusion);
    json_member_string(&j, "schema", "hozen-offer/1");
    w_envelope_texts(&j, "signatures", offer->content.signatures, offer->content.signature_count);
    w_envelope_base64(&j, "statement", offer->content.statement->data, offer->content.statement->len);
    json_object_end(&j);
    return finish(&j, err);
}

int w_offer_receipt_build(const struct w_receipt *receipt, struct buf *out, struct hz_error *err)
{
    struct json_out j;

    json_init(&j, out);
    json_object(&j);
    member_head(&j, &receipt->head);
    json_member_string(&j, "cosignature", receipt->cosignature);
    json_member_string(&j, "offer", receipt->offer);
    json_member_string(&j, "schema", "hozen-receipt/1");
    w_envelope_texts(&j, "signatures", receipt->content.signatures, receipt->content.signature_count);
    w_envelope_base64(&j, "statement", receipt->content.statement->data, receipt->content.statement->len);
    json_object_end(&j);
    return finish(&j, err);
}

int w_offer_proof_build(const struct w_offer_head *head, const struct w_offer_since *since, struct buf *out,
                        struct hz_error *err)
{
    struct json_out j;

    json_init(&j, out);
    json_object(&j);
    member_head(&j, head);
    member_since(&j, since);
    json_member_string(&j, "schema", "hozen-proof/1");
    json_object_end(&j);
    return finish(&j, err);
}
