/* Keys that were met before. */
#include "formats/read/trust.h"
#include "tests/unit/read/sample.h"
#include "tests/unit/read/ssh.h"

/* What is kept of a key answers for this key alone, and makes no signature better than it is. */
static void test_keys_met(void **state)
{
    static const char *const names[] = { "good/p256.tar", "good/ed25519.tar", "good/sk-p256.tar",
                                         "good/sk-ed25519.tar" };
    struct r_keys keys = { 0 };
    unsigned char digest[R_SHA512_SIZE];
    struct r_sshsig sig, bad;

    (void)state;
    for (size_t i = 0; i < 12; i++) {
        struct r_pubkey key;
        sample_signature(names[i % 4], &keys, &sig, digest);
        assert_non_null(sig.met);
        assert_int_equal(sig.met->handle.made != NULL, i >= 4);
        assert_int_equal(r_trust_verify(&sig, "hozen-bundle-v1", digest, NULL), HZ_OK);
        assert_non_null(sig.met->handle.made);
        key = sig.key;
        sample_signature(names[i % 4], NULL, &sig, digest);
        assert_null(sig.met);
        assert_memory_equal(&key, &sig.key, sizeof key);
        sample_signature(names[i % 4], &keys, &sig, digest);
        bad = sig;
        bad.signature[40] ^= 1;
        assert_int_equal(r_trust_verify(&bad, "hozen-bundle-v1", digest, NULL), HZ_E_INVALID);
        bad = sig;
        bad.key.point[9] ^= 1;
        assert_int_equal(r_trust_verify(&bad, "hozen-bundle-v1", digest, NULL), HZ_E_INVALID);
    }
    r_keys_free(&keys);
    assert_int_equal(keys.met[0].len, 0);
}

static void put_number(struct buf *blob, unsigned char last)
{
    unsigned char point[32] = { 9 };

    point[5] = last;
    buf_reset(blob);
    put_string(blob, "ssh-ed25519", 11);
    put_string(blob, point, sizeof point);
}

/* More keys than there are places, and blobs that have none. */
static void test_keys_many(void **state)
{
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(1024);
    struct r_key_met *met, *first = NULL;
    struct r_keys keys = { 0 };
    struct r_pubkey key;

    (void)state;
    for (unsigned char i = 0; i < 2 * R_KEYS; i++) {
        put_number(&blob, i);
        assert_int_equal(r_keys_read(&keys, blob.data, blob.len, &key, &met), HZ_OK);
        assert_true(met != NULL && (i != R_KEYS || met == first));
        assert_int_equal(met->key.point[5], i);
        first = i == 0 ? met : first;
    }
    put_number(&blob, 0);
    assert_int_equal(r_keys_read(&keys, blob.data, blob.len - 1, &key, &met), HZ_E_FORMAT);
    assert_null(met);
    buf_reset(&blob);
    put_string(&blob, "unknown", 7);
    put_string(&blob, keys.met, 255);
    assert_int_equal(r_keys_read(&keys, blob.data, blob.len, &key, &met), HZ_OK);
    assert_null(met);
    r_keys_free(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_met),
        cmocka_unit_test(test_keys_many),
    };

    r_hash_start(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
