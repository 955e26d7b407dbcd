#include "formats/read/brought.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/prooffile.h"

void r_brought_free(struct r_brought *b)
{
    r_offer_free(&b->offer);
    r_offer_receipt_free(&b->receipt);
}

const char *r_brought_item(const struct r_statement *intake)
{
    return intake->body.offered_as != NULL ? intake->body.offered_as : intake->item;
}

/* Does the intake continue the very handoff that it carries? */
static bool fits(const struct r_statement *intake, const struct r_brought *b)
{
    const struct r_statement *offer = &b->offer.statement, *answer = &b->receipt.statement;

    return answer->type == R_STATEMENT_ACCEPTANCE && text_equal(answer->previous, offer->digest) &&
           text_equal(answer->ledger, offer->ledger) && text_equal(answer->item, offer->item) &&
           text_equal(answer->actor.key, offer->body.to.key) && text_equal(intake->previous, offer->digest) &&
           text_equal(r_brought_item(intake), offer->item) && text_equal(intake->actor.key, answer->actor.key) &&
           text_equal(intake->content_id, answer->content_id) && text_equal(intake->file_sha256, answer->file_sha256) &&
           text_equal(answer->content_id, offer->content_id) && text_equal(answer->file_sha256, offer->file_sha256) &&
           !text_equal(offer->ledger, intake->ledger);
}

/* Was it accepted in time, and with the checkpoint that the offer carries? Then a cosignature is over that too. */
static int check_answer(const struct r_brought *b, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    const struct r_seen *seen = &b->receipt.statement.body.checkpoint;
    const struct r_checkpoint *sent = &b->offer.checkpoint;
    struct r_ledger_signers signers;
    int rc;

    if (stamp_compare(b->offer.statement.body.expires.at, b->receipt.statement.time) < 0)
        return hz_error_set(err, HZ_E_INVALID, _("it was accepted after the offer had expired"));
    text_base64(&root, sent->root, sizeof sent->root);
    if (seen->size != sent->size || !text_equal(buf_text(&root), seen->root))
        return hz_error_set(err, HZ_E_INVALID, _("the acceptance inside states another checkpoint than the offer's"));
    if (b->receipt.cosignature == NULL)
        return HZ_OK;
    rc = r_ledger_cosigned(b->offer.checkpoint_text, b->receipt.cosignature, &signers, err);
    if (rc == HZ_OK && !r_ledger_signed_by(&signers, b->receipt.statement.actor.key))
        return hz_error_set(err, HZ_E_INVALID, _("the receipt's cosignature is not by the receiver"));
    return rc;
}

int r_brought_check(const struct r_statement *intake, struct r_brought *b, struct hz_error *err)
{
    int rc = r_offer_parse(&b->offer, intake->body.offer.data, intake->body.offer.len, err);

    if (rc == HZ_OK)
        rc = r_ledger_offer_check(&b->offer, &b->checkpoint_signers, err);
    if (rc == HZ_OK)
        rc = r_offer_receipt_parse(&b->receipt, intake->body.receipt.data, intake->body.receipt.len, err);
    if (rc == HZ_OK)
        rc = r_ledger_receipt_check(&b->receipt, &b->answered, err);
    if (rc == HZ_OK && !fits(intake, b))
        return hz_error_set(err, HZ_E_INVALID, _("the offer and the receipt inside are not those of this handoff"));
    return rc == HZ_OK ? check_answer(b, err) : rc;
}

static int read_releaser(const struct r_statement *s, char releaser[R_LEDGER_FINGERPRINT], struct stamp *expires,
                         struct hz_error *err)
{
    HZ_CLEANUP(r_offer_free) struct r_offer offer = { 0 };
    int rc = r_offer_parse(&offer, s->body.offer.data, s->body.offer.len, err);

    if (rc == HZ_OK) {
        memcpy(releaser, offer.statement.actor.key, R_LEDGER_FINGERPRINT);
        *expires = offer.statement.body.expires.at;
    }
    return rc;
}

int r_brought_releaser(const struct r_statement *s, char releaser[R_LEDGER_FINGERPRINT], struct stamp *expires,
                       struct hz_error *err)
{
    releaser[0] = '\0';
    return s->type == R_STATEMENT_INTAKE && s->body.offer.len > 0 ? read_releaser(s, releaser, expires, err) : HZ_OK;
}

static int check_proof(const struct r_statement *s, struct hz_error *err)
{
    HZ_CLEANUP(r_prooffile_free) struct r_prooffile p = { 0 };
    struct r_ledger_signers signers;
    int rc = r_prooffile_parse(&p, s->body.proof.data, s->body.proof.len, err);

    if (rc == HZ_OK)
        rc = r_ledger_verify(p.head.text, strlen(p.head.text), &p.head.signatures, &signers, err);
    if (rc == HZ_OK && text_equal(p.head.checkpoint.ledger, s->ledger))
        return hz_error_set(err, HZ_E_INVALID, _("the checkpoint is one of this ledger itself"));
    return rc;
}

int r_brought_carried(const struct r_statement *s, struct hz_error *err)
{
    HZ_CLEANUP(r_brought_free) struct r_brought b = { 0 };

    if (s->type == R_STATEMENT_WITNESS)
        return check_proof(s, err);
    return s->type == R_STATEMENT_INTAKE && s->body.offer.len > 0 ? r_brought_check(s, &b, err) : HZ_OK;
}
