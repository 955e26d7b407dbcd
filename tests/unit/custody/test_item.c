/* The chain of one item: a table of states and statements, and what each pair must lead to. */
#include <stdio.h>

#include "formats/read/ledger_item.h"
#include "tests/unit/test.h"

#define SATO "SHA256:sssssssssssssssssssssssssssssssssssssssssss"
#define TANAKA "SHA256:ttttttttttttttttttttttttttttttttttttttttttt"
#define OTHER "SHA256:ooooooooooooooooooooooooooooooooooooooooooo"
#define D1 "1111111111111111111111111111111111111111111111111111111111111111"
#define D2 "2222222222222222222222222222222222222222222222222222222222222222"
#define D3 "3333333333333333333333333333333333333333333333333333333333333333"
#define FILE_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FILE_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

#define BEFORE 100 /* the offer expires at 200 */
#define EXPIRES 200
#define AFTER 300

enum start { NONE, HELD, OFFERED };

struct row {
    const char *about;
    enum start start;
    enum r_statement_type type;
    const char *actor, *previous, *file;
    int64_t time, recorded;
    bool allowed;
    enum r_ledger_state state; /* afterwards */
    const char *custodian;
};

static const struct row rows[] = {
    { "the first intake", NONE, R_STATEMENT_INTAKE, SATO, NULL, FILE_A, 1, 1, true, R_LEDGER_HELD, SATO },
    { "an offer of nothing", NONE, R_STATEMENT_OFFER, SATO, D1, FILE_A, 1, 1, false, R_LEDGER_NONE, "" },
    { "an acceptance of nothing", NONE, R_STATEMENT_ACCEPTANCE, TANAKA, D2, FILE_A, 1, 1, false, R_LEDGER_NONE, "" },
    { "a decline of nothing", NONE, R_STATEMENT_DECLINE, TANAKA, D2, FILE_A, 1, 1, false, R_LEDGER_NONE, "" },
    { "a second intake", HELD, R_STATEMENT_INTAKE, TANAKA, NULL, FILE_A, 1, 1, false, R_LEDGER_HELD, SATO },
    { "an offer by the custodian", HELD, R_STATEMENT_OFFER, SATO, D1, FILE_A, 1, 1, true, R_LEDGER_OFFERED, SATO },
    { "an offer by another", HELD, R_STATEMENT_OFFER, TANAKA, D1, FILE_A, 1, 1, false, R_LEDGER_HELD, SATO },
    { "an offer behind another statement", HELD, R_STATEMENT_OFFER, SATO, D3, FILE_A, 1, 1, false, R_LEDGER_HELD,
      SATO },
    { "an offer of another file", HELD, R_STATEMENT_OFFER, SATO, D1, FILE_B, 1, 1, false, R_LEDGER_HELD, SATO },
    { "an acceptance without an offer", HELD, R_STATEMENT_ACCEPTANCE, TANAKA, D2, FILE_A, 1, 1, false, R_LEDGER_HELD,
      SATO },
    { "an acceptance", OFFERED, R_STATEMENT_ACCEPTANCE, TANAKA, D2, FILE_A, BEFORE, BEFORE, true, R_LEDGER_HELD,
      TANAKA },
    { "an acceptance at the last moment", OFFERED, R_STATEMENT_ACCEPTANCE, TANAKA, D2, FILE_A, EXPIRES, EXPIRES, true,
      R_LEDGER_HELD, TANAKA },
    { "an acceptance by another", OFFERED, R_STATEMENT_ACCEPTANCE, OTHER, D2, FILE_A, BEFORE, BEFORE, false,
      R_LEDGER_OFFERED, SATO },
    { "an acceptance of another offer", OFFERED, R_STATEMENT_ACCEPTANCE, TANAKA, D3, FILE_A, BEFORE, BEFORE, false,
      R_LEDGER_OFFERED, SATO },
    { "an acceptance of another file", OFFERED, R_STATEMENT_ACCEPTANCE, TANAKA, D2, FILE_B, BEFORE, BEFORE, false,
      R_LEDGER_OFFERED, SATO },
    { "an acceptance after the expiry", OFFERED, R_STATEMENT_ACCEPTANCE, TANAKA, D2, FILE_A, AFTER, AFTER, false,
      R_LEDGER_OFFERED, SATO },
    { "an acceptance in time, recorded late", OFFERED, R_STATEMENT_ACCEPTANCE, TANAKA, D2, FILE_A, BEFORE, AFTER, true,
      R_LEDGER_DISPUTED, SATO },
    { "a decline", OFFERED, R_STATEMENT_DECLINE, TANAKA, D2, FILE_B, BEFORE, BEFORE, true, R_LEDGER_HELD, SATO },
    { "a decline, recorded late", OFFERED, R_STATEMENT_DECLINE, TANAKA, D2, NULL, AFTER, AFTER, true, R_LEDGER_HELD,
      SATO },
    { "a decline by another", OFFERED, R_STATEMENT_DECLINE, OTHER, D2, NULL, BEFORE, BEFORE, false, R_LEDGER_OFFERED,
      SATO },
    { "a second offer while one is open", OFFERED, R_STATEMENT_OFFER, SATO, D1, FILE_A, BEFORE, BEFORE, false,
      R_LEDGER_OFFERED, SATO },
    { "a second offer when one has expired", OFFERED, R_STATEMENT_OFFER, SATO, D1, FILE_A, AFTER, AFTER, true,
      R_LEDGER_OFFERED, SATO },
    { "an intake of what is offered", OFFERED, R_STATEMENT_INTAKE, TANAKA, NULL, FILE_A, 1, 1, false, R_LEDGER_OFFERED,
      SATO },
};

static struct r_ledger_item begin(enum start start)
{
    struct r_ledger_item item = { 0 };

    if (start == NONE)
        return item;
    item.state = start == HELD ? R_LEDGER_HELD : R_LEDGER_OFFERED;
    memcpy(item.custodian, SATO, sizeof item.custodian);
    memcpy(item.moved, D1, sizeof item.moved);
    memcpy(item.file_sha256, FILE_A, sizeof item.file_sha256);
    if (start == OFFERED) {
        memcpy(item.offer, D2, sizeof item.offer);
        memcpy(item.offered_to, TANAKA, sizeof item.offered_to);
        item.expires.seconds = EXPIRES;
    }
    return item;
}

static struct r_statement statement(const struct row *row)
{
    struct r_statement s = { .type = row->type, .previous = row->previous, .file_sha256 = row->file };

    s.actor.key = row->actor;
    s.time.seconds = row->time;
    s.body.to.key = TANAKA;
    s.body.expires.at.seconds = EXPIRES + 1000;
    memcpy(s.digest, D3, sizeof s.digest);
    return s;
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct r_ledger_item item = begin(row->start), before = item;
        struct r_statement s = statement(row);
        struct hz_error err = { 0 };
        int rc =
            r_ledger_item_apply(&item, &s, &(struct r_ledger_facts) { 0 }, (struct stamp) { row->recorded, 0 }, &err);
        if ((rc == HZ_OK) != row->allowed || item.state != row->state || strcmp(item.custodian, row->custodian) != 0)
            fail_msg("%s: code %d, state %d, custodian %s (%s)", row->about, rc, (int)item.state, item.custodian,
                     err.text);
        if (!row->allowed) {
            assert_int_equal(rc, HZ_E_DENIED);
            assert_memory_equal(&item, &before, sizeof item);
            assert_true(err.text[0] != '\0');
        }
    }
}

static void test_disputed_leads_nowhere(void **state)
{
    (void)state;
    static const enum r_statement_type types[] = { R_STATEMENT_INTAKE, R_STATEMENT_OFFER, R_STATEMENT_ACCEPTANCE,
                                                   R_STATEMENT_DECLINE };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct row row = { "", OFFERED, types[i], SATO, D1, FILE_A, 1, 1, false, 0, "" };
        struct r_ledger_item item = begin(HELD);
        struct r_statement s = statement(&row);
        item.state = R_LEDGER_DISPUTED;
        assert_int_equal(r_ledger_item_apply(&item, &s, &(struct r_ledger_facts) { 0 }, (struct stamp) { 1, 0 }, NULL),
                         HZ_E_DENIED);
        assert_int_equal(item.state, R_LEDGER_DISPUTED);
    }
}

static void test_offer_to_oneself(void **state)
{
    struct row row = { "", HELD, R_STATEMENT_OFFER, SATO, D1, FILE_A, 1, 1, true, 0, "" };
    struct r_ledger_item item = begin(HELD);
    struct r_statement s = statement(&row);

    (void)state;
    s.body.to.key = SATO;
    assert_int_equal(r_ledger_item_apply(&item, &s, &(struct r_ledger_facts) { 0 }, (struct stamp) { 1, 0 }, NULL),
                     HZ_E_DENIED);
    assert_int_equal(item.state, R_LEDGER_HELD);
}

/* An offer is answered once: after the acceptance neither it nor another answer finds it open. */
static void test_answered_once(void **state)
{
    struct row accept = { "", OFFERED, R_STATEMENT_ACCEPTANCE, TANAKA, D2, FILE_A, BEFORE, BEFORE, true, 0, "" };
    struct r_ledger_item item = begin(OFFERED);
    struct r_statement s = statement(&accept);

    (void)state;
    assert_int_equal(r_ledger_item_apply(&item, &s, &(struct r_ledger_facts) { 0 }, (struct stamp) { BEFORE, 0 }, NULL),
                     HZ_OK);
    assert_string_equal(item.moved, D3);
    assert_string_equal(item.offer, "");
    assert_int_equal(r_ledger_item_apply(&item, &s, &(struct r_ledger_facts) { 0 }, (struct stamp) { BEFORE, 0 }, NULL),
                     HZ_E_DENIED);
    s.type = R_STATEMENT_DECLINE;
    assert_int_equal(r_ledger_item_apply(&item, &s, &(struct r_ledger_facts) { 0 }, (struct stamp) { BEFORE, 0 }, NULL),
                     HZ_E_DENIED);
}

static void test_expiry_is_derived(void **state)
{
    struct r_ledger_item item = begin(OFFERED);

    (void)state;
    assert_int_equal(r_ledger_item_state(&item, (struct stamp) { EXPIRES, 0 }), R_LEDGER_OFFERED);
    assert_int_equal(r_ledger_item_state(&item, (struct stamp) { EXPIRES, 1 }), R_LEDGER_HELD);
    assert_int_equal(item.state, R_LEDGER_OFFERED);
}

TEST_MAIN(cmocka_unit_test(test_table), cmocka_unit_test(test_disputed_leads_nowhere),
          cmocka_unit_test(test_offer_to_oneself), cmocka_unit_test(test_answered_once),
          cmocka_unit_test(test_expiry_is_derived))
