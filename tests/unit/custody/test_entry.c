/* Entries, checkpoints and the strings in them, each at the bounds of its form. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "formats/read/ledger.h"
#include "tests/unit/test.h"

#define ID "0000000000000000000000000000000000000000000000000000000000000000"
#define OTHER "1111111111111111111111111111111111111111111111111111111111111111"
#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define TIME "2026-11-20T12:00:00.000000000Z"
#define PUBLIC "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
#define KEY "SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8"

#define ENTRY(schema, sequence, signatures, statement)                                                                 \
    "{\"ledger\":\"" ID "\",\"recorded_at\":\"" TIME "\",\"schema\":\"" schema "\",\"sequence\":" sequence             \
    ",\"signatures\":" signatures ",\"statement\":\"" statement "\"}"

static int entry(const char *text, struct hz_error *err)
{
    struct r_entry e = { 0 };
    int rc = r_entry_parse(&e, text, strlen(text), err);

    r_entry_free(&e);
    return rc;
}

static void test_entry(void **state)
{
    static const char *const good[] = {
        ENTRY("hozen-entry/1", "0", "[\"a\"]", "AA=="),
        ENTRY("hozen-entry/1", "9007199254740991", "[\"a\",\"b\",\"c\",\"d\"]", "AA=="),
    };
    static const char *const bad[] = {
        "",
        "{}",
        ENTRY("hozen-entry/1", "-1", "[\"a\"]", "AA=="),
        ENTRY("hozen-entry/1", "\"0\"", "[\"a\"]", "AA=="),
        ENTRY("hozen-entry/1", "0", "[]", "AA=="),
        ENTRY("hozen-entry/1", "0", "[1]", "AA=="),
        ENTRY("hozen-entry/1", "0", "\"a\"", "AA=="),
        ENTRY("hozen-entry/1", "0", "[\"a\\u0000\"]", "AA=="),
        ENTRY("hozen-entry/1", "0", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "AA=="),
        ENTRY("hozen-entry/1", "0", "[\"a\"]", "AA="),
        ENTRY("hozen-entry/1", "0", "[\"a\"]", ""),
        ENTRY("hozen-entry/1", "0", "[\"a\"],\"x-a\":1", "AA=="),
        ENTRY("hozen-entry/1", "0", "[\"a\"]", "AA==\",\"x-a\":\"1"),
        ENTRY("hozen-entry/1", "0", "[\"a\"]", "AA==") " ",
    };
    struct hz_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (entry(good[i], &err) != HZ_OK)
            fail_msg("%s: %s", good[i], err.text);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (entry(bad[i], NULL) != HZ_E_FORMAT)
            fail_msg("%s", bad[i]);
    assert_int_equal(entry(ENTRY("hozen-entry/2", "0", "[\"a\"]", "AA=="), NULL), HZ_E_UNSUPPORTED);
}

/* An entry of so many bytes of statement; with `more` blanks behind it. */
static int entry_of(size_t bytes, size_t more, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)4 << 20), zeros = BUF_INIT((size_t)1 << 20);
    struct r_entry e = { 0 };
    int rc;

    if (bytes > 0)
        memset(buf_grow(&zeros, bytes), 0, bytes);
    buf_puts(&text, "{\"ledger\":\"" ID "\",\"recorded_at\":\"" TIME "\",\"schema\":\"hozen-entry/1\",\"sequence\":1,"
                    "\"signatures\":[\"a\"],\"statement\":\"");
    text_base64(&text, zeros.data, zeros.len);
    buf_puts(&text, "\"}");
    if (more > 0)
        memset(buf_grow(&text, more), ' ', more);
    rc = r_entry_parse(&e, text.data, text.len, err);
    r_entry_free(&e);
    return rc;
}

static void test_size(void **state)
{
    struct hz_error err = { 0 };

    (void)state;
    assert_int_equal(entry_of(0, 0, &err), HZ_E_FORMAT);
    assert_int_equal(entry_of(1, 0, &err), HZ_OK);
    assert_int_equal(entry_of(R_STATEMENT_MAX, 0, &err), HZ_OK);
    assert_int_equal(entry_of(R_STATEMENT_MAX + 1, 0, &err), HZ_E_FORMAT);
    assert_non_null(strstr(err.text, "256 KiB"));
    assert_int_equal(entry_of(1, R_ENTRY_MAX, &err), HZ_E_FORMAT);
    assert_non_null(strstr(err.text, "1 MiB"));
}

/* What is no signature does not hold; that is no failure of the reader's own. */
static void test_no_signature(void **state)
{
    static const char unknown[] = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n";
    struct r_ledger_signers signers;
    struct hz_error err = { 0 };

    (void)state;
    assert_int_equal(r_ledger_verify_one("x", 1, "", &signers, &err), HZ_E_INVALID);
    assert_int_equal(r_ledger_verify_one("x", 1, unknown, &signers, &err), HZ_E_INVALID);
    assert_non_null(strstr(err.text, "SSHSIG"));
    assert_int_equal(r_ledger_cosigned("x", unknown, &signers, &err), HZ_E_INVALID);
}

static struct r_value value(const char *text, size_t len)
{
    return (struct r_value) { .present = true, .text = { text, len, false } };
}

/* A block holds what fits a record of its length, and no more. */
static void test_block(void **state)
{
    struct r_value abc = value("abc", 3), none = value("", 0), absent = { 0 }, nul = value("a\0b", 3);
    struct r_value escaped = { .present = true, .text = { "a\\u0000", 7, true } };
    struct r_ledger_text t;

    (void)state;
    assert_int_equal(r_ledger_text_open(&t, 3, NULL), HZ_OK);
    assert_null(r_ledger_text_take(&t, &absent));
    assert_null(t.wrong);
    assert_string_equal(r_ledger_text_take(&t, &abc), "abc");
    assert_null(r_ledger_text_take(&t, &none)); /* not even its NUL fits */
    assert_true(t.no_memory);
    assert_int_equal(r_ledger_text_code(&t, NULL), HZ_E_NOMEM);
    assert_null(r_ledger_text_take(&t, &absent));
    r_ledger_text_close(&t);

    assert_int_equal(r_ledger_text_open(&t, 2, NULL), HZ_OK);
    assert_null(r_ledger_text_take(&t, &abc));
    assert_true(t.no_memory);
    r_ledger_text_close(&t);

    assert_int_equal(r_ledger_text_open(&t, 8, NULL), HZ_OK);
    assert_string_equal(r_ledger_text_take(&t, &none), "");
    assert_null(r_ledger_text_take(&t, &nul));
    assert_true(t.wrong != NULL && !t.no_memory);
    assert_int_equal(r_ledger_text_code(&t, NULL), HZ_E_FORMAT);
    r_ledger_text_no_memory(&t); /* what is wrong already stays so */
    assert_false(t.no_memory);
    r_ledger_text_close(&t);

    assert_int_equal(r_ledger_text_open(&t, 8, NULL), HZ_OK);
    assert_null(r_ledger_text_take(&t, &escaped));
    assert_true(t.wrong != NULL && !t.no_memory);
    r_ledger_text_close(&t);
}

static bool is_line(const char *text, size_t len)
{
    struct r_ledger_text t;
    struct r_value v = value(text, len);
    bool good;

    assert_int_equal(r_ledger_text_open(&t, 4096, NULL), HZ_OK);
    r_ledger_text_line(&t, &v);
    good = t.wrong == NULL;
    r_ledger_text_close(&t);
    return good;
}

static void test_lines(void **state)
{
    char text[2001];

    (void)state;
    memset(text, 'x', sizeof text);
    assert_true(is_line(text, 2000));
    assert_false(is_line(text, 2001));
    assert_true(is_line(text, 1));
    assert_false(is_line(text, 0));
    assert_false(is_line(" a", 2));
    assert_false(is_line("a ", 2));
    assert_false(is_line("a\nb", 3));
}

static void test_fingerprints(void **state)
{
    static const char *const bad[] = {
        "",
        "SHA256:",
        "sha256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8",
        "MD5:678:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8",
        "SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU",
        "SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8=",
        "SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU9",
        "SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNb 8",
        "SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNb==",
    };
    char keyid[R_SHA256_HEX];

    (void)state;
    assert_true(r_ledger_text_is_fingerprint(KEY));
    r_ledger_text_keyid(keyid, KEY);
    assert_string_equal(keyid, "6db5e9b8a1bace1cdd9a7c6adb9e9396acc5073465d9fe8e3a0ef6d9c60d6d4f");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (r_ledger_text_is_fingerprint(bad[i]))
            fail_msg("%s", bad[i]);
        r_ledger_text_keyid(keyid, bad[i]);
        assert_string_equal(keyid, "");
    }
    assert_true(r_ledger_text_key_has(PUBLIC, KEY));
    assert_false(r_ledger_text_key_has(PUBLIC " Sato", KEY));
    assert_false(r_ledger_text_key_has(PUBLIC, "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    assert_false(r_ledger_text_key_has("ssh-ed25519", KEY));
    /* well formed, and of no algorithm that is known here */
    assert_false(r_ledger_text_key_has("a AAAAAWE=", "SHA256:cv9rApSdrZUAbDQ+PbMVAJDTr7Sfa725L9wXYHmXqFw"));
}

static void test_checkpoints(void **state)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(1024);
    struct r_checkpoint c;

    (void)state;
    for (size_t i = 0; i < 3; i++) { /* a line at a time, and the last without its end */
        static const char *const lines[] = { "hozen-ledger/" ID, "9007199254740991", ROOT };
        buf_puts(&text, lines[i]);
        assert_int_equal(r_checkpoint_parse(&c, text.data, text.len, NULL), HZ_E_FORMAT);
        buf_putc(&text, '\n');
        assert_int_equal(r_checkpoint_parse(&c, text.data, text.len, NULL), i == 2 ? HZ_OK : HZ_E_FORMAT);
    }
    assert_true(c.size == UINT64_C(9007199254740991));
    assert_string_equal(c.ledger, ID);
    buf_putc(&text, 'x');
    assert_int_equal(r_checkpoint_parse(&c, text.data, text.len, NULL), HZ_E_FORMAT);
    assert_int_equal(r_checkpoint_parse(&c, "", 0, NULL), HZ_E_FORMAT);
}

/* Of a checkpoint that is known: the same one, or one with a proof from just that one. */
static void test_continues(void **state)
{
    struct r_checkpoint known = { ID, 3, { 1 } }, now = known;
    struct r_travel_since since = { .present = true, .from = 3 };

    (void)state;
    assert_true(r_travel_continues(&now, &since, &known));
    since.present = false;
    assert_true(r_travel_continues(&now, &since, &known));
    now.root[31] = 1;
    assert_false(r_travel_continues(&now, &since, &known));
    now = known;
    memcpy(now.ledger, OTHER, sizeof now.ledger);
    assert_false(r_travel_continues(&now, &since, &known));
    now = known;
    now.size = 4;
    assert_false(r_travel_continues(&now, &since, &known));
    since.present = true;
    assert_false(r_travel_continues(&now, &since, &known));
    known.size = since.from = 5; /* of a larger log, and of none */
    assert_false(r_travel_continues(&now, &since, &known));
    known.size = since.from = 0;
    assert_false(r_travel_continues(&now, &since, &known));
}

/* Logs of 1 and 2 leaves: the proof is the second one. */
static void test_continues_by_proof(void **state)
{
    struct r_checkpoint known = { .ledger = ID, .size = 1 }, now = { .ledger = ID, .size = 2 };
    struct r_travel_since since = { .present = true, .from = 1, .proof = { .count = 1 } };
    unsigned char pair[65] = { 1 };

    (void)state;
    memset(known.root, 7, sizeof known.root);
    memset(since.proof.digest[0], 9, 32);
    memcpy(pair + 1, known.root, 32);
    memcpy(pair + 33, since.proof.digest[0], 32);
    r_hash_sha256(now.root, pair, sizeof pair);
    assert_true(r_travel_continues(&now, &since, &known));
    since.from = 2;
    assert_false(r_travel_continues(&now, &since, &known));
    since.from = 1;
    since.present = false;
    assert_false(r_travel_continues(&now, &since, &known));
    since.present = true;
    since.proof.digest[0][0] ^= 1;
    assert_false(r_travel_continues(&now, &since, &known));
    since.proof.digest[0][0] ^= 1;
    now.root[0] ^= 1;
    assert_false(r_travel_continues(&now, &since, &known));
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry),       cmocka_unit_test(test_size),      cmocka_unit_test(test_no_signature),
        cmocka_unit_test(test_block),       cmocka_unit_test(test_lines),     cmocka_unit_test(test_fingerprints),
        cmocka_unit_test(test_checkpoints), cmocka_unit_test(test_continues), cmocka_unit_test(test_continues_by_proof),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
