/* Files that travel or lie in exported folders: proof files, export.json, lines of proofs.jsonl. Each is read in one
 * form alone. */
#include <stdio.h>
#include <string.h>

#include "formats/read/export.h"
#include "formats/read/prooffile.h"
#include "formats/write/export.h"
#include "tests/unit/test.h"

#define ID "0000000000000000000000000000000000000000000000000000000000000000"
#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define KEY "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define TEXT "hozen-ledger/" ID "\\n3\\n" ROOT "\\n"

static int prooffile(const char *text)
{
    struct r_prooffile p = { 0 };
    int rc = r_prooffile_parse(&p, text, strlen(text), NULL);

    r_prooffile_free(&p);
    return rc;
}

#define PROOF(checkpoint, signatures, more, schema)                                                                    \
    "{\"checkpoint\":\"" checkpoint "\",\"checkpoint_signatures\":" signatures more ",\"schema\":\"" schema "\"}\n"
#define SINCE(from, proof) ",\"consistency\":{\"from\":" from ",\"proof\":" proof "}"

static void test_prooffile(void **state)
{
    static const char *const good[] = {
        PROOF(TEXT, "[\"a\"]", "", "hozen-proof/1"),
        PROOF(TEXT, "[\"a\",\"b\",\"c\",\"d\"]", SINCE("\"3\"", "[]"), "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", SINCE("\"1\"", "[\"" ROOT "\",\"" ROOT "\"]"), "hozen-proof/1"),
    };
    static const char *const bad[] = {
        "",
        "\n",
        "{}\n",
        "[]\n",
        PROOF(TEXT, "[]", "", "hozen-proof/1"),
        PROOF(TEXT, "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "", "hozen-proof/1"),
        PROOF(TEXT, "[1]", "", "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", "", "hozen-proof/2"),
        PROOF(TEXT "x", "[\"a\"]", "", "hozen-proof/1"),
        PROOF(TEXT "\\u0000", "[\"a\"]", "", "hozen-proof/1"),
        PROOF("", "[\"a\"]", "", "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", ",\"note\":1", "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", ",\"x-note\":\"1\"", "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", SINCE("\"0\"", "[]"), "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", SINCE("\"4\"", "[]"), "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", SINCE("1", "[]"), "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", SINCE("\"01\"", "[]"), "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", SINCE("\"1\"", "[\"AAAA\"]"), "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", SINCE("\"1\"", "{}"), "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", ",\"consistency\":{\"from\":\"1\"}", "hozen-proof/1"),
        " " PROOF(TEXT, "[\"a\"]", "", "hozen-proof/1"),
        PROOF(TEXT, "[\"a\"]", "", "hozen-proof/1") "\n",
        "{\"checkpoint\":\"" TEXT "\",\"checkpoint_signatures\":[\"a\"],\"schema\":\"hozen-proof/1\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (prooffile(good[i]) != HZ_OK)
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (prooffile(bad[i]) != HZ_E_FORMAT)
            fail_msg("%zu: %s", i, bad[i]);
    for (size_t len = 0; len < strlen(good[2]); len++) {
        struct r_prooffile p = { 0 };
        assert_int_equal(r_prooffile_parse(&p, good[2], len, NULL), HZ_E_FORMAT);
    }
}

static void test_proof_of_65(void **state)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(1 << 16);
    struct r_proof proof;
    uint64_t sequence;

    (void)state;
    for (int n = 64; n <= 65; n++) {
        buf_reset(&text);
        buf_puts(&text, "{\"inclusion\":[");
        for (int i = 0; i < n; i++)
            buf_printf(&text, "%s\"" ROOT "\"", i > 0 ? "," : "");
        buf_puts(&text, "],\"sequence\":\"7\"}");
        assert_int_equal(r_export_proof(&proof, &sequence, text.data, text.len, NULL), n == 64 ? HZ_OK : HZ_E_FORMAT);
    }
    assert_int_equal(proof.count, 64);
    assert_int_equal(sequence, 7);
}

static void test_proof_line(void **state)
{
    static const char *const bad[] = {
        "",
        "{}",
        "{\"inclusion\":[]}",
        "{\"sequence\":\"1\"}",
        "{\"inclusion\":[],\"sequence\":1}",
        "{\"inclusion\":[],\"sequence\":\"-1\"}",
        "{\"inclusion\":[],\"sequence\":\"1\",\"x-a\":\"1\"}",
        "{\"inclusion\":[],\"sequence\":\"1\"} ",
        "{\"inclusion\":[\"\"],\"sequence\":\"1\"}",
    };
    struct r_proof proof;
    uint64_t sequence;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (r_export_proof(&proof, &sequence, bad[i], strlen(bad[i]), NULL) != HZ_E_FORMAT)
            fail_msg("%s", bad[i]);
}

static struct w_export sample(void)
{
    return (struct w_export) { .ledger = ID,
                               .key = KEY,
                               .name = "Sato Hanako",
                               .time = { 1, 2 },
                               .size = 9,
                               .entries = 3,
                               .item = "DISK-7",
                               .last_digest = ID,
                               .last_sequence = 8,
                               .sums = ID };
}

static int judge(const struct w_export *e)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(1 << 16);
    struct r_export out = { 0 };
    int rc;

    assert_int_equal(w_export_build(e, &text, NULL), HZ_OK);
    rc = r_export_parse(&out, text.data, text.len, NULL);
    if (rc == HZ_OK) {
        assert_string_equal(out.name, e->name);
        assert_int_equal(out.size, e->size);
        assert_int_equal(out.last_sequence, e->item != NULL ? e->last_sequence : 0);
    }
    r_export_free(&out);
    return rc;
}

static void test_export(void **state)
{
    struct w_export e = sample();

    (void)state;
    assert_int_equal(judge(&e), HZ_OK);
    e.organisation = "CSIRT Example";
    assert_int_equal(judge(&e), HZ_OK);
    e.item = NULL;
    assert_int_equal(judge(&e), HZ_E_FORMAT); /* a whole ledger has all entries */
    e.entries = 9;
    assert_int_equal(judge(&e), HZ_OK);

#define REFUSED(change)                                                                                                \
    e = sample();                                                                                                      \
    change;                                                                                                            \
    assert_int_equal(judge(&e), HZ_E_FORMAT)
    REFUSED(e.ledger = "00");
    REFUSED(e.key = "SHA256:AAAA");
    REFUSED(e.name = "");
    REFUSED(e.name = "a\x1b[2J");
    REFUSED(e.organisation = " a");
    REFUSED(e.item = "../x");
    REFUSED(e.item = "");
    REFUSED(e.entries = 0);
    REFUSED(e.entries = 10);
    REFUSED(e.last_sequence = 9);
    REFUSED(e.last_digest = "x");
    REFUSED(e.last_digest = NULL);
    REFUSED(e.sums = NULL);
}

static void test_export_text(void **state)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(1 << 17);
    struct w_export e = sample();
    struct r_export out = { 0 };

    (void)state;
    assert_int_equal(w_export_build(&e, &text, NULL), HZ_OK);
    for (size_t len = 0; len < text.len; len++)
        assert_int_equal(r_export_parse(&out, text.data, len, NULL), HZ_E_FORMAT);
    for (size_t i = 0; i < text.len; i++) { /* no byte is without meaning: what is read is never outside the grammar */
        text.data[i] ^= 1;
        if (r_export_parse(&out, text.data, text.len, NULL) == HZ_OK)
            r_export_free(&out);
        text.data[i] ^= 1;
    }
    char *schema = strstr(buf_text(&text), "hozen-export/1");
    assert_non_null(schema);
    schema[strlen("hozen-export/")] = '2';
    assert_int_equal(r_export_parse(&out, text.data, text.len, NULL), HZ_E_UNSUPPORTED);
    schema[strlen("hozen-export/")] = '1';
    text.data[text.len - 1] = ' ';
    while (text.len < R_EXPORT_MAX)
        buf_putc(&text, ' ');
    buf_putc(&text, '\n');
    assert_int_equal(r_export_parse(&out, text.data, text.len, NULL), HZ_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prooffile), cmocka_unit_test(test_proof_of_65), cmocka_unit_test(test_proof_line),
        cmocka_unit_test(test_export),    cmocka_unit_test(test_export_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
