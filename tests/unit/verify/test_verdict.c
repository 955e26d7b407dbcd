#include "base/text.h"
#include "tests/unit/verify/served.h"
#include "verify/verdict.h"

/* Lines of the list that comes with the samples, for those whose principal begins with `who` */
static void read_list(const char *who, struct r_signers *out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(65536), lines = BUF_INIT(65536);
    char path[4096];
    const char *p;

    served_path(path, sizeof path, "allowed_signers");
    assert_int_equal(io_read_file(path, &text, NULL), HZ_OK);
    for (p = buf_text(&text); *p; p += strcspn(p, "\n"), p += *p == '\n')
        if (strncmp(p, who, strlen(who)) == 0)
            buf_put(&lines, p, strcspn(p, "\n") + 1);
    assert_int_equal(r_signers_read(lines.len ? (char *)lines.data : "", lines.len, out, NULL), HZ_OK);
}

static bool found(const struct r_findings *list, enum r_code code)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        if (list->list[i].code == code)
            return true;
    return false;
}

struct expected {
    const char *bundle, *who; /* who NULL: no list */
    enum verdict_answer answer;
    enum verdict_integrity integrity;
    enum verdict_authenticity authenticity;
    enum r_code code; /* among findings or notices; R_CODE_COUNT: no findings */
};

static void check(const struct expected *e)
{
    struct verdict_policy policy = { .now = stamp_now() };
    struct r_signers signers = { NULL, 0 };
    struct verdict v;
    struct account a;

    served_account(e->bundle, &a);
    if (e->who)
        read_list(e->who, &signers);
    policy.signers = e->who ? &signers : NULL;
    assert_int_equal(verdict_make(&a, &policy, &v, NULL), HZ_OK);
    if (v.answer != e->answer || v.integrity != e->integrity || v.authenticity != e->authenticity)
        fail_msg("%s for %s: %s %s %s", e->bundle, e->who ? e->who : "nobody", verdict_word(v.answer),
                 verdict_integrity_word(v.integrity), verdict_authenticity_word(v.authenticity));
    if (e->code == R_CODE_COUNT)
        assert_int_equal(a.result.findings.count, 0);
    else
        assert_true(found(&a.result.findings, e->code) || found(&a.result.notices, e->code));
    assert_int_equal(found(&a.result.notices, R_NOTE_TIME_UNPROVEN), v.authenticity == AUTHENTICITY_TRUSTED);
    r_signers_free(&signers);
    account_free(&a);
}

static void test_table(void **state)
{
    static const struct expected table[] = {
        { "good/p256.tar", NULL, VERDICT_UNDETERMINED, INTEGRITY_INTACT, AUTHENTICITY_UNTRUSTED, R_CODE_COUNT },
        { "good/p256.tar", "sato", VERDICT_VERIFIED, INTEGRITY_INTACT, AUTHENTICITY_TRUSTED, R_CODE_COUNT },
        { "good/ed25519.tar", "sato", VERDICT_VERIFIED, INTEGRITY_INTACT, AUTHENTICITY_TRUSTED, R_CODE_COUNT },
        { "good/p256.tar", "nobody", VERDICT_FAILED, INTEGRITY_INTACT, AUTHENTICITY_UNTRUSTED, R_SIGNER_UNTRUSTED },
        { "good/p256.tar", "operator", VERDICT_FAILED, INTEGRITY_INTACT, AUTHENTICITY_UNTRUSTED, R_SIGNER_UNTRUSTED },
        { "good/two-signatures.tar", "sato", VERDICT_VERIFIED, INTEGRITY_INTACT, AUTHENTICITY_TRUSTED, R_CODE_COUNT },
        { "good/unknown-algorithm-beside.tar", "sato", VERDICT_VERIFIED, INTEGRITY_INTACT, AUTHENTICITY_TRUSTED,
          R_NOTE_UNKNOWN_ALGORITHM },
        { "bad/content-altered.tar", "sato", VERDICT_FAILED, INTEGRITY_ALTERED, AUTHENTICITY_TRUSTED,
          R_PAYLOAD_ALTERED },
        { "bad/content-altered.tar", NULL, VERDICT_FAILED, INTEGRITY_ALTERED, AUTHENTICITY_UNTRUSTED,
          R_PAYLOAD_ALTERED },
        { "bad/stripped-expected.tar", "sato", VERDICT_FAILED, INTEGRITY_INTACT, AUTHENTICITY_ABSENT,
          R_SIGNATURE_MISSING },
        { "bad/signature-of-other-bundle.tar", "sato", VERDICT_FAILED, INTEGRITY_INTACT, AUTHENTICITY_INVALID,
          R_SIGNATURE_INVALID },
        { "bad/too-deep.tar", "sato", VERDICT_UNDETERMINED, INTEGRITY_UNDETERMINED, AUTHENTICITY_TRUSTED,
          R_LIMIT_EXCEEDED },
        { "bad/byte-after-end.tar", "sato", VERDICT_FAILED, INTEGRITY_ALTERED, AUTHENTICITY_TRUSTED,
          R_CONTAINER_TRAILING_DATA },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof table / sizeof table[0]; i++)
        check(&table[i]);
}

/* Revoked: not verified, whatever the list says */
static void test_revoked(void **state)
{
    struct verdict_policy policy = { .now = stamp_now() };
    struct r_signers signers;
    unsigned char ids[1][R_SHA256_SIZE];
    struct r_revoked revoked = { ids, 1 };
    struct verdict v;
    struct account a;

    (void)state;
    served_account("good/p256.tar", &a);
    read_list("sato", &signers);
    assert_int_equal(text_unhex(ids[0], R_SHA256_SIZE, a.signatures[0].keyid, 64), HZ_OK);
    policy.signers = &signers;
    policy.revoked = &revoked;
    assert_int_equal(verdict_make(&a, &policy, &v, NULL), HZ_OK);
    assert_int_equal(v.answer, VERDICT_FAILED);
    assert_int_equal(v.authenticity, AUTHENTICITY_INVALID);
    assert_true(found(&a.result.findings, R_SIGNER_REVOKED));
    r_signers_free(&signers);
    account_free(&a);
}

/* A countersignature beside the bundle: by somebody trusted it verifies a bundle that a one-time key signed; one that
 * is nonsense is a notice */
static void test_sidecars(void **state)
{
    struct verdict_sidecar sidecar = { .name = text_copy("x.sshsig"), .text = BUF_INIT(8192) };
    struct verdict_policy policy = { .now = stamp_now(), .sidecars = &sidecar, .sidecar_count = 1 };
    struct policy found_beside;
    struct r_signers signers;
    struct verdict v;
    struct account a;
    char path[4096];

    (void)state;
    read_list("operator", &signers);
    served_path(path, sizeof path, "good/countersigned.tar");
    assert_int_equal(policy_load(&found_beside, &(struct policy_order) { .bundle = path }, NULL), HZ_OK);
    assert_int_equal(found_beside.use.sidecar_count, 1);
    assert_int_equal(strlen(found_beside.sidecars[0].keyid), 64);
    found_beside.use.signers = &signers;
    served_account("good/countersigned.tar", &a);
    assert_int_equal(verdict_make(&a, &found_beside.use, &v, NULL), HZ_OK);
    assert_int_equal(v.answer, VERDICT_VERIFIED);
    assert_true(v.signer_count == 2 && v.signers[1].sidecar && v.signers[1].trusted && !v.signers[0].trusted);
    assert_true(found(&a.result.notices, R_NOTE_SIGNER_NOT_TRUSTED));
    account_free(&a);
    found_beside.use.signers = NULL;
    policy_free(&found_beside);

    served_account("good/p256.tar", &a);
    buf_puts(&sidecar.text, "nonsense");
    policy.signers = &signers;
    assert_int_equal(verdict_make(&a, &policy, &v, NULL), HZ_OK);
    assert_int_equal(v.answer, VERDICT_FAILED);
    assert_true(found(&a.result.notices, R_NOTE_SIDECAR_INVALID));
    account_free(&a);
    r_signers_free(&signers);
    buf_free(&sidecar.text);
    free(sidecar.name);
}

/* A reader that did not get to the end, or says so, verifies nothing, even without a finding */
static void test_not_ended(void **state)
{
    struct verdict_policy policy = { .now = stamp_now() };
    struct r_signers signers;
    struct verdict v;
    struct account a;
    int i;

    (void)state;
    read_list("sato", &signers);
    policy.signers = &signers;
    for (i = 0; i < 2; i++) {
        served_account("good/p256.tar", &a);
        a.result.ended = i == 0;
        a.result.complete = i == 1;
        assert_int_equal(verdict_make(&a, &policy, &v, NULL), HZ_OK);
        assert_int_equal(v.answer, VERDICT_UNDETERMINED);
        account_free(&a);
    }
    r_signers_free(&signers);
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_table), cmocka_unit_test(test_revoked),
                                        cmocka_unit_test(test_sidecars), cmocka_unit_test(test_not_ended) };

    return cmocka_run_group_tests(tests, start, NULL);
}
