/* Offers, receipts, proof files. Every signature holds here (see holds.c), so that only the rules stand in the way. */
#include "formats/read/ledger.h"
#include "formats/read/prooffile.h"
#include "tests/fuzz/fuzz.h"

static void as_offer(const uint8_t *data, size_t size)
{
    struct r_ledger_signers signers;
    struct r_checkpoint known;
    struct r_offer o = { 0 };
    int code = r_offer_parse(&o, data, size, FUZZ_ERR);

    FUZZ_HOLDS(fuzz_is_answer(code));
    if (code != HZ_OK)
        return;
    FUZZ_HOLDS(o.statement.type == R_STATEMENT_OFFER && o.checkpoint.size >= 1);
    code = r_ledger_offer_check(&o, &signers, FUZZ_ERR);
    FUZZ_HOLDS(code == HZ_OK || code == HZ_E_INVALID);
    if (code == HZ_OK)
        FUZZ_HOLDS(o.entry.sequence < o.checkpoint.size && signers.count >= 1);
    known = o.checkpoint;
    FUZZ_HOLDS(r_ledger_offer_continues(&o, &known)); /* itself */
    known.root[0] ^= 1;
    FUZZ_HOLDS(!r_ledger_offer_continues(&o, &known)); /* another log of that size */
    r_offer_free(&o);
}

static void as_receipt(const uint8_t *data, size_t size)
{
    struct r_ledger_signers signers;
    struct r_receipt r = { 0 };
    int code = r_offer_receipt_parse(&r, data, size, FUZZ_ERR);

    FUZZ_HOLDS(fuzz_is_answer(code));
    if (code != HZ_OK)
        return;
    FUZZ_HOLDS(r.statement.type == R_STATEMENT_ACCEPTANCE || r.statement.type == R_STATEMENT_DECLINE);
    code = r_ledger_receipt_check(&r, &signers, FUZZ_ERR);
    FUZZ_HOLDS(code == HZ_OK || code == HZ_E_INVALID);
    if (code == HZ_OK)
        FUZZ_HOLDS(signers.count >= 1);
    if (r.cosignature != NULL)
        FUZZ_HOLDS(fuzz_is_answer(r_ledger_cosigned(r.head.text, r.cosignature, &signers, FUZZ_ERR)));
    r_offer_receipt_free(&r);
}

static void as_proof(const uint8_t *data, size_t size)
{
    struct r_prooffile p = { 0 };
    int code = r_prooffile_parse(&p, data, size, FUZZ_ERR);

    FUZZ_HOLDS(fuzz_is_answer(code));
    if (code != HZ_OK)
        return;
    FUZZ_HOLDS(r_travel_continues(&p.head.checkpoint, &p.since, &p.head.checkpoint));
    r_prooffile_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (r_hash_start(NULL) != HZ_OK)
        return 0;
    as_offer(data, size);
    as_receipt(data, size);
    as_proof(data, size);
    return 0;
}
