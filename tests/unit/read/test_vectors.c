/* The published vectors, read where they lie outside the project, through what a signature goes through. */
#include <stdio.h>

#include "base/io_rw.h"
#include "formats/read/trust.h"
#include "tests/unit/read/ssh.h"

static void read_vectors(struct buf *out, const char *name)
{
    struct hz_error err;
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", HOZEN_VECTORS, name);
    if (io_read_file(path, out, &err)) {
        print_message("skipped: %s; set HOZEN_VECTORS to the folder of the published test vectors\n", err.text);
        skip();
    }
    assert_non_null(buf_text(out));
}

/* The text of "key": "text" after p, before end; NULL when there is none */
static const char *text_after(const char *p, const char *end, const char *key, size_t *len)
{
    char quoted[64];
    const char *found;

    *len = 0;
    snprintf(quoted, sizeof quoted, "\"%s\": \"", key);
    found = strstr(p, quoted);
    if (!found || (end && found >= end))
        return NULL;
    found += strlen(quoted);
    *len = strcspn(found, "\"");
    return found;
}

/* As much of the way of a signature as the vector can go: key blob, signature blob, OpenSSL */
static bool verifies(enum r_pubkey_algorithm algorithm, const unsigned char *point, size_t point_len,
                     const unsigned char *raw, size_t raw_len, const void *message, size_t message_len)
{
    const char *type = algorithm == R_PUBKEY_P256 ? "ecdsa-sha2-nistp256" : "ssh-ed25519";
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(4096), sig = BUF_INIT(4096);
    struct r_sshsig read;

    put_string(&blob, type, strlen(type));
    if (algorithm == R_PUBKEY_P256)
        put_string(&blob, "nistp256", 8);
    put_string(&blob, point, point_len);
    put_string(&sig, type, strlen(type));
    put_string(&sig, raw, raw_len);
    if (r_pubkey_read(blob.data, blob.len, &read.key) ||
        !r_sshsig_signature((struct r_sshwire) { sig.data, sig.len }, &read))
        return false;
    assert_int_equal(read.key.algorithm, algorithm);
    return (algorithm == R_PUBKEY_P256
                ? r_trust_p256(read.key.point, read.signature, message, message_len, NULL)
                : r_trust_ed25519(read.key.point, read.signature, message, message_len, NULL)) == HZ_OK;
}

/* A DER signature as SSH writes it: contents of the two INTEGERs as mpints. 0 when the structure is not DER's. */
static size_t der_to_ssh(const unsigned char *der, size_t len, unsigned char *out)
{
    HZ_CLEANUP(buf_free) struct buf ssh = BUF_INIT(4096);
    size_t at = 2, i;

    if (len < 2 || der[0] != 0x30 || der[1] >= 0x80 || der[1] != len - 2)
        return 0;
    for (i = 0; i < 2; i++) {
        if (len - at < 2 || der[at] != 2 || der[at + 1] >= 0x80 || der[at + 1] > len - at - 2)
            return 0;
        put_string(&ssh, der + at + 2, der[at + 1]);
        at += 2 + (size_t)der[at + 1];
    }
    if (at != len)
        return 0;
    memcpy(out, ssh.data, ssh.len);
    return ssh.len;
}

static void run_wycheproof(const char *file, enum r_pubkey_algorithm algorithm, const char *key_name, size_t wanted)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)16 * 1024 * 1024);
    const char *group, *test, *p, *result;
    size_t len, count = 0, accepted = 0;

    read_vectors(&text, file);
    for (group = strstr(buf_text(&text), "\"publicKey\": {"); group; group = strstr(group + 1, "\"publicKey\": {")) {
        const char *next = strstr(group + 1, "\"publicKey\": {");
        unsigned char point[80];
        size_t point_len;

        p = text_after(group, NULL, key_name, &len);
        point_len = from_hex(point, sizeof point, p, len);
        for (test = strstr(group, "\"tcId\""); test && (!next || test < next); test = strstr(test + 1, "\"tcId\"")) {
            unsigned char message[4096], sig[8192], ssh[8192];
            size_t message_len, sig_len;
            bool valid, got;

            p = text_after(test, NULL, "msg", &len);
            message_len = from_hex(message, sizeof message, p, len);
            p = text_after(test, NULL, "sig", &len);
            sig_len = from_hex(sig, sizeof sig, p, len);
            result = text_after(test, NULL, "result", &len);
            valid = len == 5 && memcmp(result, "valid", 5) == 0;
            if (algorithm == R_PUBKEY_P256) {
                sig_len = der_to_ssh(sig, sig_len, ssh);
                got = sig_len && verifies(algorithm, point, point_len, ssh, sig_len, message, message_len);
            } else {
                got = verifies(algorithm, point, point_len, sig, sig_len, message, message_len);
            }
            if (got != valid)
                fail_msg("%s: %.20s: %s, but it is %s", file, test, got ? "accepted" : "refused",
                         valid ? "valid" : "invalid");
            count++;
            accepted += got;
        }
    }
    assert_int_equal(count, wanted);
    assert_in_range(accepted, 1, count - 1);
}

static void test_wycheproof_ed25519(void **state)
{
    (void)state;
    run_wycheproof("wycheproof/ed25519_test.json", R_PUBKEY_ED25519, "pk", 151);
}

static void test_wycheproof_p256(void **state)
{
    (void)state;
    run_wycheproof("wycheproof/ecdsa_secp256r1_sha256_test.json", R_PUBKEY_P256, "uncompressed", 484);
}

static bool has_flag(const char *test, const char *end, const char *flag)
{
    const char *found = strstr(test, flag);

    return found && (!end || found < end);
}

/* The policy for the cases in which libraries differ: keys of small order and keys or R that are not canonical are
 * refused, and the equation is checked without the cofactor. */
static void test_cctv(void **state)
{
    static const char *const refused[] = { "\"low_order_A\"", "\"non_canonical_A\"", "\"non_canonical_R\"",
                                           "\"low_order_residue\"" };
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)16 * 1024 * 1024);
    size_t count = 0, accepted = 0;
    const char *test, *next;

    (void)state;
    read_vectors(&text, "cctv/ed25519vectors.json");
    for (test = strstr(buf_text(&text), "\"number\""); test; test = next, count++) {
        unsigned char key[32], sig[64];
        const char *p, *message;
        bool wanted = true, got;
        size_t i, len;

        next = strstr(test + 1, "\"number\"");
        p = text_after(test, next, "key", &len);
        assert_int_equal(from_hex(key, sizeof key, p, len), 32);
        p = text_after(test, next, "sig", &len);
        assert_int_equal(from_hex(sig, sizeof sig, p, len), 64);
        message = text_after(test, next, "msg", &len);
        for (i = 0; i < sizeof refused / sizeof refused[0]; i++)
            wanted = wanted && !has_flag(test, next, refused[i]);
        got = verifies(R_PUBKEY_ED25519, key, 32, sig, 64, message, len);
        if (got != wanted)
            fail_msg("%.20s: %s", test, got ? "accepted" : "refused");
        accepted += got;
    }
    assert_int_equal(count, 914);
    assert_in_range(accepted, 1, count - 1);
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wycheproof_ed25519),
        cmocka_unit_test(test_wycheproof_p256),
        cmocka_unit_test(test_cctv),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
