/* How the checker of exports keeps persons and items in mind. (What the rules make of whole runs of statements,
 * tests/cli/43-custody-oracle.bats holds against another program.) */
#include <stdio.h>

#include "tests/unit/test.h"
#include "verify/export_chains.h"

#define SATO "SHA256:sssssssssssssssssssssssssssssssssssssssssss"
#define TANAKA "SHA256:ttttttttttttttttttttttttttttttttttttttttttt"
#define KONDO "SHA256:kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
#define NOBODY "SHA256:nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

static struct r_statement person(const char *key, bool signer)
{
    return (struct r_statement) { .type = R_STATEMENT_PERSON,
                                  .actor.key = SATO,
                                  .body.person = { .present = true, .key = key, .checkpoint_signer = signer } };
}

static void add(struct export_keys *k, const char *key, bool signer, uint64_t entry)
{
    struct r_statement s = person(key, signer);

    assert_int_equal(export_keys_apply(k, &s, entry, NULL), HZ_OK);
}

static void revoke(struct export_keys *k, const char *key, uint64_t entry)
{
    struct r_statement s = { .type = R_STATEMENT_REVOCATION, .body.key = key };

    assert_int_equal(export_keys_apply(k, &s, entry, NULL), HZ_OK);
}

/* A checkpoint of n entries counts by a signer that stands in one of them, up to the one that ended the key. */
static void test_may_sign(void **state)
{
    struct export_keys k = { 0 };

    (void)state;
    add(&k, SATO, true, 0);
    add(&k, TANAKA, false, 1);
    add(&k, KONDO, true, 4);
    assert_true(export_keys_may(&k, SATO, 1));
    assert_false(export_keys_may(&k, TANAKA, 9));
    assert_false(export_keys_may(&k, NOBODY, 9));
    assert_false(export_keys_may(&k, KONDO, 4));
    assert_true(export_keys_may(&k, KONDO, 5));
    revoke(&k, KONDO, 7);
    assert_true(export_keys_may(&k, KONDO, 8));
    assert_false(export_keys_may(&k, KONDO, 9));
    assert_true(export_keys_find(&k, KONDO)->revoked);
    assert_false(export_keys_find(&k, SATO)->ended);
    export_keys_free(&k);
}

static struct r_ledger_signing signing(const struct export_keys *k, struct r_statement *s, int64_t time,
                                       int64_t recorded, bool others_known)
{
    struct r_ledger_signers by = { .count = 2 };
    struct r_ledger_signing out;

    snprintf(by.key[0].fingerprint, sizeof by.key[0].fingerprint, "%s", TANAKA);
    snprintf(by.key[1].fingerprint, sizeof by.key[1].fingerprint, "%s", NOBODY);
    s->time.seconds = time;
    export_keys_signing(k, s, &by, (struct stamp) { recorded, 0 }, others_known, &out);
    assert_true(out.count == 2 && !out.by[1].known && !out.by[1].outside);
    assert_string_equal(out.by[0].key, TANAKA);
    return out;
}

/* Both ends of a key's validity belong to it; of an answer from elsewhere the signer's own time counts alone. */
static void test_validity(void **state)
{
    struct r_statement s = person(TANAKA, true), note = { .type = R_STATEMENT_NOTE };
    struct export_keys k = { 0 };

    (void)state;
    s.body.person.valid_from = (struct r_when) { .text = "x", .at = { 100, 0 } };
    s.body.person.valid_until = (struct r_when) { .text = "x", .at = { 200, 0 } };
    s.body.person.role = "analyst";
    assert_int_equal(export_keys_apply(&k, &s, 1, NULL), HZ_OK);
    assert_string_equal(export_keys_find(&k, TANAKA)->role, "analyst");
    for (int i = 0; i < 2; i++) {
        note.type = i == 0 ? R_STATEMENT_ACCEPTANCE : R_STATEMENT_DECLINE;
        assert_false(signing(&k, &note, 150, 201, true).by[0].outside);
        assert_true(signing(&k, &note, 201, 150, true).by[0].outside);
        assert_true(signing(&k, &note, 99, 150, true).by[0].outside);
    }
    note.type = R_STATEMENT_NOTE;
    assert_true(signing(&k, &note, 100, 200, true).by[0].known);
    assert_false(signing(&k, &note, 100, 200, true).by[0].outside);
    assert_false(signing(&k, &note, 200, 100, true).by[0].outside);
    assert_true(signing(&k, &note, 99, 150, true).by[0].outside);
    assert_true(signing(&k, &note, 150, 201, true).by[0].outside);
    assert_true(signing(&k, &note, 201, 150, true).by[0].outside);
    assert_true(signing(&k, &note, 150, 99, true).by[0].outside);
    export_keys_free(&k);
}

/* Who is the last checkpoint signer only the whole ledger tells. */
static void test_last_signer(void **state)
{
    struct r_statement s = { .type = R_STATEMENT_REVOCATION, .body.key = SATO };
    struct export_keys k = { 0 };

    (void)state;
    add(&k, SATO, true, 0);
    add(&k, TANAKA, false, 1);
    assert_true(signing(&k, &s, 1, 1, true).last_checkpoint_signer);
    assert_false(signing(&k, &s, 1, 1, false).last_checkpoint_signer);
    assert_true(signing(&k, &s, 1, 1, true).named.checkpoint_signer);
    add(&k, KONDO, true, 2);
    assert_false(signing(&k, &s, 1, 1, true).last_checkpoint_signer);
    revoke(&k, KONDO, 3);
    assert_true(signing(&k, &s, 1, 1, true).last_checkpoint_signer);
    s.type = R_STATEMENT_NOTE; /* names nobody */
    assert_false(signing(&k, &s, 1, 1, true).named.known);
    export_keys_free(&k);
}

static void test_many_persons(void **state)
{
    struct export_keys k = { 0 };
    char key[R_LEDGER_FINGERPRINT] = "";
    struct r_statement s = person(key, false);

    (void)state;
    for (unsigned i = 0; i < EXPORT_KEYS_MAX; i++) {
        snprintf(key, sizeof key, "SHA256:%043u", i);
        assert_int_equal(export_keys_apply(&k, &s, i, NULL), HZ_OK);
    }
    assert_int_equal(k.count, EXPORT_KEYS_MAX);
    assert_int_equal(export_keys_find(&k, key)->entry, EXPORT_KEYS_MAX - 1);
    snprintf(key, sizeof key, "SHA256:%043u", 77U);
    assert_int_equal(export_keys_find(&k, key)->entry, 77);
    snprintf(key, sizeof key, "SHA256:%043u", EXPORT_KEYS_MAX);
    assert_null(export_keys_find(&k, key));
    assert_int_equal(export_keys_apply(&k, &s, 1, NULL), HZ_E_LIMIT);
    export_keys_free(&k);
}

struct ledger {
    struct export_keys keys;
    struct export_chains chains;
    unsigned size;
};

static int apply(struct ledger *l, struct r_statement s)
{
    struct r_ledger_signers by = { .count = 1 };

    s.actor.key = SATO;
    snprintf(s.digest, sizeof s.digest, "%064x", ++l->size);
    snprintf(by.key[0].fingerprint, sizeof by.key[0].fingerprint, "%s", SATO);
    return export_chains_apply(&l->chains, &l->keys, &s, &by, (struct stamp) { 1, 0 }, NULL);
}

static struct r_statement about(enum r_statement_type type, const char *item)
{
    return (struct r_statement) { .type = type, .item = item };
}

static struct r_statement on_hold(enum r_statement_type type, const char *item, const char *hold)
{
    struct r_statement s = about(type, item);

    s.body.hold = hold;
    return s;
}

/* Items are found again whatever the order of their names; what is about one is not about another. */
static void test_items(void **state)
{
    static const char *const names[] = { "m", "a", "z", "b", "y", "aa", "0" };
    struct ledger l = { .size = 0 };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(apply(&l, about(R_STATEMENT_INTAKE, names[i])), HZ_OK);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(apply(&l, about(R_STATEMENT_INTAKE, names[i])), HZ_E_DENIED);
        assert_int_equal(apply(&l, about(R_STATEMENT_NOTE, names[i])), HZ_OK);
    }
    assert_int_equal(l.chains.count, 7);
    assert_int_equal(apply(&l, about(R_STATEMENT_NOTE, "c")), HZ_E_DENIED);
    assert_int_equal(apply(&l, on_hold(R_STATEMENT_HOLD, "a", "H-1")), HZ_OK);
    assert_int_equal(apply(&l, on_hold(R_STATEMENT_HOLD, "a", "H-1")), HZ_E_DENIED);
    assert_int_equal(apply(&l, on_hold(R_STATEMENT_HOLD, "b", "H-1")), HZ_OK);
    assert_int_equal(apply(&l, on_hold(R_STATEMENT_HOLD, "a", "H-2")), HZ_OK);
    assert_int_equal(apply(&l, on_hold(R_STATEMENT_LIFT, "a", "H-3")), HZ_E_DENIED);
    assert_int_equal(apply(&l, on_hold(R_STATEMENT_LIFT, "a", "H-1")), HZ_OK);
    assert_int_equal(apply(&l, on_hold(R_STATEMENT_LIFT, "a", "H-1")), HZ_E_DENIED);
    assert_int_equal(apply(&l, on_hold(R_STATEMENT_HOLD, "a", "H-1")), HZ_E_DENIED); /* an id is used once */
    assert_int_equal(apply(&l, on_hold(R_STATEMENT_LIFT, "a", "H-2")), HZ_OK);
    export_chains_free(&l.chains);
}

/* A new key is custodian where the old one was, and nowhere else. */
static void test_rotation(void **state)
{
    struct r_statement move = about(R_STATEMENT_MOVE, "a");
    struct ledger l = { .size = 0 };

    (void)state;
    move.body.place = "p";
    assert_int_equal(apply(&l, about(R_STATEMENT_INTAKE, "a")), HZ_OK);
    assert_int_equal(apply(&l, move), HZ_OK);
    export_chains_rotate(&l.chains, KONDO, TANAKA);
    assert_int_equal(apply(&l, move), HZ_OK);
    export_chains_rotate(&l.chains, SATO, TANAKA);
    assert_int_equal(apply(&l, move), HZ_E_DENIED);
    export_chains_rotate(&l.chains, TANAKA, SATO);
    assert_int_equal(apply(&l, move), HZ_OK);
    export_chains_free(&l.chains);
}

static void test_many_items(void **state)
{
    struct ledger l = { .size = 0 };
    char name[32];
    unsigned i;

    (void)state;
    for (i = 0; l.chains.parts + 2 <= EXPORT_CHAINS_MAX; i++) { /* each with its copy "original" */
        snprintf(name, sizeof name, "I%05u", i);
        assert_int_equal(apply(&l, about(R_STATEMENT_INTAKE, name)), HZ_OK);
    }
    assert_int_equal(l.chains.parts, EXPORT_CHAINS_MAX);
    assert_int_equal(apply(&l, about(R_STATEMENT_NOTE, name)), HZ_OK);
    assert_int_equal(apply(&l, on_hold(R_STATEMENT_HOLD, name, "H-1")), HZ_E_LIMIT);
    assert_int_equal(apply(&l, about(R_STATEMENT_INTAKE, "J")), HZ_E_LIMIT);
    export_chains_free(&l.chains);
}

TEST_MAIN(cmocka_unit_test(test_may_sign), cmocka_unit_test(test_validity), cmocka_unit_test(test_last_signer),
          cmocka_unit_test(test_many_persons), cmocka_unit_test(test_items), cmocka_unit_test(test_rotation),
          cmocka_unit_test(test_many_items))
