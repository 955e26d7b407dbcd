/* Evidence records: what carries a proof on, and what does not. */
#include <stdlib.h>

#include "tests/unit/read/ers_bench.h"

static void every_leaf_of_every_tree(void **state)
{
    struct ers_bench *b = *state;

    for (size_t group = 1; group <= ERS_OBJECTS; group++)
        for (size_t before = 0; before < 5; before++)
            for (size_t behind = 0; behind < 5; behind++) {
                ers_begin(b, &b->new, TSA_NOW, group, before, behind);
                struct r_ers e = ers_judge(b, TSA_NOW + 1);
                if (e.status != R_ERS_PROVEN || e.why != R_ERS_GOOD || e.count != 1 || e.since != 0)
                    fail_msg("%zu %zu %zu: why %d", group, before, behind, (int)e.why);
                for (size_t i = 0; i < ERS_OBJECTS; i++)
                    assert_int_equal(e.covers[i], i < group);
            }
}

/* The authority runs out after a day, and is renewed before. */
static void renewed_in_time(void **state)
{
    struct ers_bench *b = *state;
    struct r_ers e;

    ers_begin(b, &b->old, TSA_NOW, 2, 1, 3);
    ers_expect(b, TSA_NOW + TSA_DAY - 1, R_ERS_PROVEN, R_ERS_GOOD, 0);
    ers_expect(b, TSA_NOW + TSA_DAY, R_ERS_LAPSED, R_ERS_GAP, 0);
    ers_renew(b, &b->new, TSA_NOW + TSA_DAY / 2, 0, NULL);
    ers_renew(b, &b->new, TSA_NOW + 3 * TSA_DAY, 4, NULL);
    e = ers_judge(b, TSA_NOW + 50 * TSA_DAY);
    assert_int_equal(e.status, R_ERS_PROVEN);
    assert_int_equal(e.since, 0);
    assert_int_equal(e.count, 3);
    assert_int_equal(e.stamps[0].token.time.seconds, TSA_NOW);
    assert_true(e.stamps[0].lasted && e.stamps[1].lasted && e.stamps[2].lasted);
    assert_true(e.covers[0] && e.covers[1] && !e.covers[2]);
    ers_expect(b, TSA_NOW + 101 * TSA_DAY, R_ERS_LAPSED, R_ERS_GAP, 2);
}

static void renewed_too_late(void **state)
{
    struct ers_bench *b = *state;
    struct r_ers e;

    ers_begin(b, &b->old, TSA_NOW, 1, 0, 0);
    ers_renew(b, &b->new, TSA_NOW + 2 * TSA_DAY, 1, NULL);
    e = ers_judge(b, TSA_NOW + 3 * TSA_DAY);
    assert_int_equal(e.status, R_ERS_PROVEN);
    assert_int_equal(e.why, R_ERS_GAP);
    assert_int_equal(e.at, 0);
    assert_int_equal(e.since, 1);
    assert_false(e.stamps[0].lasted);
}

static void of_nobody_trusted(void **state)
{
    struct ers_bench *b = *state;
    struct r_ers e;

    ers_begin(b, &b->strange, TSA_NOW, 1, 1, 0);
    ers_expect(b, TSA_NOW + 1, R_ERS_UNPROVEN, R_ERS_UNTRUSTED, 0);
    e = ers_judge_as(b, NULL, false, TSA_NOW + 1);
    assert_int_equal(e.status, R_ERS_UNPROVEN);
    assert_true(e.covers[0]);
    ers_renew(b, &b->new, TSA_NOW + 1, 0, NULL);
    e = ers_judge(b, TSA_NOW + 2);
    assert_int_equal(e.status, R_ERS_PROVEN);
    assert_int_equal(e.why, R_ERS_UNTRUSTED);
    assert_int_equal(e.since, 1);
    ers_renew(b, &b->strange, TSA_NOW + 2, 0, NULL);
    ers_expect(b, TSA_NOW + 3, R_ERS_UNPROVEN, R_ERS_UNTRUSTED, 2);
}

static void other_bytes(void **state)
{
    struct ers_bench *b = *state;
    struct r_ers e;

    ers_begin(b, &b->new, TSA_NOW, 3, 2, 2);
    b->objects[1].sha256[31] ^= 1;
    e = ers_judge(b, TSA_NOW + 1);
    assert_int_equal(e.status, R_ERS_PROVEN);
    assert_true(e.covers[0] && !e.covers[1] && e.covers[2]);
    b->objects[0].sha256[0] ^= 1;
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_OTHER, 0);
    b->objects[0].sha256[0] ^= 1;
    ers_begin(b, &b->new, TSA_NOW, 1, 0, 0); /* no tree at all */
    ers_expect(b, TSA_NOW + 1, R_ERS_PROVEN, R_ERS_GOOD, 0);
    b->objects[0].sha256[0] ^= 1;
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_OTHER, 0);
}

static void renewals_that_are_none(void **state)
{
    struct ers_bench *b = *state;

    ers_begin(b, &b->new, TSA_NOW, 1, 1, 1);
    ers_renew(b, &b->new, TSA_NOW + 1, 2, b->others[9]); /* of something else */
    ers_expect(b, TSA_NOW + 2, R_ERS_INVALID, R_ERS_RENEWAL, 1);
    ers_begin(b, &b->new, TSA_NOW, 1, 1, 1);
    ers_renew(b, &b->new, TSA_NOW + 1, 0, b->others[9]); /* the same without a tree */
    ers_expect(b, TSA_NOW + 2, R_ERS_INVALID, R_ERS_TREE, 1);
    ers_begin(b, &b->new, TSA_NOW, 1, 1, 1);
    ers_renew(b, &b->new, TSA_NOW - 1, 0, NULL); /* earlier */
    ers_expect(b, TSA_NOW + 2, R_ERS_INVALID, R_ERS_ORDER, 1);
    ers_begin(b, &b->old, TSA_NOW, 1, 1, 1);
    ers_renew(b, &b->old, TSA_NOW + 2 * TSA_DAY, 0, NULL); /* of an authority that had run out itself */
    ers_expect(b, TSA_NOW + 2 * TSA_DAY + 1, R_ERS_INVALID, R_ERS_TOKEN, 1);
}

/* The offset of bytes in the record. */
static size_t find(const struct ers_bench *b, const void *bytes, size_t len, size_t from)
{
    const unsigned char *at = memmem(b->record.data + from, b->record.len - from, bytes, len);

    assert_non_null(at);
    return (size_t)(at - b->record.data);
}

static void damaged(void **state)
{
    static const unsigned char sha256[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };
    struct ers_bench *b = *state;
    size_t at;

    ers_begin(b, &b->new, TSA_NOW, 2, 2, 1);
    at = find(b, b->objects[1].sha256, 32, 0); /* another one of the group */
    b->record.data[at] ^= 1;
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_TREE, 0);
    b->record.data[at] ^= 1;
    at = find(b, b->others[5], 32, 0); /* a digest of the next list */
    b->record.data[at + 31] ^= 1;
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_TREE, 0);
    b->record.data[at + 31] ^= 1;
    at = find(b, sha256, sizeof sha256, 0); /* the list of digests */
    b->record.data[at + 8] = 3;
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_ALGORITHM, 0);
    b->record.data[at + 8] = 2; /* SHA-384 */
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    b->record.data[at + 8] = 1;
    at = find(b, sha256, sizeof sha256, at + 9); /* what the stamp states */
    b->record.data[at + 8] = 3;
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_ALGORITHM, 0);
    b->record.data[at + 8] = 2;
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    b->record.data[at + 8] = 1;
    b->record.data[b->record.len - 5] ^= 1; /* the signature */
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_TOKEN, 0);
    b->record.data[b->record.len - 5] ^= 1;
    ers_expect(b, TSA_NOW + 1, R_ERS_PROVEN, R_ERS_GOOD, 0);
}

/* Some bits: proven only when what it says is what was said. */
static void bits_and_lengths(void **state)
{
    struct ers_bench *b = *state;
    struct r_ers_order order = { b->objects, ERS_OBJECTS, false, b->roots, { TSA_NOW + 9, 0 } };
    const size_t step = getenv("HOZEN_SLOW") != NULL ? 1 : 23;
    static struct r_ers e;
    struct hz_error err;
    size_t held = 0, tried = 0;

    ers_begin(b, &b->old, TSA_NOW, 2, 2, 1);
    ers_renew(b, &b->new, TSA_NOW + 5, 2, NULL);
    for (size_t i = 0; i < b->record.len * 8; i += step, tried++) {
        b->record.data[i / 8] ^= (unsigned char)(1 << i % 8);
        assert_int_equal(r_ers_judge(b->record.data, b->record.len, &order, &e, &err), HZ_OK);
        b->record.data[i / 8] ^= (unsigned char)(1 << i % 8);
        if (e.status != R_ERS_PROVEN)
            continue;
        held++;
        assert_int_equal(e.count, 2);
        assert_int_equal(e.stamps[e.since].token.time.seconds, e.since == 0 ? TSA_NOW : TSA_NOW + 5);
        assert_true(e.covers[0] && e.covers[1] && !e.covers[2]);
    }
    assert_true(held * 20 < tried);
    for (size_t i = 0; i < b->record.len; i += step) {
        assert_int_equal(r_ers_judge(b->record.data, i, &order, &e, &err), HZ_OK);
        assert_int_equal(e.status, R_ERS_INVALID);
    }
    buf_putc(&b->record, 0);
    ers_expect(b, TSA_NOW + 9, R_ERS_INVALID, R_ERS_FORM, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, ers_bench_open, ers_bench_close)

TEST_MAIN(TEST(every_leaf_of_every_tree), TEST(renewed_in_time), TEST(renewed_too_late), TEST(of_nobody_trusted),
          TEST(other_bytes), TEST(renewals_that_are_none), TEST(damaged), TEST(bits_and_lengths))
