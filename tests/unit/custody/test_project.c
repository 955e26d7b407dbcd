/* What entries mean for the tables, and which signatures they need: section 3 of formats/spec/ledger.md, each rule
 * about who signs broken once. Signatures themselves are taken as verified. */
#include "tests/unit/custody/world.h"

static void test_person(void **state)
{
    struct world w = begin();

    (void)state;
    DENIED(add(&w, MORI, false, KEYS(TANAKA)), "record-signature-invalid");
    DENIED(add(&w, MORI, true, KEYS(SATO)), "record-signature-invalid");
    DENIED(add(&w, TANAKA, false, KEYS(SATO)), "record-altered");
    GOOD(add(&w, MORI, true, KEYS(SATO, MORI)));
    expect(&w, "SELECT key FROM cosigner", MORI);
    store_close(w.store);
}

static void test_rotation(void **state)
{
    struct world w = begin();

    (void)state;
    DENIED(rotate(&w, SATO, MORI, true, KEYS(SATO, MORI)), "record-signature-invalid");
    DENIED(rotate(&w, SATO, MORI, true, KEYS(SATO, TANAKA)), "record-signature-invalid");
    DENIED(rotate(&w, SATO, TANAKA, true, KEYS(SATO, TANAKA, KONDO)), "record-altered");
    DENIED(rotate(&w, SATO, MORI, true, KEYS(TANAKA, MORI, SATO)), "record-signature-invalid");
    DENIED(rotate(&w, SATO, MORI, false, KEYS(TANAKA, MORI, SATO)), "record-signature-invalid");
    DENIED(rotate(&w, SATO, SATO, true, KEYS(SATO, TANAKA, KONDO)), "record-altered");
    DENIED(rotate(&w, TANAKA, MORI, true, KEYS(TANAKA, MORI, SATO)), "record-signature-invalid");
    GOOD(rotate(&w, SATO, MORI, true, KEYS(SATO, MORI, TANAKA)));
    expect(&w, "SELECT custodian FROM item", MORI);
    expect(&w, "SELECT successor FROM ended", MORI);
    DENIED(note(&w, SATO), "signer-revoked");
    GOOD(note(&w, MORI));
    store_close(w.store);
}

static void test_revocation(void **state)
{
    struct world w = begin();

    (void)state;
    DENIED(revoke(&w, MORI, KEYS(SATO, TANAKA)), "record-altered");
    DENIED(revoke(&w, KONDO, KEYS(SATO)), "record-signature-invalid");
    DENIED(revoke(&w, KONDO, KEYS(SATO, KONDO)), "record-signature-invalid");
    DENIED(revoke(&w, KONDO, KEYS(TANAKA, KONDO)), "record-signature-invalid");
    DENIED(revoke(&w, SATO, KEYS(SATO)), "record-signature-invalid"); /* the last checkpoint signer */
    GOOD(revoke(&w, KONDO, KEYS(KONDO)));
    DENIED(revoke(&w, KONDO, KEYS(SATO, TANAKA)), "record-altered");
    DENIED(note(&w, KONDO), "signer-revoked");
    GOOD(add(&w, MORI, true, KEYS(SATO, TANAKA)));
    GOOD(revoke(&w, SATO, KEYS(MORI, TANAKA)));
    store_close(w.store);
}

static void test_reassign(void **state)
{
    struct world w = begin();
    struct r_statement s = { .type = R_STATEMENT_REASSIGN, .item = "I", .previous = w.moved };

    (void)state;
    s.body.to = somebody(TANAKA, false);
    s.body.authority = s.body.reason = "x";
    DENIED(record(&w, &s, KEYS(SATO, TANAKA)), "custody-gap"); /* the custodian's key is good */
    GOOD(add(&w, MORI, true, KEYS(SATO, MORI)));
    GOOD(revoke(&w, SATO, KEYS(MORI, TANAKA)));
    s.actor.key = NULL;
    DENIED(record(&w, &s, KEYS(MORI)), "record-signature-invalid");
    s.actor.key = NULL;
    DENIED(record(&w, &s, KEYS(TANAKA, KONDO)), "record-signature-invalid");
    s.actor.key = NULL;
    s.body.to = somebody(SATO, false);
    DENIED(record(&w, &s, KEYS(MORI, TANAKA)), "custody-gap"); /* to a key that signs nothing */
    s.body.to = somebody(TANAKA, false);
    GOOD(record(&w, &s, KEYS(MORI, TANAKA)));
    expect(&w, "SELECT custodian FROM item", TANAKA);
    expect(&w, "SELECT coalesce(location, 'none') FROM item", "none");
    store_close(w.store);
}

static void test_validity(void **state)
{
    struct world w = begin();
    struct r_statement s = { .type = R_STATEMENT_PERSON, .body.person = somebody(MORI, false) };

    (void)state;
    s.body.person.valid_from.text = "1970-01-01T00:20:00+00:00";  /* 1200 */
    s.body.person.valid_until.text = "1970-01-01T00:30:00+00:00"; /* 1800 */
    GOOD(record(&w, &s, KEYS(SATO)));
    DENIED(note(&w, MORI), "signer-outside-validity");
    w.now = 1200;
    GOOD(note(&w, MORI));
    w.now = 1800;
    GOOD(note(&w, MORI));
    w.now = 1801;
    DENIED(note(&w, MORI), "signer-outside-validity");
    s = (struct r_statement) { .type = R_STATEMENT_NOTE, .case_id = "C", .body.text = "x", .time.seconds = 1500 };
    DENIED(record(&w, &s, KEYS(MORI)), "signer-outside-validity"); /* told as if it were earlier */
    store_close(w.store);
}

/* Of an answer from elsewhere only the signer's own time counts. */
static void test_validity_of_answer(void **state)
{
    struct world w = begin();
    struct r_statement s = { .type = R_STATEMENT_PERSON, .body.person = somebody(MORI, false) };
    char offer[R_SHA256_HEX];

    (void)state;
    s.body.person.valid_until.text = "1970-01-01T00:30:00+00:00";
    GOOD(record(&w, &s, KEYS(SATO)));
    s = (struct r_statement) { .type = R_STATEMENT_OFFER, .item = "I", .previous = w.moved, .file_sha256 = FILE_A };
    s.body.to = somebody(MORI, false);
    s.body.expires.at.seconds = 5000;
    s.body.expires.text = "1970-01-01T01:23:20+00:00";
    GOOD(record(&w, &s, KEYS(SATO)));
    memcpy(offer, w.last, sizeof offer);
    s = (struct r_statement) { .type = R_STATEMENT_ACCEPTANCE, .item = "I", .previous = offer, .file_sha256 = FILE_A };
    s.body.evidence = (struct r_evidence) { .present = true, .verdict = "verified", .integrity = "intact" };
    w.now = 2000;
    DENIED(record(&w, &s, KEYS(MORI)), "signer-outside-validity");
    s.time.seconds = 1700;
    GOOD(record(&w, &s, KEYS(MORI)));
    store_close(w.store);
}

/* By one person, where two are asked for. */
static void test_two_persons(void **state)
{
    static const enum r_statement_type types[] = { R_STATEMENT_LIFT, R_STATEMENT_DISPOSAL, R_STATEMENT_RESOLUTION,
                                                   R_STATEMENT_POLICY };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct world w = begin();
        struct r_statement s = { .type = types[i], .item = types[i] == R_STATEMENT_POLICY ? NULL : "I" };
        s.body.hold = "H";
        s.body.rules = "{}";
        s.body.outcome = "accepted";
        DENIED(record(&w, &s, KEYS(SATO)), "record-signature-invalid");
        DENIED(record(&w, &s, KEYS(SATO, MORI)), "record-signature-invalid"); /* nobody knows Mori */
        store_close(w.store);
    }
}

static void test_hold_and_disposal(void **state)
{
    struct world w = begin();
    struct r_statement hold = { .type = R_STATEMENT_HOLD, .item = "I" },
                       lift = { .type = R_STATEMENT_LIFT, .item = "I" };
    struct r_statement plan = { .type = R_STATEMENT_DISPOSAL_PLAN, .item = "I", .previous = w.moved };
    struct r_statement end = { .type = R_STATEMENT_DISPOSAL, .item = "I" };
    char planned[R_SHA256_HEX];

    (void)state;
    hold.body.hold = lift.body.hold = "H";
    hold.body.authority = hold.body.reason = "court";
    GOOD(record(&w, &plan, KEYS(SATO)));
    end.previous = w.last;
    GOOD(record(&w, &hold, KEYS(TANAKA)));
    DENIED(record(&w, &plan, KEYS(SATO)), "custody-gap");
    GOOD(record(&w, &lift, KEYS(TANAKA, KONDO)));
    expect(&w, "SELECT lifted FROM hold", "6");
    DENIED(record(&w, &lift, KEYS(TANAKA, KONDO)), "custody-gap");
    DENIED(record(&w, &end, KEYS(SATO, TANAKA)), "custody-gap"); /* the hold cancelled the plan */
    GOOD(record(&w, &plan, KEYS(SATO)));
    memcpy(planned, w.last, sizeof planned);
    end.previous = planned;
    GOOD(record(&w, &end, KEYS(SATO, TANAKA)));
    expect(&w, "SELECT state FROM item", "disposed");
    DENIED(record(&w, &plan, KEYS(SATO)), "custody-gap");
    store_close(w.store);
}

static void test_copies(void **state)
{
    struct world w = begin();
    struct r_statement s = { .type = R_STATEMENT_COPY, .item = "I" };

    (void)state;
    s.body.copy = "w1";
    s.body.role = "working";
    s.body.sha256 = FILE_A;
    s.body.place = "lab";
    GOOD(record(&w, &s, KEYS(SATO)));
    DENIED(record(&w, &s, KEYS(SATO)), "custody-gap"); /* an id is used once */
    expect(&w, "SELECT integrity FROM copy WHERE copy = 'w1'", "intact");
    s = (struct r_statement) { .type = R_STATEMENT_CHECKOUT, .item = "I" };
    s.body.copy = "w1";
    s.body.to = somebody(NULL, false);
    s.body.due.text = "2026-12-01T00:00:00+00:00";
    GOOD(record(&w, &s, KEYS(SATO)));
    expect(&w, "SELECT state || ' ' || holder || ' ' || due FROM copy WHERE copy = 'w1'",
           "out somebody 2026-12-01T00:00:00+00:00");
    s = (struct r_statement) { .type = R_STATEMENT_MOVE, .item = "I" };
    s.body.place = "locker 4";
    GOOD(record(&w, &s, KEYS(SATO)));
    expect(&w, "SELECT location FROM item", "locker 4");
    expect(&w, "SELECT place FROM copy WHERE copy = 'original'", "locker 4");
    s = (struct r_statement) { .type = R_STATEMENT_RETURN, .item = "I" };
    s.body.copy = "w1";
    GOOD(record(&w, &s, KEYS(SATO)));
    expect(&w, "SELECT state || coalesce(holder, '') || coalesce(due, '') || place FROM copy WHERE copy = 'w1'",
           "therelab");
    s = (struct r_statement) { .type = R_STATEMENT_RECHECK, .item = "I", .file_sha256 = FILE_A };
    s.body.evidence = (struct r_evidence) { .present = true, .verdict = "failed", .integrity = "altered" };
    GOOD(record(&w, &s, KEYS(KONDO)));
    expect(&w, "SELECT integrity FROM item", "intact");
    expect(&w, "SELECT integrity || ' ' || checked FROM copy WHERE copy = 'original'", "altered 8");
    store_close(w.store);
}

static void test_facts(void **state)
{
    struct world w = begin();
    struct r_statement s = {
        .type = R_STATEMENT_CASE, .case_id = "C", .body.title = "breach", .body.severity = "high"
    };

    (void)state;
    GOOD(record(&w, &s, KEYS(SATO)));
    s = (struct r_statement) { .type = R_STATEMENT_CASE, .case_id = "C", .body.severity = "low" };
    GOOD(record(&w, &s, KEYS(TANAKA)));
    expect(&w, "SELECT value || ' ' || entry FROM fact WHERE name = 'title'", "breach 4");
    expect(&w, "SELECT value || ' ' || entry FROM fact WHERE name = 'severity'", "low 5");
    DENIED(record(&w, &s, KEYS(MORI)), "record-signature-invalid");
    store_close(w.store);
}

static void test_policy(void **state)
{
    struct world w = begin();
    struct r_statement s = { .type = R_STATEMENT_POLICY };

    (void)state;
    s.body.rules = "{\"rules\":[{\"name\":\"told\",\"roles\":[\"analyst\"],\"types\":[\"note\"]}]}";
    GOOD(note(&w, TANAKA));
    GOOD(record(&w, &s, KEYS(TANAKA, SATO)));
    DENIED(note(&w, TANAKA), "policy-violated");
    s = (struct r_statement) { .type = R_STATEMENT_NOTE, .case_id = "C", .body.text = "x" };
    s.body.override.rule = "told";
    DENIED(record(&w, &s, KEYS(TANAKA, KONDO)), "policy-violated");
    GOOD(record(&w, &s, KEYS(TANAKA, SATO)));
    s = (struct r_statement) { .type = R_STATEMENT_POLICY, .body.rules = "{}" };
    GOOD(record(&w, &s, KEYS(SATO, TANAKA)));
    GOOD(note(&w, TANAKA));
    store_close(w.store);
}

TEST_MAIN(cmocka_unit_test(test_person), cmocka_unit_test(test_rotation), cmocka_unit_test(test_revocation),
          cmocka_unit_test(test_reassign), cmocka_unit_test(test_validity), cmocka_unit_test(test_validity_of_answer),
          cmocka_unit_test(test_two_persons), cmocka_unit_test(test_hold_and_disposal), cmocka_unit_test(test_copies),
          cmocka_unit_test(test_facts), cmocka_unit_test(test_policy))
