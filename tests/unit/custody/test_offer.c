/* Offers: what must fit together before a signature is looked at. */
#include <stdio.h>

#include "formats/read/offer.h"
#include "formats/write/offer.h"
#include "tests/unit/custody/sample_statement.h"
#include "tests/unit/test.h"

#define SEQUENCE 7

/* An offer whose entry is the eighth of its log, with a checkpoint of so many entries. */
static int offer_at(uint64_t size)
{
    HZ_CLEANUP(buf_free)
    struct buf statement = BUF_INIT(R_STATEMENT_MAX),
               entry = BUF_INIT(R_ENTRY_MAX), file = BUF_INIT(R_OFFER_MAX);
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

TEST_MAIN(cmocka_unit_test(test_covered))
