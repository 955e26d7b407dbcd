/* SSHSIG envelopes at the bounds of their form. */
#include "formats/read/sshsig.h"
#include "tests/unit/read/ssh.h"

struct envelope {
    const char *name_space, *hash, *signature;
    size_t name_len, reserved, signature_len;
    unsigned char version;
};

/* An envelope of an algorithm that is not known here, of which only the form is judged */
static bool is_envelope(const struct envelope *e)
{
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(8192), key = BUF_INIT(64), text = BUF_INIT(16384);
    const unsigned char version[4] = { 0, 0, 0, e->version };
    struct r_sshsig sig;
    const char *wrong;

    put_string(&key, "kind", 4);
    buf_puts(&blob, "SSHSIG");
    buf_put(&blob, version, 4);
    put_string(&blob, key.data, key.len);
    put_string(&blob, e->name_space, e->name_len);
    put_string(&blob, "reserved", e->reserved);
    put_string(&blob, e->hash, strlen(e->hash));
    put_string(&blob, e->signature, e->signature_len);
    put_armour(&text, &blob, 70);
    return r_sshsig_read(text.data, text.len, &sig, &wrong) == HZ_OK;
}

static void test_envelope(void **state)
{
    static const char name[R_SSHSIG_NAMESPACE_MAX + 1] = { [0 ... R_SSHSIG_NAMESPACE_MAX] = 'n' };
    const struct envelope good = { name, "sha512", "\0\0\0\4kind\0\0\0\1x", 1, 0, 13, 1 };
    struct envelope e = good;

    (void)state;
    assert_true(is_envelope(&e));
    e.name_len = R_SSHSIG_NAMESPACE_MAX;
    assert_true(is_envelope(&e));
    e.name_len++;
    assert_false(is_envelope(&e));
    e.name_len = 0;
    assert_false(is_envelope(&e));
    e = good;
    e.name_space = "a\0b";
    e.name_len = 3;
    assert_false(is_envelope(&e));
    e = good;
    e.version = 2;
    assert_false(is_envelope(&e));
    e = good;
    e.reserved = 1;
    assert_false(is_envelope(&e));
    e = good;
    e.hash = "sha256";
    assert_false(is_envelope(&e));
    for (size_t n = 0; n < good.signature_len; n++) { /* of strings: one at least, each whole */
        e = good;
        e.signature_len = n;
        assert_int_equal(is_envelope(&e), n == 8);
    }
}

/* A key of an algorithm that is not known: strings, the first of which names it */
static void test_other_keys(void **state)
{
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(64);
    struct r_pubkey key;

    (void)state;
    assert_int_equal(r_pubkey_read("", 0, &key), HZ_E_FORMAT);
    put_string(&blob, "", 0);
    assert_int_equal(r_pubkey_read(blob.data, blob.len, &key), HZ_E_FORMAT);
    buf_reset(&blob);
    put_string(&blob, "kind", 4);
    assert_int_equal(r_pubkey_read(blob.data, blob.len, &key), HZ_OK);
    put_string(&blob, "x", 1);
    assert_int_equal(r_pubkey_read(blob.data, blob.len, &key), HZ_OK);
    assert_int_equal(key.algorithm, R_PUBKEY_UNKNOWN);
    assert_int_equal(r_pubkey_read(blob.data, blob.len - 1, &key), HZ_E_FORMAT);
    buf_putc(&blob, 0);
    assert_int_equal(r_pubkey_read(blob.data, blob.len, &key), HZ_E_FORMAT);
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_envelope), cmocka_unit_test(test_other_keys) };

    return cmocka_run_group_tests(tests, start, NULL);
}
