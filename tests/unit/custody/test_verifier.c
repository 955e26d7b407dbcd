/* The answer of hozen-verify, read by custody. */
#include "custody/verifier.h"
#include "tests/unit/test.h"

#define KEY_A "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KEY_B "SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA"
#define DIGEST "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static int read_text(struct verifier *v, const char *text)
{
    return verifier_read(v, text, strlen(text), NULL);
}

static void test_whole(void **state)
{
    struct verifier v;
    struct w_evidence e;

    (void)state;
    assert_int_equal(
        read_text(
            &v,
            "{\"authenticity\":\"untrusted\",\"bundle\":\"X\",\"bytes\":\"5\",\"case\":\"C\",\"content_id\":\"" DIGEST
            "\",\"file_sha256\":\"" DIGEST "\",\"files\":2,\"findings\":[{\"code\":\"tag-altered\"},"
            "{\"code\":\"payload-altered\",\"path\":\"data/x\"},{\"code\":\"tag-altered\"}],\"host\":\"a\\nb\","
            "\"integrity\":\"altered\",\"new\":[{\"x\":1}],\"schema\":\"hozen-verify/1\",\"signers\":["
            "{\"key\":\"" KEY_B "\",\"role\":\"operator\"},{\"key\":\"" KEY_A "\",\"role\":\"collector\"},"
            "{\"key\":\"none\"}],\"verdict\":\"failed\"}\n"),
        HZ_OK);
    assert_string_equal(v.item, "X");
    assert_string_equal(v.file_sha256, DIGEST);
    assert_null(v.host); /* two lines: nothing that a record can hold */
    assert_true(verifier_signed_by(&v, KEY_A));
    assert_false(verifier_signed_by(&v, KEY_B)); /* beside it, not inside */
    e = verifier_evidence(&v);
    assert_string_equal(e.files, "2");
    assert_int_equal(e.finding_count, 2);
    assert_string_equal(e.findings[0], "payload-altered");
    assert_string_equal(e.findings[1], "tag-altered");
    assert_int_equal(e.signer_count, 2);
    assert_string_equal(e.signers[0], KEY_A);
    verifier_free(&v);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "{}",
        "verified",
        "{\"authenticity\":\"trusted\",\"integrity\":\"intact\",\"schema\":\"hozen-verify/"
        "2\",\"verdict\":\"verified\"}",
        "{\"authenticity\":\"trusted\",\"integrity\":\"intact\",\"schema\":\"hozen-verify/1\"}",
        "{\"authenticity\":\"trusted\",\"file_sha256\":\"aa\",\"integrity\":\"intact\",\"schema\":\"hozen-verify/1\","
        "\"verdict\":\"verified\"}",
        "{\"authenticity\":\"trusted\",\"integrity\":\"intact\",\"schema\":\"hozen-verify/1\",\"verdict\":\"verified\"",
    };
    struct verifier v;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(read_text(&v, bad[i]), HZ_E_FORMAT);
}

/* Whatever was found of it: another file than the one that was asked for. */
static void test_held(void **state)
{
    char *const codes[] = { "container-trailing-data", "tag-altered" };
    const char *const then[] = { "container-trailing-data", VERIFIER_MISMATCH, "tag-altered" };

    (void)state;
    for (size_t count = 0; count <= R_STATEMENT_LIST; count += count == 2 ? R_STATEMENT_LIST - 2 : 1) {
        struct verifier v = { .verdict = strdup("verified"), .integrity = strdup("intact") };
        memcpy(v.file_sha256, DIGEST, sizeof DIGEST);
        for (size_t i = 0; i < count; i++)
            v.findings[v.finding_count++] = strdup(codes[i == 0 ? 0 : 1]);
        assert_int_equal(verifier_hold(&v, DIGEST, NULL), HZ_OK);
        assert_string_equal(v.verdict, "verified");
        assert_int_equal(v.finding_count, count);
        assert_int_equal(verifier_hold(&v, KEY_A, NULL), HZ_OK);
        assert_string_equal(v.verdict, "failed");
        assert_string_equal(v.integrity, "altered");
        assert_int_equal(v.finding_count, count < R_STATEMENT_LIST ? count + 1 : count);
        assert_string_equal(v.findings[count == 0 ? 0 : 1], VERIFIER_MISMATCH);
        for (size_t i = 0; count == 2 && i < 3; i++)
            assert_string_equal(v.findings[i], then[i]);
        verifier_free(&v);
    }
}

TEST_MAIN(cmocka_unit_test(test_whole), cmocka_unit_test(test_refused), cmocka_unit_test(test_held))
