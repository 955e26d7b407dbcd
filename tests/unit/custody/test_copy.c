/* Copies of an item: what a recheck, a resolution, a loan makes of them and of the item. */
#include <stdio.h>

#include "formats/read/ledger_item.h"
#include "tests/unit/test.h"

#define SATO "SHA256:sssssssssssssssssssssssssssssssssssssssssss"
#define FILE_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FILE_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

struct world {
    struct r_ledger_item item;
    struct r_ledger_facts facts;
    struct r_statement s;
};

static struct world begin(enum r_statement_type type, enum r_ledger_copy_state state)
{
    struct world w = { .item.state = R_LEDGER_HELD };

    memcpy(w.item.custodian, SATO, sizeof w.item.custodian);
    memcpy(w.item.file_sha256, FILE_A, sizeof w.item.file_sha256);
    memcpy(w.item.verdict, "verified", sizeof "verified");
    memcpy(w.item.integrity, "intact", sizeof "intact");
    w.facts.copies = 1;
    w.facts.copy.state = state;
    memcpy(w.facts.copy.integrity, "intact", sizeof "intact");
    memcpy(w.facts.copy.sha256, FILE_A, sizeof w.facts.copy.sha256);
    w.s.type = type;
    w.s.actor.key = SATO;
    w.s.file_sha256 = FILE_A;
    return w;
}

static int apply(struct world *w)
{
    return r_ledger_item_apply(&w->item, &w->s, &w->facts, (struct stamp) { 1, 0 }, NULL);
}

static void recheck(struct world *w, const char *verdict, const char *integrity, const char *digest)
{
    w->s.type = R_STATEMENT_RECHECK;
    w->s.file_sha256 = digest;
    w->s.body.evidence = (struct r_evidence) { .present = true, .verdict = verdict, .integrity = integrity };
    assert_int_equal(apply(w), HZ_OK);
}

static void expect(const struct world *w, const char *copy, const char *verdict, const char *integrity)
{
    assert_string_equal(w->facts.copy.integrity, copy);
    assert_string_equal(w->item.verdict, verdict);
    assert_string_equal(w->item.integrity, integrity);
}

/* Which loan, return, move, destruction fits which state of a copy. */
static void test_states(void **state)
{
    static const struct {
        enum r_statement_type type;
        const char *in; /* N none, T there, O out, R replaced, D destroyed */
        enum r_ledger_copy_state then;
    } rows[] = {
        { R_STATEMENT_COPY, "N", R_LEDGER_COPY_THERE },
        { R_STATEMENT_CHECKOUT, "T", R_LEDGER_COPY_OUT },
        { R_STATEMENT_RETURN, "O", R_LEDGER_COPY_THERE },
        { R_STATEMENT_MOVE, "T", R_LEDGER_COPY_THERE },
        { R_STATEMENT_RECHECK, "TO", R_LEDGER_COPY_NONE },
        { R_STATEMENT_RESOLUTION, "TO", R_LEDGER_COPY_NONE },
        { R_STATEMENT_DESTRUCTION, "T", R_LEDGER_COPY_DESTROYED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (unsigned k = 0; k < R_LEDGER_COPY_STATES; k++) {
            struct world w = begin(rows[i].type, (enum r_ledger_copy_state)k);
            bool allowed = strchr(rows[i].in, "NTORD"[k]) != NULL;
            w.facts.copies = 2;
            w.facts.sound = 1;
            w.s.body.sha256 = FILE_A;
            w.s.body.outcome = "repaired";
            if (rows[i].type == R_STATEMENT_RESOLUTION)
                memcpy(w.facts.copy.integrity, "altered", sizeof "altered");
            if (rows[i].type == R_STATEMENT_RECHECK)
                w.s.body.evidence =
                    (struct r_evidence) { .present = true, .verdict = "verified", .integrity = "intact" };
            if ((apply(&w) == HZ_OK) != allowed)
                fail_msg("%s of a copy in state %c", r_statement_type_name(rows[i].type), "NTORD"[k]);
            if (allowed && rows[i].then != R_LEDGER_COPY_NONE)
                assert_int_equal(w.facts.copy.state, rows[i].then);
        }
}

static void test_last_copy(void **state)
{
    struct world w = begin(R_STATEMENT_DESTRUCTION, R_LEDGER_COPY_THERE);

    (void)state;
    assert_int_equal(apply(&w), HZ_E_DENIED);
    w = begin(R_STATEMENT_RESOLUTION, R_LEDGER_COPY_THERE);
    memcpy(w.facts.copy.integrity, "altered", sizeof "altered");
    w.s.body.outcome = "replaced";
    assert_int_equal(apply(&w), HZ_E_DENIED);
    w.facts.copies = 2; /* of which the other one is not the evidence */
    assert_int_equal(apply(&w), HZ_E_DENIED);
    w.facts.sound = 1;
    assert_int_equal(apply(&w), HZ_OK);
    assert_int_equal(w.facts.copy.state, R_LEDGER_COPY_REPLACED);
}

/* What is destroyed may be the last copy of anything but the evidence. */
static void test_last_evidence(void **state)
{
    static const struct {
        const char *sha256, *integrity;
        uint64_t sound;
        int rc;
    } rows[] = {
        { FILE_A, "intact", 0, HZ_E_DENIED },       { FILE_A, "intact", 1, HZ_OK },
        { FILE_A, "undetermined", 0, HZ_E_DENIED }, { FILE_A, "altered", 0, HZ_OK },
        { FILE_B, "undetermined", 0, HZ_OK },       { FILE_B, "intact", 0, HZ_E_DENIED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct world w = begin(R_STATEMENT_DESTRUCTION, R_LEDGER_COPY_THERE);
        w.facts.copies = 2;
        w.facts.sound = rows[i].sound;
        snprintf(w.facts.copy.sha256, sizeof w.facts.copy.sha256, "%s", rows[i].sha256);
        snprintf(w.facts.copy.integrity, sizeof w.facts.copy.integrity, "%s", rows[i].integrity);
        if (apply(&w) != rows[i].rc)
            fail_msg("row %zu", i);
    }
}

/* A copy of another digest is the evidence only by its content; of any other nothing follows for the item. */
static void test_derivative(void **state)
{
    struct world w = begin(R_STATEMENT_RECHECK, R_LEDGER_COPY_THERE);

    (void)state;
    memcpy(w.item.content_id, FILE_A, sizeof w.item.content_id);
    memcpy(w.item.integrity, "altered", sizeof "altered");
    memcpy(w.facts.copy.sha256, FILE_B, sizeof w.facts.copy.sha256);
    memcpy(w.facts.copy.integrity, "undetermined", sizeof "undetermined");
    recheck(&w, "verified", "intact", FILE_B); /* whole, and another bundle */
    expect(&w, "undetermined", "verified", "altered");
    assert_false(r_ledger_copy_holds(&w.item, &w.facts.copy));
    w.s.content_id = FILE_B;
    recheck(&w, "verified", "intact", FILE_B);
    expect(&w, "undetermined", "verified", "altered");
    memcpy(w.item.integrity, "intact", sizeof "intact");
    recheck(&w, "failed", "altered", FILE_B); /* nor when it rots */
    expect(&w, "altered", "verified", "intact");
    memcpy(w.item.integrity, "undetermined", sizeof "undetermined");
    w.s.content_id = FILE_A;
    recheck(&w, "verified", "intact", FILE_B); /* the same under another compression */
    expect(&w, "intact", "verified", "intact");
    assert_true(r_ledger_copy_holds(&w.item, &w.facts.copy));
    recheck(&w, "failed", "altered", FILE_B);
    expect(&w, "altered", "failed", "altered");
}

static void test_only_copy_fails(void **state)
{
    struct world w = begin(R_STATEMENT_RECHECK, R_LEDGER_COPY_THERE);

    (void)state;
    recheck(&w, "failed", "altered", FILE_A);
    expect(&w, "altered", "failed", "altered");
    w = begin(R_STATEMENT_RECHECK, R_LEDGER_COPY_THERE);
    recheck(&w, "verified", "intact", FILE_B); /* whole, but another file */
    expect(&w, "altered", "failed", "altered");
}

/* One rotten copy does not fail the item. */
static void test_another_copy(void **state)
{
    struct world w = begin(R_STATEMENT_RECHECK, R_LEDGER_COPY_THERE);

    (void)state;
    w.facts.intact = w.facts.sound = 1;
    recheck(&w, "failed", "altered", FILE_A);
    expect(&w, "altered", "verified", "intact");
    w = begin(R_STATEMENT_RECHECK, R_LEDGER_COPY_THERE);
    w.facts.sound = 1; /* never looked at since it was made */
    recheck(&w, "failed", "altered", FILE_A);
    expect(&w, "altered", "undetermined", "undetermined");
}

/* Not where it was left: it has failed as one that was found altered. */
static void test_missing(void **state)
{
    struct world w = begin(R_STATEMENT_RECHECK, R_LEDGER_COPY_THERE);

    (void)state;
    w.s.file_sha256 = NULL;
    assert_int_equal(apply(&w), HZ_OK);
    expect(&w, "altered", "failed", "altered");
    w = begin(R_STATEMENT_RECHECK, R_LEDGER_COPY_THERE);
    w.s.file_sha256 = NULL;
    w.facts.intact = w.facts.sound = 1;
    assert_int_equal(apply(&w), HZ_OK);
    expect(&w, "altered", "verified", "intact");
    w = begin(R_STATEMENT_RECHECK, R_LEDGER_COPY_OUT); /* who has it knows where it is */
    w.s.file_sha256 = NULL;
    assert_int_equal(apply(&w), HZ_E_DENIED);
}

/* The same bytes as recorded: nothing becomes better or worse by that. */
static void test_fixity(void **state)
{
    static const char *const found[] = { "intact", "undetermined" };

    (void)state;
    for (unsigned k = 0; k < R_LEDGER_COPY_STATES; k++) {
        struct world w = begin(R_STATEMENT_FIXITY, (enum r_ledger_copy_state)k);
        w.s.body.sha256 = FILE_A;
        assert_int_equal(apply(&w), k == R_LEDGER_COPY_THERE ? HZ_OK : HZ_E_DENIED);
        w.s.body.sha256 = FILE_B;
        assert_int_equal(apply(&w), HZ_E_DENIED);
    }
    for (size_t i = 0; i < 2; i++) {
        struct world w = begin(R_STATEMENT_FIXITY, R_LEDGER_COPY_THERE);
        w.s.body.sha256 = FILE_A;
        snprintf(w.facts.copy.integrity, sizeof w.facts.copy.integrity, "%s", found[i]);
        assert_int_equal(apply(&w), HZ_OK);
        expect(&w, found[i], "verified", "intact");
    }
    struct world w = begin(R_STATEMENT_FIXITY, R_LEDGER_COPY_THERE);
    w.s.body.sha256 = FILE_A;
    memcpy(w.facts.copy.integrity, "altered", sizeof "altered");
    assert_int_equal(apply(&w), HZ_E_DENIED);
}

static void test_authenticity(void **state)
{
    struct world w = begin(R_STATEMENT_RECHECK, R_LEDGER_COPY_THERE);

    (void)state;
    recheck(&w, "failed", "intact", FILE_A);
    expect(&w, "intact", "failed", "intact");
    recheck(&w, "verified", "intact", FILE_A);
    expect(&w, "intact", "verified", "intact");
}

static void test_resolution(void **state)
{
    struct world w = begin(R_STATEMENT_RESOLUTION, R_LEDGER_COPY_THERE);

    (void)state;
    w.s.body.outcome = "accepted";
    assert_int_equal(apply(&w), HZ_E_DENIED); /* nothing has failed */
    recheck(&w, "failed", "altered", FILE_A);
    w.s.type = R_STATEMENT_RESOLUTION;
    assert_int_equal(apply(&w), HZ_OK);
    assert_true(w.item.decided && w.facts.copy.decided);
    expect(&w, "altered", "failed", "altered");
    recheck(&w, "failed", "altered", FILE_A); /* nothing new */
    assert_true(w.item.decided);
    w.s.type = R_STATEMENT_RESOLUTION;
    w.s.body.outcome = "repaired";
    assert_int_equal(apply(&w), HZ_OK);
    expect(&w, "undetermined", "undetermined", "undetermined");
    assert_false(w.item.decided || w.facts.copy.decided);
    recheck(&w, "verified", "intact", FILE_A);
    expect(&w, "intact", "verified", "intact");
    recheck(&w, "failed", "altered", FILE_A);
    assert_false(w.item.decided); /* and this one nobody has decided */
}

static void test_made_and_returned(void **state)
{
    struct world w = begin(R_STATEMENT_COPY, R_LEDGER_COPY_NONE);

    (void)state;
    w.s.body.sha256 = FILE_A;
    assert_int_equal(apply(&w), HZ_OK);
    assert_string_equal(w.facts.copy.integrity, "intact");
    w = begin(R_STATEMENT_COPY, R_LEDGER_COPY_NONE);
    w.s.body.sha256 = FILE_B;
    assert_int_equal(apply(&w), HZ_OK);
    assert_string_equal(w.facts.copy.integrity, "undetermined");
    w = begin(R_STATEMENT_RETURN, R_LEDGER_COPY_OUT);
    w.facts.intact = w.facts.sound = 1;
    w.s.body.sha256 = FILE_B;
    assert_int_equal(apply(&w), HZ_OK);
    expect(&w, "altered", "verified", "intact");
}

static void test_not_hashed(void **state)
{
    struct world w = begin(R_STATEMENT_INTAKE, R_LEDGER_COPY_NONE);

    (void)state;
    memset(&w.item, 0, sizeof w.item);
    w.s.file_sha256 = NULL;
    assert_int_equal(apply(&w), HZ_OK);
    expect(&w, "undetermined", "", "undetermined");
    assert_string_equal(w.facts.copy.sha256, "");
    recheck(&w, "undetermined", "intact", FILE_A); /* there is nothing to hold it against */
    expect(&w, "intact", "undetermined", "intact");
}

TEST_MAIN(cmocka_unit_test(test_states), cmocka_unit_test(test_last_copy), cmocka_unit_test(test_last_evidence),
          cmocka_unit_test(test_derivative), cmocka_unit_test(test_only_copy_fails),
          cmocka_unit_test(test_another_copy), cmocka_unit_test(test_missing), cmocka_unit_test(test_fixity),
          cmocka_unit_test(test_authenticity), cmocka_unit_test(test_resolution),
          cmocka_unit_test(test_made_and_returned), cmocka_unit_test(test_not_hashed))
