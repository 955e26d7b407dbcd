#include "formats/write/age_header.h"

#include "tests/unit/write/age_reader.h"
#include "tests/unit/write/vectors.h"

static struct hz_error err;

static const char version[] = "age-encryption.org/v1\n";

/* The stanza at `at` of a published file is what we write for the same keys. */
static void assert_same_stanza(const struct age_vector *v, size_t at)
{
    struct w_age_agreement agreed;
    struct w_age_recipient recipient;
    struct buf out = BUF_INIT(4096);
    age_unbase64((const char *)v->file.data + at + 10, 43, agreed.share, sizeof agreed.share);
    age_public(v->secret, recipient.key);
    assert_true(age_shared(v->secret, agreed.share, agreed.secret)); /* the other side of the same secret */
    assert_int_equal(w_age_header_stanza(&out, &agreed, &recipient, v->file_key, &err), HZ_OK);
    assert_int_equal(out.len, 98);
    assert_memory_equal(out.data, v->file.data + at, out.len);
    buf_free(&out);
}

/* And so is the last line. */
static void assert_same_code(const struct age_vector *v)
{
    unsigned char file_key[AGE_FILE_KEY];
    size_t payload = 0;
    struct buf out = BUF_INIT(4096);
    assert_true(age_open_header(&v->file, v->secret, file_key, &payload));
    assert_memory_equal(file_key, v->file_key, AGE_FILE_KEY);
    buf_put(&out, v->file.data, payload - 48);
    assert_int_equal(w_age_header_close(&out, v->file_key, &err), HZ_OK);
    assert_int_equal(out.len, payload);
    assert_memory_equal(out.data, v->file.data, payload);
    buf_free(&out);
}

static void published_headers(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t stanza; /* which is for the key */
    } cases[] = { { "x25519", 0 }, { "x25519_multiple_recipients", 1 }, { "stream_two_chunks", 0 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct age_vector v;
        age_vector_read(&v, cases[i].name);
        assert_same_stanza(&v, sizeof version - 1 + 98 * cases[i].stanza);
        assert_same_code(&v);
        age_vector_free(&v);
    }
}

static void make_recipient(unsigned n, unsigned char secret[AGE_KEY], struct w_age_recipient *out)
{
    memset(secret, 1 + (int)n, AGE_KEY);
    age_public(secret, out->key);
}

static void each_recipient_opens_it(void **state)
{
    (void)state;
    static const unsigned char file_key[W_AGE_FILE_KEY] = "sixteen bytes...";
    struct w_age_recipient recipients[W_AGE_RECIPIENT_MAX];
    unsigned char secrets[W_AGE_RECIPIENT_MAX + 1][AGE_KEY], found[AGE_FILE_KEY];
    size_t payload = 0;
    for (unsigned i = 0; i < W_AGE_RECIPIENT_MAX; i++)
        make_recipient(i, secrets[i], &recipients[i]);
    memset(secrets[W_AGE_RECIPIENT_MAX], 0x77, AGE_KEY);
    for (size_t count = 1; count <= W_AGE_RECIPIENT_MAX; count++) {
        struct buf out = BUF_INIT(W_AGE_HEADER_MAX);
        assert_int_equal(w_age_header_put(&out, recipients, count, file_key, &err), HZ_OK);
        assert_int_equal(out.len, sizeof version - 1 + 98 * count + 48);
        assert_non_null(buf_text(&out));
        for (size_t i = 0; i <= W_AGE_RECIPIENT_MAX; i++) {
            assert_int_equal(age_open_header(&out, secrets[i], found, &payload), i < count);
            if (i < count)
                assert_memory_equal(found, file_key, AGE_FILE_KEY);
        }
        assert_int_equal(payload, out.len);
        buf_free(&out);
    }
}

static void each_share_is_new(void **state)
{
    (void)state;
    static const unsigned char file_key[W_AGE_FILE_KEY] = { 1 };
    unsigned char secret[AGE_KEY];
    struct w_age_recipient twice[2];
    struct buf out = BUF_INIT(W_AGE_HEADER_MAX);
    make_recipient(0, secret, &twice[0]);
    twice[1] = twice[0];
    assert_int_equal(w_age_header_put(&out, twice, 2, file_key, &err), HZ_OK);
    assert_memory_not_equal(out.data + sizeof version - 1, out.data + sizeof version - 1 + 98, 98);
    buf_free(&out);
}

static void a_key_of_low_order(void **state)
{
    (void)state;
    static const unsigned char file_key[W_AGE_FILE_KEY] = { 1 };
    const struct w_age_recipient zero = { { 0 } };
    struct buf out = BUF_INIT(W_AGE_HEADER_MAX);
    assert_int_equal(w_age_header_put(&out, &zero, 1, file_key, &err), HZ_E_CRYPTO);
    buf_free(&out);
}

static void a_buffer_that_is_too_small(void **state)
{
    (void)state;
    static const unsigned char file_key[W_AGE_FILE_KEY] = { 1 };
    unsigned char secret[AGE_KEY];
    struct w_age_recipient one;
    make_recipient(0, secret, &one);
    for (size_t limit = 0; limit < sizeof version - 1 + 98 + 48; limit++) {
        struct buf out = BUF_INIT(limit);
        assert_int_equal(w_age_header_put(&out, &one, 1, file_key, &err), HZ_E_LIMIT);
        buf_free(&out);
    }
}

TEST_MAIN(cmocka_unit_test(published_headers), cmocka_unit_test(each_recipient_opens_it),
          cmocka_unit_test(each_share_is_new), cmocka_unit_test(a_key_of_low_order),
          cmocka_unit_test(a_buffer_that_is_too_small))
