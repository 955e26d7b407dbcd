/* Lists of persons whom one trusts, lists of revoked keys, and what they say of a key. */
#include <stdio.h>
#include <stdlib.h>

#include "formats/read/trust.h"
#include "tests/unit/test.h"

#define P256                                                                                                           \
    "ecdsa-sha2-nistp256 "                                                                                             \
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBPQwfTFfNioWuSxVZoeox5/8oFv9mcKKrzGLCM"                       \
    "smHcDUMwpyqBMn12UBK1qeLxOOZQA8urfA88HKRghyL8E4vj0="

#define SK                                                                                                             \
    "sk-ecdsa-sha2-nistp256@openssh.com "                                                                              \
    "AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBLyO0ZuOBWNjpc4/N8/StUNFpEuYdFkObvFpuF8S" \
    "kpZOZWt6e81AfzM9k+NJF+Dgf+OG99TF7RA81Z15BOVkv6MAAAAEc3NoOg=="

/* The same with another y: no point of the curve. */
#define P256_OFF                                                                                                       \
    "ecdsa-sha2-nistp256 "                                                                                             \
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBPQwfTFfNioWuSxVZoeox5/8oFv9mcKKrzGLCM"                       \
    "smHcDUMwpyqBMn12UBK1qeLxOOZQA8urfA88HKRghyL8E4vjw="

#define SK_OFF                                                                                                         \
    "sk-ecdsa-sha2-nistp256@openssh.com "                                                                              \
    "AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBLyO0ZuOBWNjpc4/N8"                       \
    "/StUNFpEuYdFkObvFpuF8SkpZOZWt6e81AfzM9k+NJF+Dgf+OG99TF7RA81Z15BOVkv6IAAAAEc3NoOg=="

static bool is_list(const char *text)
{
    struct r_signers list = { NULL, 0 };
    bool good = r_signers_read(text, strlen(text), &list, NULL) == HZ_OK;

    r_signers_free(&list);
    return good;
}

/* In an exported folder a person without a mail address is called by the keyid of the key. */
static void test_exported(void **state)
{
    static const char keyid[] = "be4bb6dc3a55e5a1a4a4b1a3a9c3b6e7f2a1c0d9e8f7a6b5c4d3e2f1a0b9c8d7";
    static const char after[] = " namespaces=\"hozen-ledger-v1\" " P256 " Sato Hanako\n";
    char line[600];
    struct r_signers list = { NULL, 0 };
    struct r_pubkey key;

    (void)state;
    assert_int_equal(r_pubkey_line(P256, strlen(P256), &key), HZ_OK);
    snprintf(line, sizeof line, "%s%s", key.keyid, after);
    assert_false(is_list(line)); /* whom one trusts is never a digest */
    assert_int_equal(r_signers_read_exported(line, strlen(line), &list, NULL), HZ_OK);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.list[0].principal, key.keyid);
    r_signers_free(&list);
    snprintf(line, sizeof line, "a@b%s", after);
    assert_int_equal(r_signers_read_exported(line, strlen(line), &list, NULL), HZ_OK);
    r_signers_free(&list);
    for (size_t i = 0; i < 4; i++) {
        const char *const wrong[] = { keyid, "a", "", "*" };
        snprintf(line, sizeof line, "%s%s", wrong[i], after);
        assert_int_equal(r_signers_read_exported(line, strlen(line), &list, NULL), HZ_E_FORMAT);
    }
}

static const char *const good_lists[] = {
    "",
    "\n\n",
    "# nobody\n",
    "a@b " P256,
    "a@b " P256 "\n",
    "a@b " P256 " a comment, with = and \"\n",
    "a@b namespaces=\"x\" " P256 "\n",
    "a@b namespaces=\"x,y-1\",valid-after=\"20260101Z\" " P256 "\n",
    "a@b valid-before=\"202601010000Z\" " P256 "\n",
    "a@b valid-after=\"20260228235959Z\" " P256 "\n#x\n\na@b " P256 "\n",
    "sato.hanako+x@csirt.example " P256 "\n",
    "a@b " SK "\n",
    "a@b no-touch-required " SK "\n",
    "a@b verify-required " SK,
    "a@b verify-required,namespaces=\"x\",no-touch-required,valid-after=\"20260101Z\" " SK,
};
static const char *const bad_lists[] = {
    "a@b",
    "a@b " P256_OFF,
    "a@b " P256 "\na@b " SK_OFF "\n",
    "a@b ",
    P256 "\n",
    "a " P256,
    "* " P256,
    "*@b " P256,
    "a@* " P256,
    "a?@b " P256,
    "!a@b " P256,
    "a@b,c@d " P256,
    "@b " P256,
    "a@ " P256,
    "a@b@c " P256,
    "\"a@b\" " P256,
    "a@b  " P256,
    "a@b\t" P256,
    " a@b " P256,
    "a@b " P256 "\r\n",
    "a@b cert-authority " P256,
    "a@b cert-authority,namespaces=\"x\" " P256,
    "a@b namespaces=x " P256,
    "a@b namespaces=\"\" " P256,
    "a@b namespaces=\"x,\" " P256,
    "a@b namespaces=\",x\" " P256,
    "a@b namespaces=\"*\" " P256,
    "a@b namespaces=\"x y\" " P256,
    "a@b Namespaces=\"x\" " P256,
    "a@b namespaces=\"x\",namespaces=\"x\" " P256,
    "a@b namespaces=\"x\" valid-after=\"20260101Z\" " P256,
    "a@b namespaces=\"x\", valid-after=\"20260101Z\" " P256,
    "a@b valid-after=\"20260101\" " P256,
    "a@b valid-after=\"20260101z\" " P256,
    "a@b valid-after=\"20261301Z\" " P256,
    "a@b valid-after=\"20260230Z\" " P256,
    "a@b valid-after=\"2026010100Z\" " P256,
    "a@b valid-after=\"202601012400Z\" " P256,
    "a@b valid-after=\"\" " P256,
    "a@b valid-after=\"20260101Z " P256,
    "a@b namespaces=\"x\"" P256,
    "a@b namespaces=\"x\",\" " P256,
    "a@b valid-after=\"20260101Z\",valid-after=\"20260101Z\" " P256,
    "a@b verify-required " P256,
    "a@b namespaces=\"x\",no-touch-required " P256,
    "a@b no-touch-required,no-touch-required " SK,
    "a@b verify-required,no-touch-required,verify-required " SK,
    "a@b no-touch-required=\"\" " SK,
    "a@b no-touch-required=\"x\" " SK,
    "a@b no-touch-requiredx " SK,
    "a@b No-touch-required " SK,
    "a@b no-touch-required",
    "a@b no-touch-required, " SK,
    "a@b ,no-touch-required " SK,
    "a@b no-touch-required  " SK,
    "a@b ssh-ed25519 AAAA",
    "a@b ssh-ed25519 " P256,
    "a@b ecdsa-sha2-nistp256",
    "a@b ecdsa-sha2-nistp256 ",
    "\xef\xbb\xbf"
    "a@b " P256,
    "a@b " P256 "\nx\n",
    "a@b ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY=",
};

static void test_signers(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good_lists / sizeof good_lists[0]; i++)
        if (!is_list(good_lists[i]))
            fail_msg("refused: %s", good_lists[i]);
    for (i = 0; i < sizeof bad_lists / sizeof bad_lists[0]; i++)
        if (is_list(bad_lists[i]))
            fail_msg("accepted: %s", bad_lists[i]);
}

static void test_line_number(void **state)
{
    struct r_signers list = { NULL, 0 };
    struct hz_error err = { .code = HZ_OK };

    (void)state;
    assert_int_equal(
        r_signers_read("# a\n\na@b " P256 "\nwrong\n", strlen("# a\n\na@b " P256 "\nwrong\n"), &list, &err),
        HZ_E_FORMAT);
    assert_non_null(strstr(err.text, "line 4"));
    assert_null(list.list);
}

static void test_revoked(void **state)
{
    static const char good[] = "# lost\n" P256 " comment\n\nSHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n";
    static const char *const bad[] = {
        "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "SHA256:\n",  "x\n", "MD5:00\n",
        "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV\n",  " " P256 "\n"
    };
    unsigned char id[R_SHA256_SIZE];
    struct r_revoked list = { NULL, 0 };
    struct r_pubkey key;
    size_t i;

    (void)state;
    assert_int_equal(r_signers_revoked(good, sizeof good - 1, &list, NULL), HZ_OK);
    assert_int_equal(list.count, 2);
    assert_int_equal(r_pubkey_line(P256, sizeof P256 - 1, &key), HZ_OK);
    assert_true(r_signers_is_revoked(&list, key.id));
    r_hash_sha256(id, "", 0);
    assert_true(r_signers_is_revoked(&list, id));
    id[0] ^= 1;
    assert_false(r_signers_is_revoked(&list, id) || r_signers_is_revoked(NULL, id));
    r_signers_revoked_free(&list);
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(r_signers_revoked(bad[i], strlen(bad[i]), &list, NULL), HZ_E_FORMAT);
}

static enum r_trust_answer judge_flags(const char *text, const char *public_key, unsigned char flags,
                                       const char *name_space, const char *claimed, const char *now,
                                       const struct r_revoked *revoked)
{
    struct r_signers list = { NULL, 0 };
    struct stamp a, b;
    struct r_pubkey key;
    enum r_trust_answer answer;
    const char *who;

    assert_int_equal(r_pubkey_line(public_key, strlen(public_key), &key), HZ_OK);
    assert_int_equal(r_signers_read(text, strlen(text), &list, NULL), HZ_OK);
    assert_int_equal(stamp_parse_lenient(&a, claimed) | stamp_parse_lenient(&b, now), HZ_OK);
    answer = r_trust_judge(&list, revoked, &key, flags, name_space, a, b, &who);
    assert_int_equal(who != NULL, answer != R_TRUST_NOT_ON_LIST);
    r_signers_free(&list);
    return answer;
}

static enum r_trust_answer judge(const char *text, const char *name_space, const char *claimed, const char *now,
                                 const struct r_revoked *revoked)
{
    return judge_flags(text, P256, 0, name_space, claimed, now, revoked);
}

#define THEN "2026-06-01T00:00:00Z"
#define NOW "2026-11-20T00:00:00Z"

static void test_judge(void **state)
{
    unsigned char ids[1][R_SHA256_SIZE];
    struct r_revoked revoked = { ids, 1 };
    struct r_pubkey key;

    (void)state;
    assert_int_equal(r_pubkey_line(P256, sizeof P256 - 1, &key), HZ_OK);
    memcpy(ids[0], key.id, R_SHA256_SIZE);
    assert_int_equal(judge("", "n", THEN, NOW, NULL), R_TRUST_NOT_ON_LIST);
    assert_int_equal(judge("a@b " P256, "n", THEN, NOW, NULL), R_TRUST_YES);
    assert_int_equal(judge("a@b namespaces=\"m,n\" " P256, "n", THEN, NOW, NULL), R_TRUST_YES);
    assert_int_equal(judge("a@b namespaces=\"m,nn\" " P256, "n", THEN, NOW, NULL), R_TRUST_NAMESPACE);
    assert_int_equal(judge("a@b valid-after=\"20260601Z\" " P256, "n", THEN, NOW, NULL), R_TRUST_YES);
    assert_int_equal(judge("a@b valid-after=\"20260602Z\" " P256, "n", THEN, NOW, NULL), R_TRUST_VALIDITY);
    assert_int_equal(judge("a@b valid-before=\"20261119Z\" " P256, "n", THEN, NOW, NULL), R_TRUST_VALIDITY);
    assert_int_equal(judge("a@b valid-before=\"20261120Z\" " P256, "n", THEN, NOW, NULL), R_TRUST_YES);
    assert_int_equal(judge("a@b valid-before=\"20200101Z\" " P256 "\nc@d " P256, "n", THEN, NOW, NULL), R_TRUST_YES);
    assert_int_equal(judge("a@b namespaces=\"m\" " P256 "\nc@d valid-before=\"20200101Z\" " P256, "n", THEN, NOW, NULL),
                     R_TRUST_VALIDITY);
    assert_int_equal(judge("a@b " P256, "n", THEN, NOW, &revoked), R_TRUST_REVOKED);
}

/* Whether a token must have been touched, or have asked for a PIN, is for its line to say */
static void test_touch(void **state)
{
    static const struct {
        const char *list;
        bool trusted[8]; /* by flags: 1 touched, 4 verified */
    } cases[] = {
        { "a@b " SK, { 0, 1, 0, 1, 0, 1, 0, 1 } },
        { "a@b no-touch-required " SK, { 1, 1, 1, 1, 1, 1, 1, 1 } },
        { "a@b verify-required " SK, { 0, 0, 0, 0, 0, 1, 0, 1 } },
        { "a@b verify-required,no-touch-required " SK, { 0, 0, 0, 0, 1, 1, 1, 1 } },
        { "a@b verify-required " SK "\na@b " SK, { 0, 1, 0, 1, 0, 1, 0, 1 } },
    };
    size_t i;
    unsigned char flags;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (flags = 0; flags < 8; flags++)
            assert_int_equal(judge_flags(cases[i].list, SK, flags, "n", THEN, NOW, NULL),
                             cases[i].trusted[flags] ? R_TRUST_YES : R_TRUST_TOUCH);
    assert_int_equal(judge_flags("a@b namespaces=\"m\" " SK, SK, 0, "n", THEN, NOW, NULL), R_TRUST_NAMESPACE);
    assert_int_equal(judge_flags("a@b namespaces=\"m\" " SK "\na@b " SK, SK, 0, "n", THEN, NOW, NULL), R_TRUST_TOUCH);
    assert_int_equal(
        judge_flags("a@b " SK "\na@b no-touch-required,valid-before=\"20200101Z\" " SK, SK, 0, "n", THEN, NOW, NULL),
        R_TRUST_VALIDITY);
}

/* A value that does not end is no value. */
static void test_open_quote(void **state)
{
    static const char *const options[] = { "namespaces", "valid-after", "valid-before" };

    (void)state;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1024);
        struct r_signers list = { NULL, 0 };
        struct hz_error err = { 0 };

        buf_printf(&line, "a@b %s=\"20260101Z " P256, options[i]);
        assert_int_equal(r_signers_read((const char *)line.data, line.len, &list, &err), HZ_E_FORMAT);
        assert_non_null(strstr(err.text, "an option other than"));
        r_signers_free(&list);
    }
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signers),    cmocka_unit_test(test_exported), cmocka_unit_test(test_line_number),
        cmocka_unit_test(test_open_quote), cmocka_unit_test(test_revoked),  cmocka_unit_test(test_judge),
        cmocka_unit_test(test_touch),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
