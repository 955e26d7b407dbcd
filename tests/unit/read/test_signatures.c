/* Armour, wire types, public keys, numbers of signatures. */
#include "formats/read/trust.h"
#include "tests/unit/read/sample.h"
#include "tests/unit/read/ssh.h"

static void read_signature(struct buf *out)
{
    struct sample s;
    size_t i;

    sample_load(&s, "good/p256.tar");
    for (i = 0; i < s.count; i++)
        if (strncmp(s.members[i].path, "signatures/", 11) == 0)
            buf_put(out, s.bytes.data + s.members[i].content, s.members[i].size);
    sample_free(&s);
    assert_true(out->len);
}

static bool reads(const void *text, size_t len)
{
    struct r_sshsig sig;
    const char *wrong;

    return r_sshsig_read(text, len, &sig, &wrong) == HZ_OK;
}

static void test_armour(void **state)
{
    HZ_CLEANUP(buf_free) struct buf good = BUF_INIT(8192), blob = BUF_INIT(8192), again = BUF_INIT(8192);
    size_t i;

    (void)state;
    read_signature(&good);
    assert_true(reads(good.data, good.len));
    assert_int_equal(r_sshwire_unarmour((char *)good.data, good.len, &blob), HZ_OK);
    put_armour(&again, &blob, 70);
    assert_true(again.len == good.len && memcmp(again.data, good.data, good.len) == 0);
    for (i = 1; i < 8; i++) { /* without the beginning, without the end */
        assert_int_equal(r_sshwire_unarmour((char *)good.data + i, good.len - i, &blob), HZ_E_FORMAT);
        assert_int_equal(r_sshwire_unarmour((char *)good.data, good.len - i, &blob), HZ_E_FORMAT);
    }
    assert_int_equal(r_sshwire_unarmour((char *)good.data, 9, &blob), HZ_E_FORMAT);
    for (i = 0; i < good.len; i++) /* cut, and every line feed replaced */
        assert_false(reads(good.data, i));
    for (i = 0; i < good.len; i++)
        if (good.data[i] == '\n') {
            good.data[i] = '\r';
            assert_false(reads(good.data, good.len));
            good.data[i] = '\n';
        }
    buf_putc(&good, '\n');
    assert_false(reads(good.data, good.len));
    buf_reset(&good);
    buf_reset(&blob);
    put_armour(&good, &blob, 70); /* of nothing */
    assert_int_equal(r_sshwire_unarmour((char *)good.data, good.len, &blob), HZ_E_FORMAT);
}

/* Each byte of the blob changed: the envelope is refused, or says something else, or does not verify (test_flip) */
static void test_blob_length(void **state)
{
    HZ_CLEANUP(buf_free) struct buf good = BUF_INIT(8192), blob = BUF_INIT(8192);
    size_t n;

    (void)state;
    read_signature(&good);
    assert_int_equal(r_sshwire_unarmour((char *)good.data, good.len, &blob), HZ_OK);
    for (n = 1; n < blob.len + 3; n++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(8192), part = BUF_INIT(8192);

        buf_put(&part, blob.data, n < blob.len ? n : blob.len);
        if (n > blob.len)
            assert_non_null(buf_grow(&part, n - blob.len));
        put_armour(&text, &part, 70);
        assert_int_equal(reads(text.data, text.len), n == blob.len);
    }
}

/* Lines of another length than 70 */
static void test_armour_width(void **state)
{
    static const size_t widths[] = { 1, 64, 69, 71, 76, 1000 };
    HZ_CLEANUP(buf_free) struct buf good = BUF_INIT(8192), blob = BUF_INIT(8192), again = BUF_INIT(8192);
    size_t i;

    (void)state;
    read_signature(&good);
    assert_int_equal(r_sshwire_unarmour((char *)good.data, good.len, &blob), HZ_OK);
    for (i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(16384);

        put_armour(&text, &blob, widths[i]);
        assert_false(reads(text.data, text.len));
        assert_int_equal(r_sshwire_unarmour((char *)text.data, text.len, &again), HZ_E_FORMAT);
    }
}

static void number(unsigned char *out, size_t size, const char *hex, unsigned less)
{
    from_hex(out, size, hex, 2 * size);
    out[size - 1] = (unsigned char)(out[size - 1] - less);
}

/* r and s go from 1 to n - 1: n itself is refused, one less is not */
static void test_p256_bounds(void **state)
{
    struct r_sshsig out = { .key.algorithm = R_PUBKEY_P256 };
    unsigned char bound[33];
    unsigned less, which;

    (void)state;
    for (less = 0; less < 2; less++)
        for (which = 0; which < 2; which++) {
            HZ_CLEANUP(buf_free) struct buf sig = BUF_INIT(256), numbers = BUF_INIT(256);

            number(bound, sizeof bound, "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", less);
            put_string(&numbers, which ? (const unsigned char *)"\x01" : bound, which ? 1 : sizeof bound);
            put_string(&numbers, which ? bound : (const unsigned char *)"\x01", which ? sizeof bound : 1);
            put_string(&sig, "ecdsa-sha2-nistp256", 19);
            put_string(&sig, numbers.data, numbers.len);
            assert_int_equal(r_sshsig_signature((struct r_sshwire) { sig.data, sig.len }, &out), less);
        }
}

/* S is below L; little endian, so one less is in the first byte */
static void test_ed25519_bound(void **state)
{
    struct r_sshsig out = { .key.algorithm = R_PUBKEY_ED25519 };
    unsigned char raw[64] = { 1 };
    unsigned less;

    (void)state;
    for (less = 0; less < 2; less++) {
        HZ_CLEANUP(buf_free) struct buf sig = BUF_INIT(256);

        from_hex(raw + 32, 32, "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", 64);
        raw[32] = (unsigned char)(raw[32] - less);
        put_string(&sig, "ssh-ed25519", 11);
        put_string(&sig, raw, sizeof raw);
        assert_int_equal(r_sshsig_signature((struct r_sshwire) { sig.data, sig.len }, &out), less);
    }
}

static bool is_ed25519_key(const unsigned char point[32])
{
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(256);
    struct r_pubkey key;

    put_string(&blob, "ssh-ed25519", 11);
    put_string(&blob, point, 32);
    return r_pubkey_read(blob.data, blob.len, &key) == HZ_OK;
}

/* Points of order 1, 2, 4, 8 with either sign, and every y from 2^255 - 19 up */
static void test_bad_points(void **state)
{
    static const char *const small[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    };
    unsigned char point[32];
    unsigned i;

    (void)state;
    for (i = 0; i < 10; i++) {
        from_hex(point, sizeof point, small[i / 2], 64);
        point[31] = (unsigned char)(point[31] | (i % 2 ? 0x80 : 0));
        assert_false(is_ed25519_key(point));
        point[5] ^= 1;
        assert_true(is_ed25519_key(point));
    }
    memset(point, 0xff, sizeof point);
    for (i = 0; i < 38; i++) {
        point[0] = (unsigned char)(0xed + i / 2);
        point[31] = i % 2 ? 0xff : 0x7f;
        assert_false(is_ed25519_key(point));
    }
    point[0] = 0xeb;
    assert_true(is_ed25519_key(point));
    for (i = 1; i < 31; i++) { /* one byte less, anywhere, and it is below */
        memset(point, 0xff, sizeof point);
        point[31] = 0x7f;
        point[i] = 0xfe;
        assert_true(is_ed25519_key(point));
    }
}

static void expect_no_key(const char *x, const char *y)
{
    const unsigned char signature[64] = { [31] = 1, [63] = 1 };
    unsigned char point[65] = { 4 };

    from_hex(point + 1, 32, x, 64);
    from_hex(point + 33, 32, y, 64);
    assert_int_equal(r_trust_p256(point, signature, "x", 1, NULL), HZ_E_INVALID);
}

/* An answer, not a failure of the library: points off the curve, and coordinates that are not below the prime, of which
 * the first ones would be on it after division. */
static void test_off_curve(void **state)
{
    static const char prime[] = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    static const char zero[] = "0000000000000000000000000000000000000000000000000000000000000000";
    static const char one[] = "0000000000000000000000000000000000000000000000000000000000000001";
    static const char all[] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    static const char root[] = "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"; /* y where x is 0 */

    (void)state;
    expect_no_key(prime, root);
    expect_no_key(zero, prime);
    expect_no_key(zero, zero);
    expect_no_key(zero, one);
    expect_no_key(one, root);
    expect_no_key(all, all);
}

/* edwards25519 has no point of this y. */
static void test_off_edwards(void **state)
{
    const unsigned char signature[64] = { 1 }, point[32] = { 2 };

    (void)state;
    assert_int_equal(r_trust_ed25519(point, signature, "x", 1, NULL), HZ_E_INVALID);
}

/* Another purpose is wrong before an algorithm is unknown */
static void test_purpose(void **state)
{
    const unsigned char digest[R_SHA512_SIZE] = { 0 };
    struct r_sshsig sig = { .name_space = "hozen-bundle-v1" };

    (void)state;
    assert_int_equal(r_trust_verify(&sig, "hozen-bundle-v1", digest, NULL), HZ_E_UNSUPPORTED);
    assert_int_equal(r_trust_verify(&sig, "hozen-ledger-v1", digest, NULL), HZ_E_INVALID);
}

/* Application, flags and counter are part of what a token signs */
static void test_token(void **state)
{
    static const char *const names[] = { "good/sk-p256.tar", "good/sk-ed25519.tar", "good/sk-untouched-allowed.tar",
                                         "good/sk-verified.tar" };
    static const unsigned char flags[] = { 1, 1, 0, 5 };
    unsigned char digest[R_SHA512_SIZE];
    struct r_sshsig good, bad;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        sample_signature(names[i], NULL, &good, digest);
        assert_true(r_pubkey_is_of_token(good.key.algorithm));
        assert_int_equal(good.flags, flags[i]);
        assert_int_equal(good.counter, i == 3 ? UINT32_MAX : 7);
        assert_int_equal(r_sshsig_present(&good), flags[i] & 1);
        assert_int_equal(r_trust_verify(&good, "hozen-bundle-v1", digest, NULL), HZ_OK);
        bad = good;
        bad.flags ^= 4;
        assert_int_equal(r_trust_verify(&bad, "hozen-bundle-v1", digest, NULL), HZ_E_INVALID);
        bad = good;
        bad.counter ^= 0x1000000;
        assert_int_equal(r_trust_verify(&bad, "hozen-bundle-v1", digest, NULL), HZ_E_INVALID);
        bad = good;
        bad.key.application[31] ^= 1;
        assert_int_equal(r_trust_verify(&bad, "hozen-bundle-v1", digest, NULL), HZ_E_INVALID);
        bad = good; /* the same numbers as if no token had been asked */
        bad.key.algorithm = r_pubkey_is_p256(good.key.algorithm) ? R_PUBKEY_P256 : R_PUBKEY_ED25519;
        assert_int_equal(r_trust_verify(&bad, "hozen-bundle-v1", digest, NULL), HZ_E_INVALID);
    }
    bad = (struct r_sshsig) { .key.algorithm = R_PUBKEY_ED25519 };
    assert_true(r_sshsig_present(&bad));
}

static bool is_token_key(const char *type, bool p256, const char *application, size_t len, size_t more)
{
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(1024);
    unsigned char point[65] = { 4, 5 };
    struct r_pubkey key;

    put_string(&blob, type, strlen(type));
    if (p256)
        put_string(&blob, "nistp256", 8);
    put_string(&blob, point, p256 ? 65 : 32);
    put_string(&blob, application, len);
    assert_non_null(buf_grow(&blob, more + 1));
    return r_pubkey_read(blob.data, blob.len - 1, &key) == HZ_OK && r_pubkey_is_of_token(key.algorithm);
}

static void test_token_keys(void **state)
{
    static const char *const types[] = { "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com" };
    char name[257];
    size_t i;

    (void)state;
    memset(name, 'x', sizeof name);
    for (i = 0; i < 2; i++) {
        assert_true(is_token_key(types[i], i, "ssh:", 4, 0) && is_token_key(types[i], i, name, 255, 0));
        assert_false(is_token_key(types[i], i, "", 0, 0) || is_token_key(types[i], i, name, 256, 0));
        assert_false(is_token_key(types[i], i, "ssh:", 4, 1) || is_token_key(types[i], i, "ssh:", 4, 4));
        assert_false(is_token_key(types[i], i, "s\0h:", 4, 0) || is_token_key(types[i], i, "s h:", 4, 0) ||
                     is_token_key(types[i], i, "s\x7f", 2, 0) || is_token_key(types[i], !i, "ssh:", 4, 0));
    }
    assert_false(is_token_key("sk-ssh-ed25519", false, "ssh:", 4, 0));
}

static bool mpint(const char *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(128);
    unsigned char out[32];
    struct r_sshwire from;

    put_string(&text, bytes, len);
    from = (struct r_sshwire) { text.data, text.len };
    return r_sshwire_mpint(&from, out, sizeof out);
}

static void test_mpint(void **state)
{
    (void)state;
    assert_true(mpint("\x01", 1) && mpint("\x7f", 1) && mpint("\x00\x80", 2) && mpint("\x01\x00", 2));
    assert_false(mpint("", 0) || mpint("\x00", 1) || mpint("\x80", 1) || mpint("\x00\x7f", 2) || mpint("\x00\x00", 2) ||
                 mpint("\xff", 1) || mpint("\x00\x00\x80", 3));
    assert_true(mpint("\x7f"
                      "0123456789012345678901234567890",
                      32));
    assert_true(mpint("\x00\xff"
                      "0123456789012345678901234567890",
                      33));
    assert_false(mpint("\x01"
                       "01234567890123456789012345678901",
                       33));
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_armour),       cmocka_unit_test(test_blob_length), cmocka_unit_test(test_mpint),
        cmocka_unit_test(test_armour_width), cmocka_unit_test(test_p256_bounds), cmocka_unit_test(test_ed25519_bound),
        cmocka_unit_test(test_bad_points),   cmocka_unit_test(test_off_curve),   cmocka_unit_test(test_off_edwards),
        cmocka_unit_test(test_purpose),      cmocka_unit_test(test_token),       cmocka_unit_test(test_token_keys),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
