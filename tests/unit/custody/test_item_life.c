/* The whole life of an item, as formats/spec/ledger.md section 3 has it: which statement is possible in which state, by
 * whom, behind what; and what becomes of copies. */
#include <stdio.h>

#include "formats/read/ledger_item.h"
#include "tests/unit/test.h"

#define SATO "SHA256:sssssssssssssssssssssssssssssssssssssssssss"
#define TANAKA "SHA256:ttttttttttttttttttttttttttttttttttttttttttt"
#define OTHER "SHA256:ooooooooooooooooooooooooooooooooooooooooooo"
#define MOVED "1111111111111111111111111111111111111111111111111111111111111111"
#define OFFER "2222222222222222222222222222222222222222222222222222222222222222"
#define DISPUTE "3333333333333333333333333333333333333333333333333333333333333333"
#define PLAN "4444444444444444444444444444444444444444444444444444444444444444"
#define NEXT "5555555555555555555555555555555555555555555555555555555555555555"
#define FILE_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FILE_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define EXPIRES 200
#define BEFORE 100
#define AFTER 300

/* N none, H held, O offered, T in transit, D disputed, X disposed, R returned */
static const char letters[R_LEDGER_STATES + 1] = "NHOTDXR";

struct form {
    enum r_statement_type type;
    const char *states; /* in which it is possible */
    const char *actor, *previous;
};

static const struct form forms[] = {
    { R_STATEMENT_NOTE, "HOTDXR", OTHER, NULL },      { R_STATEMENT_PHOTOGRAPH, "HOTDXR", OTHER, NULL },
    { R_STATEMENT_INTAKE, "N", SATO, NULL },          { R_STATEMENT_OFFER, "H", SATO, MOVED },
    { R_STATEMENT_COURIER, "O", SATO, OFFER },        { R_STATEMENT_WITHDRAWAL, "OT", SATO, OFFER },
    { R_STATEMENT_ACCEPTANCE, "HOT", TANAKA, OFFER }, /* HELD: behind a withdrawal */
    { R_STATEMENT_DECLINE, "HOT", TANAKA, OFFER },    { R_STATEMENT_SETTLEMENT, "D", SATO, DISPUTE },
    { R_STATEMENT_REASSIGN, "HOTD", OTHER, MOVED },   { R_STATEMENT_COPY, "HOT", SATO, NULL },
    { R_STATEMENT_CHECKOUT, "HOT", SATO, NULL },      { R_STATEMENT_RETURN, "HOT", SATO, NULL },
    { R_STATEMENT_MOVE, "HOT", SATO, NULL },          { R_STATEMENT_RECHECK, "HOTD", OTHER, NULL },
    { R_STATEMENT_FIXITY, "HOTD", OTHER, NULL },      { R_STATEMENT_RESOLUTION, "HOTD", SATO, NULL },
    { R_STATEMENT_DESTRUCTION, "H", SATO, NULL },     { R_STATEMENT_HOLD, "HOTD", OTHER, NULL },
    { R_STATEMENT_LIFT, "HOTD", OTHER, NULL },        { R_STATEMENT_DISPOSAL_PLAN, "H", SATO, MOVED },
    { R_STATEMENT_DISPOSAL, "H", SATO, PLAN },        { R_STATEMENT_OWNER_RETURN, "H", SATO, MOVED },
};
#define FORMS (sizeof forms / sizeof forms[0])

static struct r_ledger_item item_in(enum r_ledger_state state)
{
    struct r_ledger_item item = { .state = state, .expires.seconds = EXPIRES };

    if (state == R_LEDGER_NONE)
        return item;
    memcpy(item.custodian, SATO, sizeof item.custodian);
    memcpy(item.offered_to, TANAKA, sizeof item.offered_to);
    memcpy(item.moved, MOVED, sizeof item.moved);
    memcpy(item.offer, OFFER, sizeof item.offer);
    memcpy(item.dispute, DISPUTE, sizeof item.dispute);
    memcpy(item.plan, PLAN, sizeof item.plan);
    memcpy(item.file_sha256, FILE_A, sizeof item.file_sha256);
    memcpy(item.integrity, "intact", sizeof "intact");
    memcpy(item.verdict, "verified", sizeof "verified");
    return item;
}

/* Everything beyond the state is as the type needs it. */
static struct r_ledger_facts facts_for(enum r_statement_type type)
{
    struct r_ledger_facts f = { .copies = 2,
                                .intact = 1,
                                .sound = 1,
                                .receiver_known = true,
                                .custodian_revoked = true,
                                .claimant_signed = true,
                                .custodian_signed = true,
                                .hold_open = true };

    f.hold_used = type != R_STATEMENT_HOLD;
    f.holds = 0;
    f.copy.state = type == R_STATEMENT_COPY || type == R_STATEMENT_INTAKE ? R_LEDGER_COPY_NONE
                   : type == R_STATEMENT_RETURN                           ? R_LEDGER_COPY_OUT
                                                                          : R_LEDGER_COPY_THERE;
    memcpy(f.copy.sha256, FILE_A, sizeof f.copy.sha256);
    snprintf(f.copy.integrity, sizeof f.copy.integrity, "%s", type == R_STATEMENT_RESOLUTION ? "altered" : "intact");
    return f;
}

static struct r_statement statement(const struct form *form)
{
    struct r_statement s = { .type = form->type, .previous = form->previous };

    s.actor.key = form->actor;
    s.time.seconds = BEFORE;
    s.body.to.key = TANAKA;
    s.body.custodian = SATO;
    s.body.expires.at.seconds = EXPIRES;
    s.body.outcome = "repaired";
    s.body.sha256 = FILE_A;
    s.file_sha256 = FILE_A;
    if (form->type == R_STATEMENT_RECHECK || form->type == R_STATEMENT_INTAKE || form->type == R_STATEMENT_ACCEPTANCE)
        s.body.evidence = (struct r_evidence) { .present = true, .verdict = "verified", .integrity = "intact" };
    memcpy(s.digest, NEXT, sizeof s.digest);
    return s;
}

static const struct form *form_of(enum r_statement_type type)
{
    for (size_t i = 0; i < FORMS; i++)
        if (forms[i].type == type)
            return &forms[i];
    fail_msg("no form of type %d", (int)type);
    return NULL;
}

static int apply_at(struct r_ledger_item *item, const struct r_statement *s, struct r_ledger_facts *facts, int64_t at)
{
    struct r_ledger_item before = *item;
    struct r_ledger_facts facts_before = *facts;
    struct hz_error err = { 0 };
    int rc = r_ledger_item_apply(item, s, facts, (struct stamp) { at, 0 }, &err);

    if (rc != HZ_OK) {
        assert_int_equal(rc, HZ_E_DENIED);
        assert_true(err.text[0] != '\0');
        assert_memory_equal(item, &before, sizeof before);
        assert_memory_equal(facts, &facts_before, sizeof facts_before);
    }
    return rc;
}

static void test_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < FORMS; i++)
        for (unsigned k = 0; k < R_LEDGER_STATES; k++) {
            struct r_ledger_item item = item_in((enum r_ledger_state)k);
            struct r_ledger_facts facts = facts_for(forms[i].type);
            struct r_statement s = statement(&forms[i]);
            bool allowed = strchr(forms[i].states, letters[k]) != NULL;
            if ((apply_at(&item, &s, &facts, BEFORE) == HZ_OK) != allowed)
                fail_msg("%s in state %c", r_statement_type_name(s.type), letters[k]);
        }
}

/* What stands in the way is told, not only that something does. */
static void test_refusals(void **state)
{
    static const struct {
        enum r_statement_type type;
        enum r_ledger_state in;
        const char *told;
    } rows[] = {
        { R_STATEMENT_INTAKE, R_LEDGER_HELD, "the item is in this ledger already" },
        { R_STATEMENT_OFFER, R_LEDGER_NONE, "the item was never taken in" },
        { R_STATEMENT_SETTLEMENT, R_LEDGER_HELD, "custody of the item is not disputed" },
        { R_STATEMENT_COURIER, R_LEDGER_HELD, "no offer of the item is open" },
        { R_STATEMENT_SETTLEMENT, R_LEDGER_OFFERED, "custody of the item is not disputed" },
        { R_STATEMENT_OFFER, R_LEDGER_OFFERED, "an earlier offer of the item is still open" },
        { R_STATEMENT_COURIER, R_LEDGER_TRANSIT, "the item was given to a courier already" },
        { R_STATEMENT_OFFER, R_LEDGER_DISPUTED, "custody of the item is disputed" },
        { R_STATEMENT_OFFER, R_LEDGER_DISPOSED, "the item was disposed of" },
        { R_STATEMENT_OFFER, R_LEDGER_RETURNED, "the item was returned to its owner" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct r_ledger_item item = item_in(rows[i].in);
        struct r_ledger_facts facts = facts_for(rows[i].type);
        struct r_statement s = statement(form_of(rows[i].type));
        struct hz_error err = { 0 };

        assert_int_equal(r_ledger_item_apply(&item, &s, &facts, (struct stamp) { BEFORE, 0 }, &err), HZ_E_DENIED);
        if (strstr(err.text, rows[i].told) == NULL)
            fail_msg("\"%s\", not \"%s\"", err.text, rows[i].told);
    }
}

/* An expired offer is HELD: what needs an open one is not possible, what needs the custodian is. */
static void test_expired(void **state)
{
    (void)state;
    for (size_t i = 0; i < FORMS; i++) {
        struct r_ledger_item item = item_in(R_LEDGER_TRANSIT);
        struct r_ledger_facts facts = facts_for(forms[i].type);
        struct r_statement s = statement(&forms[i]);
        bool allowed = strchr(forms[i].states, 'H') != NULL;
        if ((apply_at(&item, &s, &facts, AFTER) == HZ_OK) != allowed)
            fail_msg("%s behind the expiry", r_statement_type_name(s.type));
    }
}

/* By somebody else, behind another statement, during a hold. */
static void test_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < FORMS; i++) {
        enum r_ledger_state in = (enum r_ledger_state)(strchr(letters, forms[i].states[0]) - letters);
        bool free_actor = strcmp(forms[i].actor, OTHER) == 0 || forms[i].type == R_STATEMENT_INTAKE ||
                          forms[i].type == R_STATEMENT_SETTLEMENT;
        bool blocked = forms[i].type == R_STATEMENT_DESTRUCTION || forms[i].type == R_STATEMENT_DISPOSAL_PLAN ||
                       forms[i].type == R_STATEMENT_DISPOSAL || forms[i].type == R_STATEMENT_OWNER_RETURN;
        struct r_ledger_item item = item_in(in);
        struct r_ledger_facts facts = facts_for(forms[i].type);
        struct r_statement s = statement(&forms[i]);
        s.actor.key = OTHER;
        if ((apply_at(&item, &s, &facts, BEFORE) == HZ_OK) != free_actor)
            fail_msg("%s by another", r_statement_type_name(s.type));
        item = item_in(in);
        facts = facts_for(forms[i].type);
        s = statement(&forms[i]);
        if (s.previous != NULL) {
            s.previous = NEXT;
            if (apply_at(&item, &s, &facts, BEFORE) == HZ_OK)
                fail_msg("%s behind another statement", r_statement_type_name(s.type));
        }
        s = statement(&forms[i]);
        facts.holds = 1;
        if ((apply_at(&item, &s, &facts, BEFORE) == HZ_OK) == blocked)
            fail_msg("%s during a hold", r_statement_type_name(s.type));
    }
}

static void after(enum r_statement_type type, enum r_ledger_state in, enum r_ledger_state then, const char *custodian)
{
    struct r_ledger_item item = item_in(in);
    struct r_ledger_facts facts = facts_for(type);
    struct r_statement s = statement(form_of(type));

    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_OK);
    assert_int_equal(item.state, then);
    assert_string_equal(item.custodian, custodian);
}

static void test_afterwards(void **state)
{
    (void)state;
    after(R_STATEMENT_OFFER, R_LEDGER_HELD, R_LEDGER_OFFERED, SATO);
    after(R_STATEMENT_COURIER, R_LEDGER_OFFERED, R_LEDGER_TRANSIT, SATO);
    after(R_STATEMENT_WITHDRAWAL, R_LEDGER_TRANSIT, R_LEDGER_HELD, SATO);
    after(R_STATEMENT_ACCEPTANCE, R_LEDGER_TRANSIT, R_LEDGER_HELD, TANAKA);
    after(R_STATEMENT_ACCEPTANCE, R_LEDGER_HELD, R_LEDGER_DISPUTED, SATO);
    after(R_STATEMENT_DECLINE, R_LEDGER_TRANSIT, R_LEDGER_HELD, SATO);
    after(R_STATEMENT_SETTLEMENT, R_LEDGER_DISPUTED, R_LEDGER_HELD, SATO);
    after(R_STATEMENT_REASSIGN, R_LEDGER_OFFERED, R_LEDGER_HELD, TANAKA);
    after(R_STATEMENT_DISPOSAL, R_LEDGER_HELD, R_LEDGER_DISPOSED, SATO);
    after(R_STATEMENT_OWNER_RETURN, R_LEDGER_HELD, R_LEDGER_RETURNED, SATO);
}

/* A withdrawn offer is remembered until it is answered, and a dispute names its acceptance. */
static void test_crossing(void **state)
{
    struct r_ledger_item item = item_in(R_LEDGER_OFFERED);
    struct r_ledger_facts facts = facts_for(R_STATEMENT_WITHDRAWAL);
    struct r_statement s = statement(form_of(R_STATEMENT_WITHDRAWAL));

    (void)state;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_OK);
    s = statement(form_of(R_STATEMENT_ACCEPTANCE));
    s.time.seconds = AFTER; /* not in time: it was no offer any more in any case */
    assert_int_equal(apply_at(&item, &s, &facts, AFTER), HZ_E_DENIED);
    s.time.seconds = BEFORE;
    assert_int_equal(apply_at(&item, &s, &facts, AFTER), HZ_OK);
    assert_int_equal(item.state, R_LEDGER_DISPUTED);
    assert_string_equal(item.dispute, NEXT);
    assert_string_equal(item.plan, "");
    s = statement(form_of(R_STATEMENT_SETTLEMENT));
    s.previous = NEXT;
    s.body.custodian = OTHER;
    assert_int_equal(apply_at(&item, &s, &facts, AFTER), HZ_E_DENIED);
    s.body.custodian = TANAKA;
    facts.claimant_signed = false;
    assert_int_equal(apply_at(&item, &s, &facts, AFTER), HZ_E_DENIED);
    facts.claimant_signed = true;
    assert_int_equal(apply_at(&item, &s, &facts, AFTER), HZ_OK);
    assert_string_equal(item.custodian, TANAKA);
    assert_string_equal(item.moved, NEXT);
}

static void test_facts(void **state)
{
    struct r_ledger_item item = item_in(R_LEDGER_HELD);
    struct r_ledger_facts facts = facts_for(R_STATEMENT_REASSIGN);
    struct r_statement s = statement(form_of(R_STATEMENT_REASSIGN));

    (void)state;
    facts.custodian_revoked = false;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_E_DENIED);
    facts.claimant_revoked = true; /* counts in a dispute only */
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_E_DENIED);
    item.state = R_LEDGER_DISPUTED;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_OK);
    item = item_in(R_LEDGER_HELD);
    facts = facts_for(R_STATEMENT_REASSIGN);
    facts.receiver_known = false;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_E_DENIED);
    s = statement(form_of(R_STATEMENT_DISPOSAL));
    facts.out = 1;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_E_DENIED);
    s = statement(form_of(R_STATEMENT_HOLD));
    facts.hold_used = true;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_E_DENIED);
    facts.hold_used = false;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_OK);
    assert_string_equal(item.plan, ""); /* a hold cancels a plan */
    s = statement(form_of(R_STATEMENT_LIFT));
    facts.hold_open = false;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_E_DENIED);
}

/* A plan is cancelled by whoever gets the item. */
static void test_plan(void **state)
{
    struct r_ledger_item item = item_in(R_LEDGER_OFFERED);
    struct r_ledger_facts facts = facts_for(R_STATEMENT_ACCEPTANCE);
    struct r_statement s = statement(form_of(R_STATEMENT_ACCEPTANCE));

    (void)state;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_OK);
    s = statement(form_of(R_STATEMENT_DISPOSAL));
    s.actor.key = TANAKA;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_E_DENIED);
    s = statement(form_of(R_STATEMENT_DISPOSAL_PLAN));
    s.actor.key = TANAKA;
    s.previous = NEXT;
    assert_int_equal(apply_at(&item, &s, &facts, BEFORE), HZ_OK);
    assert_string_equal(item.plan, NEXT);
}

TEST_MAIN(cmocka_unit_test(test_states), cmocka_unit_test(test_refusals), cmocka_unit_test(test_expired),
          cmocka_unit_test(test_broken), cmocka_unit_test(test_afterwards), cmocka_unit_test(test_crossing),
          cmocka_unit_test(test_facts), cmocka_unit_test(test_plan))
