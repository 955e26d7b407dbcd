#include "tests/unit/write/age_reader.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/text.h"
#include "tests/unit/write/vectors.h"

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t polymod(const unsigned char *groups, size_t count)
{
    uint32_t sum = 1;
    for (size_t i = 0; i < count; i++) {
        uint32_t top = sum >> 25;
        sum = (sum & 0x1ffffff) << 5 ^ groups[i];
        sum ^= (top & 1 ? 0x3b6a57b2U : 0) ^ (top & 2 ? 0x26508e6dU : 0) ^ (top & 4 ? 0x1ea119faU : 0) ^
               (top & 8 ? 0x3d4233ddU : 0) ^ (top & 16 ? 0x2a1462b3U : 0);
    }
    return sum;
}

void age_bech32_groups(struct buf *out, const char *prefix, const unsigned char *groups, size_t count)
{
    unsigned char all[256] = { 0 };
    size_t at = 0, len = strlen(prefix);
    for (size_t i = 0; i < len; i++)
        all[at++] = (unsigned char)((unsigned char)prefix[i] >> 5);
    all[at++] = 0;
    for (size_t i = 0; i < len; i++)
        all[at++] = (unsigned char)prefix[i] & 31;
    memcpy(all + at, groups, count);
    uint32_t sum = polymod(all, at + count + 6) ^ 1;
    buf_printf(out, "%s1", prefix);
    for (size_t i = 0; i < count; i++)
        buf_putc(out, alphabet[groups[i]]);
    for (unsigned i = 0; i < 6; i++)
        buf_putc(out, alphabet[sum >> 5 * (5 - i) & 31]);
    assert_non_null(buf_text(out));
}

void age_bech32(struct buf *out, const char *prefix, const unsigned char *bytes, size_t len)
{
    unsigned char groups[128] = { 0 };
    for (size_t bit = 0; bit < 8 * len; bit++)
        groups[bit / 5] |= (unsigned char)((bytes[bit / 8] >> (7 - bit % 8) & 1) << (4 - bit % 5));
    age_bech32_groups(out, prefix, groups, (8 * len + 4) / 5);
}

void age_secret(const char *identity, unsigned char secret[AGE_KEY])
{
    static const char capitals[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", prefix[] = "AGE-SECRET-KEY-1";
    assert_memory_equal(identity, prefix, sizeof prefix - 1);
    memset(secret, 0, AGE_KEY);
    for (size_t bit = 0; bit < 8 * AGE_KEY; bit++) {
        const char *at = strchr(capitals, identity[sizeof prefix - 1 + bit / 5]);
        assert_non_null(at);
        secret[bit / 8] |= (unsigned char)(((size_t)(at - capitals) >> (4 - bit % 5) & 1) << (7 - bit % 8));
    }
}

void age_public(const unsigned char secret[AGE_KEY], unsigned char public[AGE_KEY])
{
    size_t len = AGE_KEY;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, AGE_KEY);
    assert_int_equal(EVP_PKEY_get_raw_public_key(key, public, &len), 1);
    EVP_PKEY_free(key);
}

bool age_shared(const unsigned char secret[AGE_KEY], const unsigned char public[AGE_KEY], unsigned char shared[AGE_KEY])
{
    size_t len = AGE_KEY;
    EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, AGE_KEY);
    EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, public, AGE_KEY);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(own, NULL);
    assert_int_equal(EVP_PKEY_derive_init(ctx), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(ctx, theirs), 1);
    bool good = EVP_PKEY_derive(ctx, shared, &len) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(own);
    EVP_PKEY_free(theirs);
    return good;
}

/* RFC 5869, one block of output. */
static void hkdf(const void *key, size_t key_len, const void *salt, size_t salt_len, const char *info,
                 unsigned char out[32])
{
    static const unsigned char zeros[32];
    unsigned char prk[32], text[64];
    size_t len = strlen(info);
    assert_true(len < sizeof text);
    memcpy(text, info, len);
    text[len] = 1;
    assert_non_null(
        HMAC(EVP_sha256(), salt_len > 0 ? salt : zeros, salt_len > 0 ? (int)salt_len : 32, key, key_len, prk, NULL));
    assert_non_null(HMAC(EVP_sha256(), prk, 32, text, len + 1, out, NULL));
}

/* false: the tag is wrong. */
static bool unseal(const unsigned char key[32], const unsigned char nonce[12], const unsigned char *sealed, size_t len,
                   unsigned char *out)
{
    unsigned char tag[16];
    int got = 0, rest = 0;
    assert_true(len >= sizeof tag);
    memcpy(tag, sealed + len - sizeof tag, sizeof tag);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    assert_int_equal(EVP_DecryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL, key, nonce), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag), 1);
    if (len > sizeof tag)
        assert_int_equal(EVP_DecryptUpdate(ctx, out, &got, sealed, (int)(len - sizeof tag)), 1);
    bool good = EVP_DecryptFinal_ex(ctx, out + got, &rest) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return good;
}

void age_unbase64(const char *text, size_t len, unsigned char *out, size_t out_len)
{
    struct buf padded = BUF_INIT(256), bytes = BUF_INIT(256);
    buf_put(&padded, text, len);
    buf_puts(&padded, "=");
    assert_int_equal(text_unbase64(&bytes, (const char *)padded.data, padded.len), HZ_OK);
    assert_int_equal(bytes.len, out_len);
    memcpy(out, bytes.data, out_len);
    buf_free(&padded);
    buf_free(&bytes);
}

/* A stanza of two lines at p. false: it is not for us. */
static bool try_stanza(const char *p, const unsigned char secret[AGE_KEY], unsigned char file_key[AGE_FILE_KEY])
{
    static const unsigned char nonce[12];
    unsigned char share[32], wrapped[32], shared[32], salt[64], key[32];
    if (strncmp(p, "-> X25519 ", 10) != 0)
        return false;
    age_unbase64(p + 10, 43, share, sizeof share);
    assert_int_equal(p[53], '\n');
    age_unbase64(p + 54, 43, wrapped, sizeof wrapped);
    assert_int_equal(p[97], '\n');
    memcpy(salt, share, 32);
    age_public(secret, salt + 32);
    assert_true(age_shared(secret, share, shared));
    hkdf(shared, 32, salt, 64, "age-encryption.org/v1/X25519", key);
    return unseal(key, nonce, wrapped, sizeof wrapped, file_key);
}

bool age_open_header(const struct buf *file, const unsigned char secret[AGE_KEY], unsigned char file_key[AGE_FILE_KEY],
                     size_t *payload)
{
    static const char version[] = "age-encryption.org/v1\n";
    unsigned char key[32], code[32], expected[32];
    bool ours = false;
    assert_true(file->len > sizeof version);
    assert_memory_equal(file->data, version, sizeof version - 1);
    const char *p = (const char *)file->data + sizeof version - 1;
    while (strncmp(p, "---", 3) != 0) {
        ours = ours || (strncmp(p, "->", 2) == 0 && try_stanza(p, secret, file_key));
        p = strchr(p, '\n');
        assert_non_null(p++);
    }
    if (!ours)
        return false;
    hkdf(file_key, AGE_FILE_KEY, NULL, 0, "header", key);
    assert_non_null(
        HMAC(EVP_sha256(), key, 32, file->data, (size_t)(p + 3 - (const char *)file->data), expected, NULL));
    assert_int_equal(p[3], ' ');
    age_unbase64(p + 4, 43, code, sizeof code);
    assert_int_equal(p[47], '\n');
    *payload = (size_t)(p + 48 - (const char *)file->data);
    return memcmp(code, expected, 32) == 0;
}

bool age_open_payload(const struct buf *file, size_t payload, const unsigned char file_key[AGE_FILE_KEY],
                      struct buf *out)
{
    unsigned char key[32], nonce[12] = { 0 };
    size_t at = payload + 16, before = out->len;
    bool last = false;
    if (file->len < at)
        return false;
    hkdf(file_key, AGE_FILE_KEY, file->data + payload, 16, "payload", key);
    for (uint32_t number = 0; !last; number++) {
        size_t left = file->len - at, len = left < 65536 + 16 ? left : 65536 + 16;
        last = len == left;
        for (unsigned i = 0; i < 4; i++)
            nonce[10 - i] = (unsigned char)(number >> 8 * i);
        nonce[11] = last;
        if (len < 16 || (len == 16 && number > 0))
            return false;
        unsigned char *to = buf_grow(out, len - 16 + 1);
        assert_non_null(to);
        if (!unseal(key, nonce, file->data + at, len, to))
            return false;
        out->len--;
        at += len;
    }
    return out->len >= before;
}

bool age_open(const struct buf *file, const unsigned char secret[AGE_KEY], struct buf *out)
{
    unsigned char file_key[AGE_FILE_KEY];
    size_t payload = 0;
    return age_open_header(file, secret, file_key, &payload) && age_open_payload(file, payload, file_key, out);
}

static const char *field(const char *head, const char *name)
{
    const char *at = strstr(head, name);
    assert_non_null(at);
    return at + strlen(name);
}

static void inflate_all(const unsigned char *bytes, size_t len, struct buf *out)
{
    uLongf size = (uLongf)20 << 20;
    unsigned char *to = buf_grow(out, size);
    assert_non_null(to);
    assert_int_equal(uncompress(to, &size, bytes, len), Z_OK);
    out->len = size;
}

void age_vector_read(struct age_vector *v, const char *name)
{
    struct buf text = BUF_INIT((size_t)1 << 20);
    char path[256];
    snprintf(path, sizeof path, "cctv/age-testdata/%s", name);
    vectors_read(&text, path);
    buf_init(&v->file, (size_t)21 << 20);
    unsigned char *body = memmem(text.data, text.len, "\n\n", 2);
    assert_non_null(body);
    *body = '\0';
    body += 2;
    const char *head = (const char *)text.data;
    snprintf(v->payload, sizeof v->payload, "%.64s", field(head, "payload: "));
    assert_int_equal(text_unhex(v->file_key, AGE_FILE_KEY, field(head, "file key: "), 2 * AGE_FILE_KEY), HZ_OK);
    age_secret(field(head, "identity: "), v->secret);
    size_t len = text.len - (size_t)(body - text.data);
    if (strstr(head, "compressed: zlib") != NULL)
        inflate_all(body, len, &v->file);
    else
        buf_put(&v->file, body, len);
    assert_non_null(buf_text(&v->file));
    buf_free(&text);
}

void age_vector_free(struct age_vector *v)
{
    buf_free(&v->file);
}
