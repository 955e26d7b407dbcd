/* What an agent may answer: keys of four kinds, their signatures, and everything near them that is none. */
#include "formats/write/pubkey.h"

#include "base/text.h"
#include "formats/write/sshwire.h"
#include "tests/unit/test.h"

#define MESSAGE "what is signed"

static struct hz_error err;

/* A key as an agent would show it, and a signature by it. Of a token: what its own processor would make. */
struct sample {
    struct w_key *key;
    struct buf blob, signature;
};

static const unsigned char tail[5] = { W_PUBKEY_TOUCHED, 0, 0, 0, 7 };

static void take_part(const struct buf *whole, struct w_sshwire_view *rest)
{
    struct w_sshwire_view type;
    *rest = (struct w_sshwire_view) { whole->data, whole->len };
    assert_true(w_sshwire_take(rest, &type));
}

static void of_token(struct sample *s, enum w_key_algorithm algorithm)
{
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(1024), data = BUF_INIT(1024), made = BUF_INIT(1024);
    struct w_sshwire_view rest;
    unsigned char digest[W_DIGEST_SIZE];
    take_part(&s->blob, &rest);
    w_sshwire_text(&blob, w_pubkey_name(algorithm));
    buf_put(&blob, rest.at, rest.len);
    w_sshwire_text(&blob, "ssh:");
    assert_int_equal(w_digest_of("ssh:", 4, digest, &err), HZ_OK);
    buf_put(&data, digest, sizeof digest);
    buf_put(&data, tail, sizeof tail);
    assert_int_equal(w_digest_of(MESSAGE, strlen(MESSAGE), digest, &err), HZ_OK);
    buf_put(&data, digest, sizeof digest);
    assert_int_equal(w_key_sign(s->key, data.data, data.len, &made, &err), HZ_OK);
    take_part(&made, &rest);
    buf_reset(&s->signature);
    w_sshwire_text(&s->signature, w_pubkey_name(algorithm));
    buf_put(&s->signature, rest.at, rest.len);
    buf_put(&s->signature, tail, sizeof tail);
    buf_reset(&s->blob);
    buf_put(&s->blob, blob.data, blob.len);
}

static void make(struct sample *s, enum w_key_algorithm algorithm)
{
    const bool p256 = algorithm == W_KEY_P256 || algorithm == W_KEY_SK_P256;
    *s = (struct sample) { NULL, BUF_INIT(1024), BUF_INIT(1024) };
    assert_int_equal(w_key_generate(&s->key, p256 ? W_KEY_P256 : W_KEY_ED25519, W_KEY_CUSTODY, &err), HZ_OK);
    buf_put(&s->blob, w_key_blob(s->key)->data, w_key_blob(s->key)->len);
    assert_int_equal(w_key_sign(s->key, MESSAGE, strlen(MESSAGE), &s->signature, &err), HZ_OK);
    if (w_pubkey_of_token(algorithm))
        of_token(s, algorithm);
}

static void drop(struct sample *s)
{
    w_key_free(s->key);
    buf_free(&s->blob);
    buf_free(&s->signature);
}

static int take(const struct sample *s, const char *message, struct buf *out, unsigned char *flags)
{
    struct w_pubkey key = { .pkey = NULL };
    int rc = w_pubkey_read(&key, &s->blob, &err);
    if (rc == HZ_OK)
        rc = w_pubkey_take(&key, &s->signature, message, strlen(message), out, flags, &err);
    w_pubkey_free(&key);
    return rc;
}

static bool holds(const struct sample *s)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1024);
    unsigned char flags = 0;
    return take(s, MESSAGE, &out, &flags) == HZ_OK;
}

static void all_four_kinds(void **state)
{
    (void)state;
    for (int algorithm = W_KEY_P256; algorithm <= W_KEY_SK_ED25519; algorithm++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1024);
        HZ_CLEANUP(drop) struct sample s;
        unsigned char flags = 99;
        make(&s, (enum w_key_algorithm)algorithm);
        assert_int_equal(take(&s, MESSAGE, &out, &flags), HZ_OK);
        assert_int_equal(flags, w_pubkey_of_token((enum w_key_algorithm)algorithm) ? W_PUBKEY_TOUCHED : 0);
        assert_int_equal(out.len, s.signature.len);
        assert_memory_equal(out.data, s.signature.data, out.len);
        assert_int_equal(take(&s, "another message", &out, &flags), HZ_E_INVALID);
    }
}

/* No byte of a signature can be another one, and none can be missing or added. */
static void every_byte_counts(void **state)
{
    (void)state;
    for (int algorithm = W_KEY_P256; algorithm <= W_KEY_SK_ED25519; algorithm++) {
        HZ_CLEANUP(drop) struct sample s;
        make(&s, (enum w_key_algorithm)algorithm);
        const size_t len = s.signature.len;
        for (size_t i = 0; i < len; i++) {
            for (unsigned bit = 1; bit < 256; bit <<= 1) {
                s.signature.data[i] ^= (unsigned char)bit;
                assert_false(holds(&s));
                s.signature.data[i] ^= (unsigned char)bit;
            }
            s.signature.len = i;
            assert_false(holds(&s));
            s.signature.len = len;
        }
        assert_true(holds(&s));
        buf_putc(&s.signature, '\0');
        assert_false(holds(&s));
    }
}

/* A key with another byte is another key, or none; one that is cut or longer is none. */
static void keys_near_by(void **state)
{
    (void)state;
    for (int algorithm = W_KEY_P256; algorithm <= W_KEY_SK_ED25519; algorithm++) {
        HZ_CLEANUP(drop) struct sample s;
        struct w_pubkey key = { .pkey = NULL };
        make(&s, (enum w_key_algorithm)algorithm);
        const size_t len = s.blob.len;
        for (size_t i = 0; i < len; i++) {
            s.blob.data[i] ^= 1;
            assert_false(holds(&s));
            s.blob.data[i] ^= 1;
            s.blob.len = i;
            assert_int_not_equal(w_pubkey_read(&key, &s.blob, &err), HZ_OK);
            assert_null(key.pkey);
            s.blob.len = len;
        }
        buf_putc(&s.blob, '\0');
        assert_int_equal(w_pubkey_read(&key, &s.blob, &err), HZ_E_FORMAT);
    }
}

static void other_kinds(void **state)
{
    static const char *const names[] = {
        "ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp384", "sk-ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", ""
    };
    struct w_pubkey key = { .pkey = NULL };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(1024);
        w_sshwire_text(&blob, names[i]);
        w_sshwire_text(&blob, "0123456789abcdef0123456789abcdef");
        assert_int_equal(w_pubkey_read(&key, &blob, &err), HZ_E_UNSUPPORTED);
    }
}

/* Zeros that a number does not need are left out; readers know one form only. */
static void one_form(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1024), numbers = BUF_INIT(1024), padded = BUF_INIT(1024);
    HZ_CLEANUP(drop) struct sample s;
    struct w_sshwire_view rest, pair, number;
    unsigned char flags;
    make(&s, W_KEY_P256);
    take_part(&s.signature, &rest);
    assert_true(w_sshwire_take(&rest, &pair));
    for (int i = 0; i < 2; i++) {
        assert_true(w_sshwire_take(&pair, &number));
        w_sshwire_u32(&numbers, (uint32_t)number.len + 2);
        buf_put(&numbers, "\0\0", 2);
        buf_put(&numbers, number.at, number.len);
    }
    w_sshwire_text(&padded, "ecdsa-sha2-nistp256");
    w_sshwire_bytes(&padded, numbers.data, numbers.len);
    const struct sample changed = { s.key, s.blob, padded };
    assert_int_equal(take(&changed, MESSAGE, &out, &flags), HZ_OK);
    assert_int_equal(out.len, s.signature.len);
    assert_memory_equal(out.data, s.signature.data, out.len);
}

TEST_MAIN(cmocka_unit_test(all_four_kinds), cmocka_unit_test(every_byte_counts), cmocka_unit_test(keys_near_by),
          cmocka_unit_test(other_kinds), cmocka_unit_test(one_form))
