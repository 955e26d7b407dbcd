/* Statements: what formats/write builds is what formats/read understands; every key that a type asks for is asked for.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/text.h"
#include "formats/read/checkpoint.h"
#include "formats/read/entry.h"
#include "formats/read/statement.h"
#include "formats/write/checkpoint.h"
#include "formats/write/entry.h"
#include "tests/unit/custody/sample_statement.h"
#include "tests/unit/test.h"

static void test_every_type(void **state)
{
    (void)state;
    assert_int_equal(r_hash_start(NULL), HZ_OK);
    for (unsigned type = 0; type < R_STATEMENT_TYPES; type++) {
        struct w_statement s = sample_statement((enum r_statement_type)type);
        struct r_statement out = { 0 };
        struct hz_error err = { 0 };
        if (sample_round_trip(&s, &out, &err) != HZ_OK)
            fail_msg("%s: %s", s.type, err.text);
        assert_int_equal(out.type, type);
        assert_string_equal(out.actor.name, "佐藤 花子");
        assert_string_equal(out.time_text, "2026-11-20T21:00:00+09:00");
        assert_int_equal(stamp_compare(out.time, s.time.at), 0);
        assert_int_equal(strlen(out.digest), 64);
        for (const struct sample_text *t = sample_texts(out.type); t->key != NULL; t++)
            if (strcmp(t->key, "rules") != 0)
                assert_string_equal(r_statement_text(&out, t->key),
                                    strcmp(t->value, "T") == 0 ? "2026-11-20T21:00:00+09:00" : t->value);
        r_statement_free(&out);
    }
}

static void test_values_arrive(void **state)
{
    struct w_statement s = sample_statement(R_STATEMENT_INTAKE);
    struct r_statement out = { 0 };

    (void)state;
    assert_int_equal(sample_round_trip(&s, &out, NULL), HZ_OK);
    assert_string_equal(out.item, "INC-42-web01");
    assert_string_equal(out.content_id, DIGEST_B);
    assert_string_equal(out.file_sha256, DIGEST_C);
    assert_null(out.previous);
    assert_int_equal(out.body.evidence.finding_count, 2);
    assert_string_equal(out.body.evidence.findings[1], "tag-altered");
    assert_string_equal(out.body.evidence.signers[0], KEY);
    assert_string_equal(out.body.evidence.bytes, "18446744073709551615");
    r_statement_free(&out);
}

static void test_two_statements_differ(void **state)
{
    struct w_statement s = sample_statement(R_STATEMENT_INTAKE);
    struct r_statement a = { 0 }, b = { 0 };

    (void)state;
    assert_int_equal(sample_round_trip(&s, &a, NULL), HZ_OK);
    assert_int_equal(sample_round_trip(&s, &b, NULL), HZ_OK);
    assert_string_not_equal(a.nonce, b.nonce);
    assert_string_not_equal(a.digest, b.digest);
    r_statement_free(&a);
    r_statement_free(&b);
}

#define REFUSE(type, change)                                                                                           \
    do {                                                                                                               \
        s = sample_statement(type);                                                                                    \
        change;                                                                                                        \
        sample_refused(&s);                                                                                            \
    } while (0)

/* What no type may say, or none may leave out: each change of a good statement is refused. */
static void test_required_and_forbidden(void **state)
{
    struct w_statement s;

    (void)state;
    REFUSE(R_STATEMENT_GENESIS, s.ledger = DIGEST_A);
    REFUSE(R_STATEMENT_GENESIS, s.body.organisation = NULL);
    REFUSE(R_STATEMENT_GENESIS, s.body.tool = NULL);
    REFUSE(R_STATEMENT_GENESIS, s.item = "X");
    REFUSE(R_STATEMENT_GENESIS, s.case_id = "X");
    REFUSE(R_STATEMENT_PERSON, s.ledger = NULL);
    REFUSE(R_STATEMENT_PERSON, s.body.person = NULL);
    REFUSE(R_STATEMENT_PERSON, s.body.purpose = "x");
    REFUSE(R_STATEMENT_PERSON, s.previous = DIGEST_A);
    REFUSE(R_STATEMENT_INTAKE, s.item = NULL);
    REFUSE(R_STATEMENT_INTAKE, s.item = "a/b");
    REFUSE(R_STATEMENT_INTAKE, s.file_sha256 = NULL);
    REFUSE(R_STATEMENT_INTAKE, s.body.evidence = NULL);
    REFUSE(R_STATEMENT_INTAKE, s.body.location = NULL);
    REFUSE(R_STATEMENT_INTAKE, s.body.location = " locker");
    REFUSE(R_STATEMENT_INTAKE, s.body.location = "a\nb");
    REFUSE(R_STATEMENT_INTAKE, s.body.location = "");
    REFUSE(R_STATEMENT_INTAKE, s.previous = DIGEST_A);
    REFUSE(R_STATEMENT_INTAKE, s.body.reason = "x");
    REFUSE(R_STATEMENT_OFFER, s.previous = NULL);
    REFUSE(R_STATEMENT_OFFER, s.body.to = NULL);
    REFUSE(R_STATEMENT_OFFER, s.body.purpose = NULL);
    REFUSE(R_STATEMENT_OFFER, s.body.expires.known = false);
    REFUSE(R_STATEMENT_OFFER, s.body.integrity = NULL);
    REFUSE(R_STATEMENT_OFFER, s.body.integrity = "good");
    REFUSE(R_STATEMENT_OFFER, s.body.evidence = &sample_evidence);
    REFUSE(R_STATEMENT_ACCEPTANCE, s.body.evidence = NULL);
    REFUSE(R_STATEMENT_ACCEPTANCE, s.body.checkpoint.known = false);
    REFUSE(R_STATEMENT_ACCEPTANCE, s.body.checkpoint.size = 0);
    REFUSE(R_STATEMENT_ACCEPTANCE, s.body.checkpoint.root = "AAAA");
    REFUSE(R_STATEMENT_ACCEPTANCE, s.body.reason = "x");
    REFUSE(R_STATEMENT_ACCEPTANCE, s.previous = NULL);
    REFUSE(R_STATEMENT_DECLINE, s.body.reason = NULL);
    REFUSE(R_STATEMENT_DECLINE, s.body.location = "x");
    REFUSE(R_STATEMENT_DECLINE, s.body.evidence = NULL); /* with digests of a copy that nobody looked at */
}

static void test_required_and_forbidden_later(void **state)
{
    struct w_statement s;

    (void)state;
    REFUSE(R_STATEMENT_ROTATION, s.body.old = NULL);
    REFUSE(R_STATEMENT_ROTATION, s.body.old = "SHA256:short");
    REFUSE(R_STATEMENT_REVOCATION, s.body.reason = "bored");
    REFUSE(R_STATEMENT_POLICY, s.body.rules = "[]");
    REFUSE(R_STATEMENT_POLICY, s.body.rules = "{\"b\":1,\"a\":1}");
    REFUSE(R_STATEMENT_CASE, s.case_id = NULL);
    REFUSE(R_STATEMENT_CASE, s.item = "X");
    REFUSE(R_STATEMENT_CASE, memset(&s.body, 0, sizeof s.body));
    REFUSE(R_STATEMENT_NOTE, s.item = s.case_id = NULL);
    REFUSE(R_STATEMENT_NOTE, s.body.kind = "device");
    REFUSE(R_STATEMENT_NOTE, s.body.text = NULL);
    REFUSE(R_STATEMENT_PHOTOGRAPH, s.body.sha256 = "00");
    REFUSE(R_STATEMENT_PHOTOGRAPH, s.file_sha256 = DIGEST_A);
    REFUSE(R_STATEMENT_INTAKE, s.body.kind = "note");
    REFUSE(R_STATEMENT_INTAKE, s.body.clock.known_by = "NTP");
    REFUSE(R_STATEMENT_INTAKE, s.body.sha512 = DIGEST_A);
    REFUSE(R_STATEMENT_INTAKE, s.body.listing.format = "zip");
    REFUSE(R_STATEMENT_INTAKE, s.body.override.rule = "two");
    REFUSE(R_STATEMENT_COURIER, s.previous = NULL);
    REFUSE(R_STATEMENT_COPY, s.body.copy = "a/b");
    REFUSE(R_STATEMENT_COPY, s.body.role = "spare");
    REFUSE(R_STATEMENT_COPY, s.previous = DIGEST_A);
    REFUSE(R_STATEMENT_CHECKOUT, s.body.to = &sample_sato);
    REFUSE(R_STATEMENT_REASSIGN, s.body.to = &sample_party);
    REFUSE(R_STATEMENT_RECHECK, s.file_sha256 = s.content_id = NULL);
    REFUSE(R_STATEMENT_RESOLUTION, s.body.outcome = "forgotten");
    REFUSE(R_STATEMENT_DISPOSAL, s.previous = NULL);
}

static void test_decline_without_a_copy(void **state)
{
    struct w_statement s = sample_statement(R_STATEMENT_DECLINE);
    struct r_statement out = { 0 };

    (void)state;
    s.body.evidence = NULL;
    s.content_id = s.file_sha256 = NULL;
    assert_int_equal(sample_round_trip(&s, &out, NULL), HZ_OK);
    assert_false(out.body.evidence.present);
    r_statement_free(&out);
}

static void test_thing_accepted(void **state)
{
    struct w_statement s = sample_statement(R_STATEMENT_ACCEPTANCE);
    struct r_statement out = { 0 };

    (void)state;
    s.body.evidence = NULL;
    sample_refused(&s);
    s.content_id = s.file_sha256 = NULL;
    assert_int_equal(sample_round_trip(&s, &out, NULL), HZ_OK);
    r_statement_free(&out);
}

static void test_validity(void **state)
{
    struct w_person person = sample_sato;
    struct w_statement s = sample_statement(R_STATEMENT_PERSON);
    struct r_statement out = { 0 };

    (void)state;
    s.body.person = &person;
    person.title = "analyst";
    person.valid_from = person.valid_until = s.time;
    assert_int_equal(sample_round_trip(&s, &out, NULL), HZ_OK);
    assert_string_equal(out.body.person.title, "analyst");
    assert_string_equal(out.body.person.valid_until.text, "2026-11-20T21:00:00+09:00");
    r_statement_free(&out);
    person.valid_until.at.seconds--;
    sample_refused(&s);
}

/* An offer of no bytes is none, and would hide that something came before. */
static void test_empty_files(void **state)
{
    unsigned char nothing[1] = { 0 };
    struct buf empty = { .data = nothing };
    struct w_statement s = sample_statement(R_STATEMENT_INTAKE);

    (void)state;
    s.body.offer = s.body.receipt = &empty;
    sample_refused(&s);
    s.previous = DIGEST_A;
    sample_refused(&s);
}

static void test_key_must_fit(void **state)
{
    struct w_person other = sample_sato;
    struct w_statement s = sample_statement(R_STATEMENT_PERSON);

    (void)state;
    other.key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    s.body.person = &other;
    sample_refused(&s);
    other = sample_sato;
    other.public_key = "ssh-rsa AAAA";
    sample_refused(&s);
}

static void test_lists_ascend(void **state)
{
    static const char *const backwards[] = { "tag-altered", "payload-altered" }, *const twice[] = { "a", "a" };
    struct w_evidence e = sample_evidence;
    struct w_statement s = sample_statement(R_STATEMENT_INTAKE);

    (void)state;
    s.body.evidence = &e;
    e.findings = backwards;
    sample_refused(&s);
    e.findings = twice;
    sample_refused(&s);
}

static void test_unknown_type_and_schema(void **state)
{
    static const char *const texts[] = {
        "{\"actor\":{\"key\":\"" KEY "\",\"name\":\"a\"},\"body\":{\"z\":1},\"ledger\":\"" DIGEST_A
        "\",\"nonce\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"schema\":\"hozen-statement/"
        "1\",\"time\":\"x\",\"type\":\"seance\"}",
        "{\"actor\":{\"key\":\"" KEY "\",\"name\":\"a\"},\"body\":{},\"ledger\":\"" DIGEST_A
        "\",\"nonce\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"schema\":\"hozen-statement/"
        "2\",\"time\":\"x\",\"type\":\"offer\"}",
    };
    struct r_statement out;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(r_statement_parse(&out, texts[i], strlen(texts[i]), NULL), HZ_E_UNSUPPORTED);
}

/* Every prefix and every single changed byte of a statement is refused or says something else. */
static void try_bytes(enum r_statement_type type, unsigned bits)
{
    struct w_statement s = sample_statement(type);
    struct buf bytes = BUF_INIT(W_STATEMENT_MAX);
    struct r_statement out, good;

    assert_int_equal(w_statement_build(&s, &bytes, NULL), HZ_OK);
    assert_int_equal(r_statement_parse(&good, bytes.data, bytes.len, NULL), HZ_OK);
    for (size_t i = 0; i < bytes.len; i++) {
        assert_int_not_equal(r_statement_parse(&out, bytes.data, i, NULL), HZ_OK);
        for (size_t bit = i; bit < i + bits; bit++) {
            bytes.data[i] ^= (unsigned char)(1U << bit % 8);
            if (r_statement_parse(&out, bytes.data, bytes.len, NULL) == HZ_OK) {
                assert_string_not_equal(out.digest, good.digest);
                r_statement_free(&out);
            }
            bytes.data[i] ^= (unsigned char)(1U << bit % 8);
        }
    }
    r_statement_free(&good);
    buf_free(&bytes);
}

static void test_bytes(void **state)
{
    (void)state;
    for (unsigned type = 0; type < R_STATEMENT_TYPES; type++)
        try_bytes((enum r_statement_type)type, type == R_STATEMENT_OFFER ? 8 : 2);
}

static void test_entry(void **state)
{
    struct w_statement s = sample_statement(R_STATEMENT_GENESIS);
    struct buf statement = BUF_INIT(W_STATEMENT_MAX), bytes = BUF_INIT(W_ENTRY_MAX);
    struct w_entry entry = { DIGEST_A, 12, { 1700000000, 5 }, { &statement, { "one", "two" }, 2 } };
    struct r_entry out = { 0 };

    (void)state;
    assert_int_equal(w_statement_build(&s, &statement, NULL), HZ_OK);
    assert_int_equal(w_entry_build(&entry, &bytes, NULL), HZ_OK);
    assert_int_equal(r_entry_parse(&out, bytes.data, bytes.len, NULL), HZ_OK);
    assert_int_equal(out.sequence, 12);
    assert_string_equal(out.recorded_at_text, "2023-11-14T22:13:20.000000005Z");
    assert_int_equal(out.signatures.count, 2);
    assert_string_equal(out.signatures.armour[1], "two");
    assert_int_equal(out.statement.len, statement.len);
    assert_memory_equal(out.statement.data, statement.data, statement.len);
    r_entry_free(&out);
    bytes.data[bytes.len - 1] = ']';
    assert_int_equal(r_entry_parse(&out, bytes.data, bytes.len, NULL), HZ_E_FORMAT);
    buf_reset(&bytes);
    entry.content.signature_count = 0;
    assert_int_equal(w_entry_build(&entry, &bytes, NULL), HZ_OK);
    assert_int_equal(r_entry_parse(&out, bytes.data, bytes.len, NULL), HZ_E_FORMAT);
    buf_free(&bytes);
    buf_free(&statement);
}

static void test_checkpoint(void **state)
{
    static const unsigned char root[32] = { 0 };
    static const char *const bad[] = {
        "",
        "hozen-ledger/" DIGEST_A "\n7\n" ROOT,
        "hozen-ledger/" DIGEST_A "\n07\n" ROOT "\n",
        "hozen-ledger/" DIGEST_A "\n0\n" ROOT "\n",
        "hozen-ledger/" DIGEST_A "\n7\n" ROOT "\n\n",
        "hozen-ledger/" DIGEST_A "\n7\nAAAA\n",
        "hozen-ledgeR/" DIGEST_A "\n7\n" ROOT "\n",
        "hozen-ledger/AAAA\n7\n" ROOT "\n",
        "hozen-ledger/" DIGEST_A "\n9007199254740992\n" ROOT "\n",
        "hozen-ledger/" DIGEST_A " \n7\n" ROOT "\n",
        "hozen-ledger/" DIGEST_A "\r\n7\n" ROOT "\n",
    };
    struct buf text = BUF_INIT(W_CHECKPOINT_MAX);
    struct r_checkpoint out;

    (void)state;
    assert_int_equal(w_checkpoint_text(DIGEST_A, 7, root, &text, NULL), HZ_OK);
    assert_string_equal(buf_text(&text), "hozen-ledger/" DIGEST_A "\n7\n" ROOT "\n");
    assert_int_equal(r_checkpoint_parse(&out, text.data, text.len, NULL), HZ_OK);
    assert_int_equal(out.size, 7);
    assert_string_equal(out.ledger, DIGEST_A);
    assert_memory_equal(out.root, root, sizeof root);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(r_checkpoint_parse(&out, bad[i], strlen(bad[i]), NULL), HZ_E_FORMAT);
    buf_free(&text);
}

TEST_MAIN(cmocka_unit_test(test_every_type), cmocka_unit_test(test_values_arrive),
          cmocka_unit_test(test_two_statements_differ), cmocka_unit_test(test_required_and_forbidden),
          cmocka_unit_test(test_required_and_forbidden_later), cmocka_unit_test(test_decline_without_a_copy),
          cmocka_unit_test(test_thing_accepted), cmocka_unit_test(test_validity), cmocka_unit_test(test_empty_files),
          cmocka_unit_test(test_key_must_fit), cmocka_unit_test(test_lists_ascend),
          cmocka_unit_test(test_unknown_type_and_schema), cmocka_unit_test(test_bytes), cmocka_unit_test(test_entry),
          cmocka_unit_test(test_checkpoint))
