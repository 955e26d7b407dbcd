/* How a checkpoint stands to those of its ledger that are kept already: one of another log outweighs everything. */
#include "custody/witness.h"
#include "tests/unit/custody/world.h"

#define LEDGER "1111111111111111111111111111111111111111111111111111111111111111"
#define OTHER "2222222222222222222222222222222222222222222222222222222222222222"
#define A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define B "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define KEYID "3333333333333333333333333333333333333333333333333333333333333333"

static struct outside seen(int size, const char *root)
{
    struct outside o = { .signers.count = 1 };
    char text[200];
    int len = snprintf(text, sizeof text, "hozen-ledger/%s\n%d\n%s\n", LEDGER, size, root);

    GOOD(r_checkpoint_parse(&o.stated, text, (size_t)len, NULL));
    memcpy(o.signers.key[0].keyid, KEYID, sizeof KEYID);
    return o;
}

static void keep(struct store *s, const char *ledger, int size, const char *root, const char *keyid, int entry)
{
    char sql[600];
    struct query q;

    snprintf(sql, sizeof sql,
             "INSERT INTO witness VALUES ('%s', %d, 'hozen-ledger/%s' || char(10) || '%d' || char(10) || '%s' ||"
             " char(10), '%s', 'armour', %d)",
             ledger, size, ledger, size, root, keyid, entry);
    query_open(&q, s, sql);
    GOOD(query_run(&q, NULL));
    query_close(&q);
}

static struct witness_known compare(struct store *s, int size, const char *root)
{
    struct outside o = seen(size, root);
    struct witness_known known;

    GOOD(witness_compare(s, &o, &known, NULL));
    return known;
}

static void test_standings(void **state)
{
    struct world w = begin();

    (void)state;
    keep(w.store, OTHER, 9, B, KEYID, 1);
    assert_int_equal(compare(w.store, 5, A).standing, WITNESS_FIRST);
    assert_int_equal(compare(w.store, 5, A).size, 0);
    keep(w.store, LEDGER, 4, B, LEDGER, 1);
    assert_int_equal(compare(w.store, 5, A).standing, WITNESS_UNPROVED);
    assert_false(compare(w.store, 5, A).same_signer);
    keep(w.store, LEDGER, 5, A, KEYID, 2);
    keep(w.store, LEDGER, 7, A, LEDGER, 2);
    assert_int_equal(compare(w.store, 5, A).standing, WITNESS_VERIFIED);
    assert_int_equal(compare(w.store, 5, A).size, 7);
    assert_true(compare(w.store, 5, A).same_signer);
    store_close(w.store);
}

/* Two logs of one size are kept: whichever was kept first, the new one contradicts the other, and it is named. */
static void test_contradiction(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        struct world w = begin();
        keep(w.store, LEDGER, 5, first ? A : B, LEDGER, 1);
        keep(w.store, LEDGER, 5, first ? B : A, LEDGER, 2);
        keep(w.store, LEDGER, 6, A, KEYID, 3);
        assert_int_equal(compare(w.store, 5, A).standing, WITNESS_CONTRADICTS);
        assert_int_equal(compare(w.store, 5, A).entry, first ? 2 : 1);
        assert_int_equal(compare(w.store, 5, A).size, 6);
        assert_true(compare(w.store, 5, A).same_signer);
        store_close(w.store);
    }
}

TEST_MAIN(cmocka_unit_test(test_standings), cmocka_unit_test(test_contradiction))
