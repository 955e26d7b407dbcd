/* Offers: what must fit together before a signature is looked at, and the order of signatures. */
#include <stdio.h>

#include "formats/read/ledger.h"
#include "formats/write/offer.h"
#include "formats/write/sshsig.h"
#include "tests/unit/custody/sample_statement.h"
#include "tests/unit/test.h"

#define SEQUENCE 7

/* An offer whose entry is the eighth of its log, with a checkpoint of so many entries. */
static int offer_at(uint64_t size)
{
    HZ_CLEANUP(buf_free)
    struct buf statement = BUF_INIT(R_STATEMENT_MAX), entry = BUF_INIT(R_ENTRY_MAX), file = BUF_INIT(R_OFFER_MAX);
    struct w_statement said = sample_statement(R_STATEMENT_OFFER);
    struct w_signed content = { &statement, { "armour" }, 1 };
    struct w_entry row = { .ledger = said.ledger, .sequence = SEQUENCE, .content = content };
    const char *const armour[] = { "armour" };
    struct w_proof inclusion = { 0 };
    struct r_offer offer = { 0 };
    char text[200];
    int rc;

    assert_int_equal(w_statement_build(&said, &statement, NULL), HZ_OK);
    assert_int_equal(w_entry_build(&row, &entry, NULL), HZ_OK);
    snprintf(text, sizeof text, "hozen-ledger/%s\n%d\n%s\n", said.ledger, (int)size, ROOT);
    struct w_offer out = { .content = content, .entry = &entry, .head = { text, armour, 1 }, .inclusion = &inclusion };
    assert_int_equal(w_offer_build(&out, &file, NULL), HZ_OK);
    rc = r_offer_parse(&offer, file.data, file.len, NULL);
    r_offer_free(&offer);
    return rc;
}

/* A checkpoint of seven entries says nothing of the eighth: such a file is no offer, whatever its proof is. */
static void test_covered(void **state)
{
    (void)state;
    assert_int_equal(offer_at(SEQUENCE - 1), HZ_E_FORMAT);
    assert_int_equal(offer_at(SEQUENCE), HZ_E_FORMAT);
    assert_int_equal(offer_at(SEQUENCE + 1), HZ_OK);
    assert_int_equal(offer_at(SEQUENCE + 2), HZ_OK);
}

/* A text signed with two keys, and the signatures in the order of the keys' digests. */
static void sign(struct buf armour[2])
{
    struct w_key *keys[2];
    int first;

    for (int i = 0; i < 2; i++)
        assert_int_equal(w_key_generate(&keys[i], W_KEY_ED25519, W_KEY_CUSTODY, NULL), HZ_OK);
    first = strcmp(w_key_id(keys[0]), w_key_id(keys[1])) > 0;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w_sshsig_make(keys[i ^ first], R_LEDGER_NAMESPACE, "text", 4, &armour[i], NULL), HZ_OK);
        assert_non_null(buf_text(&armour[i]));
    }
    w_key_free(keys[0]);
    w_key_free(keys[1]);
}

static int verify(const struct buf *first, const struct buf *second, struct r_ledger_signers *out)
{
    const struct r_signatures both = { { (const char *)first->data, (const char *)second->data }, 2 };

    return r_ledger_verify("text", 4, &both, out, NULL);
}

/* Right signatures in another order than the keys', or one of them twice, are refused. */
static void test_order(void **state)
{
    struct buf armour[2] = { BUF_INIT(8192), BUF_INIT(8192) };
    struct r_ledger_signers signers = { 0 };

    (void)state;
    assert_int_equal(r_hash_start(NULL), HZ_OK);
    sign(armour);
    assert_int_equal(verify(&armour[0], &armour[1], &signers), HZ_OK);
    assert_int_equal(signers.count, 2);
    assert_int_equal(verify(&armour[1], &armour[0], &signers), HZ_E_INVALID);
    assert_int_equal(verify(&armour[0], &armour[0], &signers), HZ_E_INVALID);
    buf_free(&armour[0]);
    buf_free(&armour[1]);
}

TEST_MAIN(cmocka_unit_test(test_covered), cmocka_unit_test(test_order))
