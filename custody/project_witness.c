#include "custody/project_witness.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/ledger.h"
#include "formats/read/offer.h"
#include "formats/read/prooffile.h"

struct brought {
    struct r_offer offer;
    struct r_receipt receipt;
    struct r_ledger_signers checkpoint_signers, answered;
};

static void brought_free(struct brought *b)
{
    r_offer_free(&b->offer);
    r_offer_receipt_free(&b->receipt);
}

/* Does the intake continue the very handoff that it carries? */
static bool fits(const struct r_statement *intake, const struct brought *b)
{
    const struct r_statement *offer = &b->offer.statement, *answer = &b->receipt.statement;

    return answer->type == R_STATEMENT_ACCEPTANCE && text_equal(answer->previous, offer->digest) &&
           text_equal(answer->ledger, offer->ledger) && text_equal(answer->item, offer->item) &&
           text_equal(answer->actor.key, offer->body.to.key) && text_equal(intake->previous, offer->digest) &&
           text_equal(intake->item, offer->item) && text_equal(intake->actor.key, answer->actor.key) &&
           text_equal(intake->content_id, answer->content_id) && text_equal(intake->file_sha256, answer->file_sha256) &&
           text_equal(answer->content_id, offer->content_id) && text_equal(answer->file_sha256, offer->file_sha256) &&
           !text_equal(offer->ledger, intake->ledger);
}

/* Was it accepted in time, and with the checkpoint that the offer carries? Then a cosignature is over that too. */
static int check_answer(const struct brought *b, struct hz_error *err)
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

static int check(const struct r_statement *intake, struct brought *b, struct hz_error *err)
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

/* A checkpoint of another ledger, with signatures that hold. */
struct kept {
    const struct r_checkpoint *stated;
    const char *text;
    const struct r_signatures *signatures;
    const struct r_ledger_signers *signers;
};

static int insert(struct store *s, const struct kept *k, size_t i, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, "INSERT INTO witness VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
    query_text(&q, 1, k->stated->ledger);
    query_int(&q, 2, k->stated->size);
    query_text(&q, 3, k->text);
    query_text(&q, 4, k->signers->key[i].keyid);
    query_text(&q, 5, k->signatures->armour[i]);
    query_int(&q, 6, sequence);
    return query_run(&q, err);
}

static int keep(struct store *s, const struct kept *k, uint64_t sequence, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < k->signers->count; i++)
        rc = insert(s, k, i, sequence, err);
    return rc;
}

static int keep_offered(struct store *s, const struct r_statement *intake, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(brought_free) struct brought b = { 0 };
    int rc = check(intake, &b, err);

    if (rc != HZ_OK)
        return rc;
    return keep(s,
                &(struct kept) { &b.offer.checkpoint, b.offer.checkpoint_text, &b.offer.checkpoint_signatures,
                                 &b.checkpoint_signers },
                sequence, err);
}

/* A proof from a log of a size that is known must be from that very log. */
static int check_joined(struct store *s, const struct r_prooffile *p, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true, known = false, joined = false;
    int rc = HZ_OK;

    if (!p->since.present)
        return HZ_OK;
    query_open(&q, s, "SELECT DISTINCT text FROM witness WHERE ledger = ?1 AND size = ?2");
    query_text(&q, 1, p->head.checkpoint.ledger);
    query_int(&q, 2, p->since.from);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        struct r_checkpoint earlier;
        const char *text = query_get_text(&q, 0);
        rc = r_checkpoint_parse(&earlier, text, strlen(text), err);
        if (rc != HZ_OK)
            return rc;
        known = true;
        joined = joined || r_travel_continues(&p->head.checkpoint, &p->since, &earlier);
    }
    if (rc == HZ_OK && known && !joined)
        return hz_error_set(err, HZ_E_INVALID,
                            _("the proof inside does not join the checkpoint of %llu entries that is known here"),
                            (unsigned long long)p->since.from);
    return rc;
}

static int keep_proof(struct store *s, const struct r_statement *st, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(r_prooffile_free) struct r_prooffile p = { 0 };
    struct r_ledger_signers signers;
    int rc = r_prooffile_parse(&p, st->body.proof.data, st->body.proof.len, err);

    if (rc == HZ_OK)
        rc = r_ledger_verify(p.head.text, strlen(p.head.text), &p.head.signatures, &signers, err);
    if (rc == HZ_OK && text_equal(p.head.checkpoint.ledger, st->ledger))
        return hz_error_set(err, HZ_E_INVALID, _("the checkpoint is one of this ledger itself"));
    if (rc == HZ_OK)
        rc = check_joined(s, &p, err);
    if (rc != HZ_OK)
        return rc;
    return keep(s, &(struct kept) { &p.head.checkpoint, p.head.text, &p.head.signatures, &signers }, sequence, err);
}

int project_witness(struct store *s, const struct r_statement *st, uint64_t sequence, const char **code,
                    struct hz_error *err)
{
    int rc = HZ_OK;

    if (st->type == R_STATEMENT_INTAKE && st->body.offer.len > 0)
        rc = keep_offered(s, st, sequence, err);
    else if (st->type == R_STATEMENT_WITNESS)
        rc = keep_proof(s, st, sequence, err);
    if (rc != HZ_E_FORMAT && rc != HZ_E_UNSUPPORTED && rc != HZ_E_INVALID)
        return rc;
    *code = "record-altered";
    err->code = HZ_E_DENIED;
    return HZ_E_DENIED;
}
