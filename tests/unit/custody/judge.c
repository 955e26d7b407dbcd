/* The shipped readers' opinion of offers, receipts and statements, for tests/cli/43-custody-oracle.bats to hold against
 * another program's: judge offer OFFER | judge known OFFER CHECKPOINT | judge receipt RECEIPT OFFER | judge proof PROOF
 * [CHECKPOINT] | judge statement STATEMENT | judge carried STATEMENT (and what it
 * carries) | judge statements FILE (one in base64 per line; prints the answer to each).
 * Exit 0 holds, 1 does not, 3 cannot tell. */
#include <stdio.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/text.h"
#include "formats/read/brought.h"
#include "formats/read/ledger.h"
#include "formats/read/ledger_item.h"
#include "formats/read/prooffile.h"

struct files {
    struct buf offer_bytes, receipt_bytes, known_bytes;
    struct r_offer offer;
    struct r_receipt receipt;
    struct r_ledger_signers signers, answered;
};

static int read_offer(struct files *f, const char *path, struct hz_error *err)
{
    int rc = io_read_file(path, &f->offer_bytes, err);

    if (rc == HZ_OK)
        rc = r_offer_parse(&f->offer, f->offer_bytes.data, f->offer_bytes.len, err);
    return rc == HZ_OK ? r_ledger_offer_check(&f->offer, &f->signers, err) : rc;
}

static int known(struct files *f, const char *path, struct hz_error *err)
{
    struct r_checkpoint checkpoint;
    int rc = io_read_file(path, &f->known_bytes, err);

    if (rc == HZ_OK)
        rc = r_checkpoint_parse(&checkpoint, f->known_bytes.data, f->known_bytes.len, err);
    if (rc == HZ_OK && !r_ledger_offer_continues(&f->offer, &checkpoint))
        return hz_error_set(err, HZ_E_INVALID, "no proof that it continues what is known");
    return rc;
}

/* Through the rules of the item's chain, from a state in which the offer was possible. */
static int chain(struct files *f, struct hz_error *err)
{
    const struct r_statement *offer = &f->offer.statement;
    struct r_ledger_item item = { .state = R_LEDGER_HELD };
    struct r_ledger_facts facts = { 0 };
    int rc;

    snprintf(item.custodian, sizeof item.custodian, "%s", offer->actor.key);
    snprintf(item.moved, sizeof item.moved, "%s", offer->previous);
    snprintf(item.content_id, sizeof item.content_id, "%s", offer->content_id != NULL ? offer->content_id : "");
    snprintf(item.file_sha256, sizeof item.file_sha256, "%s", offer->file_sha256 != NULL ? offer->file_sha256 : "");
    rc = r_ledger_item_apply(&item, offer, &facts, f->offer.entry.recorded_at, err);
    return rc == HZ_OK ? r_ledger_item_apply(&item, &f->receipt.statement, &facts, f->offer.entry.recorded_at, err)
                       : rc;
}

static int check_seen(const struct files *f, struct hz_error *err)
{
    struct buf root = BUF_INIT(64);
    const struct r_seen *seen = &f->receipt.statement.body.checkpoint;
    struct r_ledger_signers signers;
    bool same;
    int rc = HZ_OK;

    text_base64(&root, f->offer.checkpoint.root, sizeof f->offer.checkpoint.root);
    same = seen->size == f->offer.checkpoint.size && text_equal(seen->root, buf_text(&root));
    buf_free(&root);
    if (!same)
        return hz_error_set(err, HZ_E_INVALID, "another checkpoint than the offer's");
    if (f->receipt.cosignature == NULL)
        return HZ_OK;
    rc = r_ledger_cosigned(f->offer.checkpoint_text, f->receipt.cosignature, &signers, err);
    if (rc == HZ_OK && !r_ledger_signed_by(&signers, f->receipt.statement.actor.key))
        return hz_error_set(err, HZ_E_INVALID, "cosigned by somebody else");
    return rc;
}

static int receipt(struct files *f, const char *path, struct hz_error *err)
{
    const struct r_statement *s = &f->receipt.statement;
    int rc = io_read_file(path, &f->receipt_bytes, err);

    if (rc == HZ_OK)
        rc = r_offer_receipt_parse(&f->receipt, f->receipt_bytes.data, f->receipt_bytes.len, err);
    if (rc == HZ_OK)
        rc = r_ledger_receipt_check(&f->receipt, &f->answered, err);
    if (rc == HZ_OK &&
        (!text_equal(s->ledger, f->offer.statement.ledger) || !text_equal(s->item, f->offer.statement.item)))
        return hz_error_set(err, HZ_E_INVALID, "of another ledger or item");
    if (rc == HZ_OK)
        rc = chain(f, err);
    return rc == HZ_OK ? check_seen(f, err) : rc;
}

/* A proof file, and that it continues a checkpoint (path NULL: any). */
static int proof(struct files *f, const char *path, const char *earlier, struct hz_error *err)
{
    struct r_prooffile p = { 0 };
    struct r_checkpoint checkpoint;
    int rc = r_hash_start(err);

    if (rc == HZ_OK)
        rc = io_read_file(path, &f->offer_bytes, err);
    if (rc == HZ_OK)
        rc = r_prooffile_parse(&p, f->offer_bytes.data, f->offer_bytes.len, err);
    if (rc == HZ_OK)
        rc = r_ledger_verify(p.head.text, strlen(p.head.text), &p.head.signatures, &f->signers, err);
    if (rc == HZ_OK && earlier != NULL)
        rc = io_read_file(earlier, &f->known_bytes, err);
    if (rc == HZ_OK && earlier != NULL)
        rc = r_checkpoint_parse(&checkpoint, f->known_bytes.data, f->known_bytes.len, err);
    if (rc == HZ_OK && earlier != NULL && !r_travel_continues(&p.head.checkpoint, &p.since, &checkpoint))
        rc = hz_error_set(err, HZ_E_INVALID, "no proof that it continues what is known");
    r_prooffile_free(&p);
    return rc;
}

static int statement(const char *path, bool carried, struct hz_error *err)
{
    struct buf bytes = BUF_INIT(R_OFFER_MAX);
    struct r_statement s = { 0 };
    int rc = r_hash_start(err);

    if (rc == HZ_OK)
        rc = io_read_file(path, &bytes, err);
    if (rc == HZ_OK)
        rc = r_statement_parse(&s, bytes.data, bytes.len, err);
    if (rc == HZ_OK && carried)
        rc = r_brought_carried(&s, err);
    r_statement_free(&s);
    buf_free(&bytes);
    return rc;
}

static const char *one_statement(const char *row, size_t len, struct hz_error *err)
{
    struct buf bytes = BUF_INIT(R_OFFER_MAX);
    struct r_statement s = { 0 };
    int rc = text_unbase64(&bytes, row, len);

    if (rc == HZ_OK)
        rc = r_statement_parse(&s, bytes.data, bytes.len, err);
    r_statement_free(&s);
    buf_free(&bytes);
    return rc == HZ_OK ? "holds" : rc == HZ_E_FORMAT ? "does not hold" : "cannot tell";
}

static int statements(const char *path, struct hz_error *err)
{
    struct buf text = BUF_INIT((size_t)64 << 20);
    int rc = r_hash_start(err);

    if (rc == HZ_OK)
        rc = io_read_file(path, &text, err);
    for (size_t at = 0; rc == HZ_OK && at < text.len;) {
        const char *row = (const char *)text.data + at, *end = memchr(row, '\n', text.len - at);
        if (end == NULL)
            break;
        puts(one_statement(row, (size_t)(end - row), err));
        at += (size_t)(end - row) + 1;
    }
    buf_free(&text);
    return rc;
}

static int judge(struct files *f, int argc, char **argv, struct hz_error *err)
{
    bool is_receipt = strcmp(argv[1], "receipt") == 0;
    int rc = r_hash_start(err);

    if (rc == HZ_OK)
        rc = read_offer(f, argv[is_receipt ? 3 : 2], err);
    if (rc == HZ_OK && is_receipt)
        rc = receipt(f, argv[2], err);
    else if (rc == HZ_OK && argc == 4)
        rc = known(f, argv[3], err);
    return rc;
}

static int answer(int rc)
{
    if (rc == HZ_OK)
        return 0;
    return rc == HZ_E_FORMAT || rc == HZ_E_INVALID || rc == HZ_E_DENIED ? 1 : 3;
}

int main(int argc, char **argv)
{
    struct files f = { .offer_bytes = BUF_INIT(R_OFFER_MAX),
                       .receipt_bytes = BUF_INIT(R_OFFER_MAX),
                       .known_bytes = BUF_INIT(4096) };
    struct hz_error err = { 0 };
    int rc;

    if (argc == 3 && strcmp(argv[1], "statements") == 0)
        return statements(argv[2], &err) == HZ_OK ? 0 : 3;
    bool carried = argc == 3 && strcmp(argv[1], "carried") == 0;
    bool is_statement = carried || (argc == 3 && strcmp(argv[1], "statement") == 0);
    bool is_proof = strcmp(argv[argc > 1], "proof") == 0;
    if (argc < 3 || (strcmp(argv[1], "offer") != 0 && !is_statement && !is_proof && argc != 4))
        return 2;
    if (is_proof)
        rc = proof(&f, argv[2], argc == 4 ? argv[3] : NULL, &err);
    else
        rc = is_statement ? statement(argv[2], carried, &err) : judge(&f, argc, argv, &err);
    r_offer_free(&f.offer);
    r_offer_receipt_free(&f.receipt);
    buf_free(&f.offer_bytes);
    buf_free(&f.receipt_bytes);
    buf_free(&f.known_bytes);
    puts(rc == HZ_OK ? "holds" : err.text);
    return answer(rc);
}
