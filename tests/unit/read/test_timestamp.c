/* Time-stamp tokens: what proves a time, what does not, and what is none. */
#include "formats/read/timestamp.h"

#include <openssl/evp.h>
#include <openssl/ts.h>
#include <stdlib.h>

#include "tests/unit/read/tsa.h"
#include "tests/unit/test.h"

static const unsigned char digest[32] = "the digest of what was stamped.";

struct bench {
    struct tsa tsa;
    struct r_timestamp_roots *roots;
    struct buf token;
};

static int open_bench(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    struct hz_error err = { 0 };

    assert_int_equal(r_hash_start(&err), HZ_OK);
    tsa_open(&b->tsa, TSA_NOW - TSA_DAY, TSA_NOW + TSA_DAY);
    assert_int_equal(r_timestamp_roots_read(b->tsa.root_pem.data, b->tsa.root_pem.len, &b->roots, &err), HZ_OK);
    buf_init(&b->token, 1 << 20);
    *state = b;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *b = *state;

    tsa_close(&b->tsa);
    r_timestamp_roots_free(b->roots);
    buf_free(&b->token);
    free(b);
    return 0;
}

static struct r_timestamp judge(const struct bench *b, const struct r_timestamp_roots *roots)
{
    struct r_timestamp direct, jailed;
    struct hz_error err = { 0 };

    memset(&direct, 0, sizeof direct);
    assert_int_equal(r_timestamp_judge(b->token.data, b->token.len, roots, &direct, &err), HZ_OK);
    if (r_timestamp_check(b->token.data, b->token.len, roots, &jailed, &err) != HZ_OK)
        fail_msg("%s", err.text);
    assert_int_equal(direct.status, jailed.status);
    assert_int_equal(direct.why, jailed.why);
    assert_int_equal(direct.time.seconds, jailed.time.seconds);
    assert_string_equal(direct.authority, jailed.authority);
    return jailed;
}

static void stamp(struct bench *b, int64_t at)
{
    tsa_stamp(&b->tsa, digest, at, EVP_sha256(), NULL, &b->token);
}

static void expect(const struct bench *b, enum r_timestamp_status status, enum r_timestamp_why why)
{
    struct r_timestamp t = judge(b, b->roots);

    if (t.why != why)
        fail_msg("why is %d, not %d", (int)t.why, (int)why);
    assert_int_equal(t.status, status);
}

/* The authority's certificate ran out long before this test runs, or is not valid yet: its own time counts. */
static void proven_at_its_own_time(void **state)
{
    struct bench *b = *state;
    struct r_timestamp t;

    stamp(b, TSA_NOW);
    t = judge(b, b->roots);
    assert_int_equal(t.why, R_TIMESTAMP_GOOD);
    assert_int_equal(t.status, R_TIMESTAMP_PROVEN);
    assert_true(t.read);
    assert_int_equal(t.time.seconds, TSA_NOW);
    assert_int_equal(t.time.nanoseconds, 250000000);
    assert_memory_equal(t.imprint, digest, 32);
    assert_string_equal(t.authority, "CN=Example \xe6\x99\x82\xe5\x88\xbb");
    assert_false(t.has_nonce);
    assert_int_equal(t.accuracy, TSA_ACCURACY);
}

static void unproven_without_its_root(void **state)
{
    struct bench *b = *state;
    struct r_timestamp_roots *others;
    struct tsa other;
    struct hz_error err;
    struct r_timestamp t;

    stamp(b, TSA_NOW);
    t = judge(b, NULL);
    assert_int_equal(t.why, R_TIMESTAMP_NO_ROOTS);
    assert_int_equal(t.status, R_TIMESTAMP_UNPROVEN);
    tsa_open(&other, TSA_NOW - TSA_DAY, TSA_NOW + TSA_DAY);
    assert_int_equal(r_timestamp_roots_read(other.root_pem.data, other.root_pem.len, &others, &err), HZ_OK);
    t = judge(b, others);
    assert_int_equal(t.why, R_TIMESTAMP_CHAIN);
    assert_int_equal(t.status, R_TIMESTAMP_UNPROVEN);
    assert_int_equal(t.time.seconds, TSA_NOW);
    r_timestamp_roots_free(others);
    tsa_close(&other);
}

static void outside_the_certificate(void **state)
{
    struct bench *b = *state;

    stamp(b, TSA_NOW + 2 * TSA_DAY);
    expect(b, R_TIMESTAMP_INVALID, R_TIMESTAMP_EXPIRED);
    stamp(b, TSA_NOW - 2 * TSA_DAY);
    expect(b, R_TIMESTAMP_INVALID, R_TIMESTAMP_EXPIRED);
}

/* The same name, number and key, another purpose */
static void with_purpose(struct bench *b, const char *purpose, enum r_timestamp_why why)
{
    const struct tsa_certificate other = { "Example \xe6\x99\x82\xe5\x88\xbb", purpose, TSA_NOW - TSA_DAY,
                                           TSA_NOW + TSA_DAY, false };
    X509 *certificate = tsa_issue(&other, b->tsa.key, b->tsa.root, b->tsa.root_key);

    tsa_stamp(&b->tsa, digest, TSA_NOW, EVP_sha256(), certificate, &b->token);
    X509_free(certificate);
    if (why == R_TIMESTAMP_CHAIN)
        expect(b, R_TIMESTAMP_UNPROVEN, why);
    else
        expect(b, R_TIMESTAMP_INVALID, why);
}

static void purpose(void **state)
{
    struct bench *b = *state;

    with_purpose(b, NULL, R_TIMESTAMP_PURPOSE);
    with_purpose(b, "timeStamping", R_TIMESTAMP_PURPOSE);
    with_purpose(b, "critical,timeStamping,emailProtection", R_TIMESTAMP_PURPOSE);
    with_purpose(b, "critical,codeSigning", R_TIMESTAMP_PURPOSE);
    with_purpose(b, "critical,timeStamping", R_TIMESTAMP_CHAIN); /* not the certificate that the signer meant */
}

static void weak_digest(void **state)
{
    struct bench *b = *state;

    tsa_stamp(&b->tsa, digest, TSA_NOW, EVP_sha1(), NULL, &b->token);
    expect(b, R_TIMESTAMP_INVALID, R_TIMESTAMP_ALGORITHM);
    tsa_stamp(&b->tsa, digest, TSA_NOW, EVP_sha384(), NULL, &b->token);
    expect(b, R_TIMESTAMP_PROVEN, R_TIMESTAMP_GOOD);
}

/* Every bit: proven only when what it says is what was said, for some bits of names and lists are signed by nobody. */
static void every_bit(void **state)
{
    struct bench *b = *state;
    struct hz_error err;
    struct r_timestamp t;
    size_t i, held = 0;

    stamp(b, TSA_NOW);
    for (i = 0; i < b->token.len * 8; i++) {
        b->token.data[i / 8] ^= (unsigned char)(1 << i % 8);
        assert_int_equal(r_timestamp_judge(b->token.data, b->token.len, b->roots, &t, &err), HZ_OK);
        if (t.status == R_TIMESTAMP_PROVEN) {
            held++;
            assert_int_equal(t.time.seconds, TSA_NOW);
            assert_int_equal(t.time.nanoseconds, 250000000);
            assert_memory_equal(t.imprint, digest, 32);
        }
        b->token.data[i / 8] ^= (unsigned char)(1 << i % 8);
    }
    assert_true(held * 50 < b->token.len * 8);
}

static void every_length(void **state)
{
    struct bench *b = *state;
    struct hz_error err;
    struct r_timestamp t;
    size_t i, whole;

    stamp(b, TSA_NOW);
    whole = b->token.len;
    for (i = 0; i < whole; i++) {
        assert_int_equal(r_timestamp_judge(b->token.data, i, b->roots, &t, &err), HZ_OK);
        assert_int_equal(t.status, R_TIMESTAMP_INVALID);
    }
    buf_putc(&b->token, 0);
    expect(b, R_TIMESTAMP_INVALID, R_TIMESTAMP_FORM);
    buf_reset(&b->token);
    memset(buf_grow(&b->token, R_TIMESTAMP_MAX + 1), 0x30, R_TIMESTAMP_MAX + 1);
    expect(b, R_TIMESTAMP_INVALID, R_TIMESTAMP_FORM);
}

/* Containers in containers, and lengths that lie */
static void hostile(void **state)
{
    struct bench *b = *state;
    size_t i;

    for (i = 0; i < 20000; i++)
        buf_put(&b->token, "\x30\x80", 2);
    expect(b, R_TIMESTAMP_INVALID, R_TIMESTAMP_FORM);
    buf_reset(&b->token);
    buf_put(&b->token, "\x30\x84\xff\xff\xff\xff\x30\x03\x02\x01\x00", 11);
    expect(b, R_TIMESTAMP_INVALID, R_TIMESTAMP_FORM);
    buf_reset(&b->token);
    buf_put(&b->token, "\x30\x05\x30\x03\x02\x01\x00", 7); /* granted, and nothing */
    expect(b, R_TIMESTAMP_INVALID, R_TIMESTAMP_FORM);
    buf_reset(&b->token);
    buf_put(&b->token, "\x30\x05\x30\x03\x02\x01\x02", 7); /* refused */
    expect(b, R_TIMESTAMP_INVALID, R_TIMESTAMP_REFUSED);
}

static void roots(void **state)
{
    const struct bench *b = *state;
    struct r_timestamp_roots *read = NULL;
    struct buf text = BUF_INIT(R_TIMESTAMP_ROOTS_MAX + 1);
    struct hz_error err;
    size_t more;

    assert_int_equal(r_timestamp_roots_read("", 0, &read, &err), HZ_E_FORMAT);
    assert_int_equal(r_timestamp_roots_read("none", 4, &read, &err), HZ_E_FORMAT);
    buf_puts(&text, "comment\n");
    buf_put(&text, b->tsa.root_pem.data, b->tsa.root_pem.len);
    assert_int_equal(r_timestamp_roots_read(text.data, text.len, &read, &err), HZ_OK);
    r_timestamp_roots_free(read);
    more = R_TIMESTAMP_ROOTS_MAX + 1 - text.len;
    memset(buf_grow(&text, more), '\n', more);
    assert_int_equal(r_timestamp_roots_read(text.data, R_TIMESTAMP_ROOTS_MAX, &read, &err), HZ_OK);
    r_timestamp_roots_free(read);
    assert_int_equal(r_timestamp_roots_read(text.data, R_TIMESTAMP_ROOTS_MAX + 1, &read, &err), HZ_E_FORMAT);
    buf_reset(&text);
    buf_put(&text, b->tsa.root_pem.data, b->tsa.root_pem.len);
    buf_puts(&text, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_int_equal(r_timestamp_roots_read(text.data, text.len, &read, &err), HZ_E_FORMAT);
    assert_non_null(strstr(err.text, "certificate 2"));
    buf_free(&text);
}

static void other_bytes(void **state)
{
    struct bench *b = *state;
    unsigned char other[32], nonce[8] = { 0x40 };
    struct r_timestamp t;

    stamp(b, TSA_NOW);
    t = judge(b, b->roots);
    r_timestamp_hold(&t, digest, NULL);
    assert_int_equal(t.status, R_TIMESTAMP_PROVEN);
    r_timestamp_hold(&t, digest, nonce);
    assert_int_equal(t.why, R_TIMESTAMP_NONCE_DIFFERS);
    memcpy(other, digest, sizeof other);
    other[31] ^= 1;
    t = judge(b, b->roots);
    r_timestamp_hold(&t, other, NULL);
    assert_int_equal(t.status, R_TIMESTAMP_INVALID);
    assert_int_equal(t.why, R_TIMESTAMP_OTHER);
}

static void names_beside(void **state)
{
    static const struct {
        const char *name;
        bool is;
    } cases[] = {
        { "a.tsr", true },     { "a.2.tsr", true }, { "a.16.tsr", true }, { "a.17.tsr", false }, { "a.1.tsr", false },
        { "a.02.tsr", false }, { "a..tsr", false }, { "a2.tsr", false },  { "b.tsr", false },    { "a.tsr.x", false },
        { "a", false },        { "", false },       { "a.x.tsr", false }, { ".tsr", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (r_timestamp_is_beside(cases[i].name, "a", 1) != cases[i].is)
            fail_msg("%s", cases[i].name);
}

/* The one form of a time, and what is none; another time of that form is one that nobody signed. */
static void form_of_time(void **state)
{
    static const struct {
        const char *text;
        enum r_timestamp_why why;
    } rows[] = {
        { "20270115080000.25Z", R_TIMESTAMP_GOOD },      { "20270115080000.26Z", R_TIMESTAMP_SIGNATURE },
        { "20270115080000.29Z", R_TIMESTAMP_SIGNATURE }, { "20270115080009.05Z", R_TIMESTAMP_SIGNATURE },
        { "2027011508000x.25Z", R_TIMESTAMP_FORM },      { "2027011508000/.25Z", R_TIMESTAMP_FORM },
        { "2027011508000:.25Z", R_TIMESTAMP_FORM },      { "20270115080000,25Z", R_TIMESTAMP_FORM },
        { "20270115080000.20Z", R_TIMESTAMP_FORM },      { "20270115080000.2xZ", R_TIMESTAMP_FORM },
        { "20270115080000./5Z", R_TIMESTAMP_FORM },      { "20270115080000.:5Z", R_TIMESTAMP_FORM },
        { "20270115080000.25z", R_TIMESTAMP_FORM },      { "20271315080000.25Z", R_TIMESTAMP_FORM },
        { "20270230080000.25Z", R_TIMESTAMP_FORM },      { "202701150800000.5Z", R_TIMESTAMP_FORM },
    };
    struct bench *b = *state;
    struct hz_error err = { 0 };
    struct r_timestamp t;
    char *at;

    stamp(b, TSA_NOW);
    at = memmem(b->token.data, b->token.len, rows[0].text, strlen(rows[0].text));
    assert_non_null(at);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        memcpy(at, rows[i].text, strlen(rows[i].text));
        assert_int_equal(r_timestamp_judge(b->token.data, b->token.len, b->roots, &t, &err), HZ_OK);
        if (t.why != rows[i].why)
            fail_msg("%s: %d", rows[i].text, (int)t.why);
    }
}

/* What is signed is a string of bytes, by its tag too. In a response OpenSSL sees to it, in a token alone we do. */
static void content_of_another_type(void **state)
{
    static const unsigned char type[] = { 0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                          0x0d, 0x01, 0x09, 0x10, 0x01, 0x04, 0xa0 };
    struct bench *b = *state;
    struct hz_error err = { 0 };
    struct r_timestamp t;
    unsigned char *at, *token = NULL;
    int len;

    stamp(b, TSA_NOW);
    const unsigned char *from = b->token.data;
    TS_RESP *response = d2i_TS_RESP(NULL, &from, (long)b->token.len);
    assert_non_null(response);
    len = i2d_PKCS7(TS_RESP_get_token(response), &token);
    assert_true(len > 0);
    assert_int_equal(r_timestamp_token(token, (size_t)len, b->roots, &t, &err), HZ_OK);
    assert_int_equal(t.why, R_TIMESTAMP_GOOD);
    at = memmem(token, (size_t)len, type, sizeof type);
    assert_non_null(at);
    at += sizeof type;
    at += at[0] > 0x80 ? 1 + (at[0] & 0x7f) : 1; /* its length */
    assert_int_equal(at[0], 0x04);
    at[0] = 0x0c;
    assert_int_equal(r_timestamp_token(token, (size_t)len, b->roots, &t, &err), HZ_OK);
    assert_int_equal(t.why, R_TIMESTAMP_FORM);
    assert_false(t.read);
    OPENSSL_free(token);
    TS_RESP_free(response);
}

/* What could not be read is not about other bytes: nobody knows what it is about. */
static void unread(void **state)
{
    struct bench *b = *state;
    struct r_timestamp t;

    buf_puts(&b->token, "no token");
    t = judge(b, b->roots);
    assert_false(t.read);
    r_timestamp_hold(&t, digest, NULL);
    assert_int_equal(t.why, R_TIMESTAMP_FORM);
    assert_int_equal(t.status, R_TIMESTAMP_INVALID);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_bench, close_bench)

TEST_MAIN(TEST(proven_at_its_own_time), TEST(form_of_time), TEST(unproven_without_its_root),
          TEST(outside_the_certificate), TEST(purpose), TEST(weak_digest), TEST(every_bit), TEST(every_length),
          TEST(hostile), TEST(roots), TEST(other_bytes), TEST(content_of_another_type), TEST(unread),
          cmocka_unit_test(names_beside))
