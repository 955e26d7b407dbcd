#include "formats/write/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/write/digest.h"
#include "formats/write/keyfile.h"
#include "formats/write/sshwire.h"

#define FIELD 32 /* bytes of a coordinate, of r and of s on P-256; of an Ed25519 public key too */
#define BLOB_MAX 1024

struct w_key {
    EVP_PKEY *pkey;
    enum w_key_algorithm algorithm;
    enum w_key_purpose purpose;
    struct buf blob;
    char id[W_DIGEST_HEX];
    struct buf fingerprint; /* with its NUL */
};

static const char *algorithm_name(enum w_key_algorithm algorithm)
{
    return algorithm == W_KEY_P256 ? "ecdsa-sha2-nistp256" : "ssh-ed25519";
}

static int fail(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_CRYPTO, "%s", _("the key cannot be used: the cryptographic library failed"));
}

static int put_point(struct buf *out, EVP_PKEY *pkey, struct hz_error *err)
{
    BIGNUM *x = NULL, *y = NULL;
    unsigned char point[1 + 2 * FIELD] = { 4 }; /* uncompressed, whatever form the file has */
    bool good = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
                EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
                BN_bn2binpad(x, point + 1, FIELD) == FIELD && BN_bn2binpad(y, point + 1 + FIELD, FIELD) == FIELD;
    BN_free(x);
    BN_free(y);
    if (!good)
        return fail(err);
    w_sshwire_text(out, "nistp256");
    w_sshwire_bytes(out, point, sizeof point);
    return HZ_OK;
}

static int put_ed25519(struct buf *out, EVP_PKEY *pkey, struct hz_error *err)
{
    unsigned char raw[FIELD];
    size_t len = sizeof raw;
    if (EVP_PKEY_get_raw_public_key(pkey, raw, &len) != 1 || len != sizeof raw)
        return fail(err);
    w_sshwire_bytes(out, raw, len);
    return HZ_OK;
}

static int describe(struct w_key *key, struct hz_error *err)
{
    unsigned char digest[W_DIGEST_SIZE];
    w_sshwire_text(&key->blob, algorithm_name(key->algorithm));
    int rc =
        key->algorithm == W_KEY_P256 ? put_point(&key->blob, key->pkey, err) : put_ed25519(&key->blob, key->pkey, err);
    if (rc == HZ_OK)
        rc = buf_check(&key->blob, err);
    if (rc == HZ_OK)
        rc = w_digest_of(key->blob.data, key->blob.len, digest, err);
    if (rc != HZ_OK)
        return rc;
    text_hex(key->id, digest, sizeof digest);
    buf_puts(&key->fingerprint, "SHA256:");
    text_base64(&key->fingerprint, digest, sizeof digest);
    if (key->fingerprint.failed == HZ_OK)
        key->fingerprint.len--; /* 32 bytes leave one '=' of padding, which people never see */
    buf_text(&key->fingerprint);
    return buf_check(&key->fingerprint, err);
}

/* Takes pkey over, also when it fails. */
static int wrap(struct w_key **out, EVP_PKEY *pkey, enum w_key_purpose purpose, struct hz_error *err)
{
    struct w_key *key = calloc(1, sizeof *key);
    if (key == NULL) {
        EVP_PKEY_free(pkey);
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    }
    key->pkey = pkey;
    key->algorithm = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519 ? W_KEY_ED25519 : W_KEY_P256;
    key->purpose = purpose;
    buf_init(&key->blob, BLOB_MAX);
    buf_init(&key->fingerprint, BLOB_MAX);
    int rc = describe(key, err);
    if (rc != HZ_OK)
        w_key_free(key);
    else
        *out = key;
    return rc;
}

int w_key_generate(struct w_key **out, enum w_key_algorithm algorithm, enum w_key_purpose purpose, struct hz_error *err)
{
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    EVP_PKEY *pkey = algorithm == W_KEY_P256 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (pkey == NULL)
        return hz_error_set(err, HZ_E_CRYPTO, "%s", _("cannot make a key: the cryptographic library failed"));
    return wrap(out, pkey, purpose, err);
}

int w_key_load(struct w_key **out, const char *path, enum w_key_purpose purpose, w_key_ask *ask, void *context,
               struct hz_error *err)
{
    EVP_PKEY *pkey = NULL;
    int rc = w_keyfile_read(path, purpose, ask, context, &pkey, err);
    return rc == HZ_OK ? wrap(out, pkey, purpose, err) : rc;
}

void w_key_forget(struct w_key *key)
{
    EVP_PKEY_free(key->pkey); /* clears the private part */
    key->pkey = NULL;
}

void w_key_free(struct w_key *key)
{
    if (key == NULL)
        return;
    w_key_forget(key);
    buf_free(&key->blob);
    buf_free(&key->fingerprint);
    OPENSSL_cleanse(key, sizeof *key);
    free(key);
}

int w_key_private_pem(const struct w_key *key, const char *passphrase, struct buf *out, struct hz_error *err)
{
    return w_keyfile_write(key->pkey, key->purpose, passphrase, out, err);
}

int w_key_public_line(const struct w_key *key, const char *comment, struct buf *out, struct hz_error *err)
{
    buf_puts(out, algorithm_name(key->algorithm));
    buf_putc(out, ' ');
    text_base64(out, key->blob.data, key->blob.len);
    buf_putc(out, ' ');
    buf_puts(out, comment);
    buf_putc(out, '\n');
    return buf_check(out, err);
}

const struct buf *w_key_blob(const struct w_key *key)
{
    return &key->blob;
}

const char *w_key_id(const struct w_key *key)
{
    return key->id;
}

const char *w_key_fingerprint(const struct w_key *key)
{
    return (const char *)key->fingerprint.data;
}

/* DER to the two mpints of RFC 5656 section 3.1.2. */
static int put_ecdsa(struct buf *out, const unsigned char *der, size_t len, struct hz_error *err)
{
    unsigned char r[FIELD], s[FIELD];
    HZ_CLEANUP(buf_free) struct buf pair = BUF_INIT(BLOB_MAX);
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)len);
    bool good = signature != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(signature), r, FIELD) == FIELD &&
                BN_bn2binpad(ECDSA_SIG_get0_s(signature), s, FIELD) == FIELD;
    ECDSA_SIG_free(signature);
    if (!good)
        return fail(err);
    w_sshwire_mpint(&pair, r, FIELD);
    w_sshwire_mpint(&pair, s, FIELD);
    w_sshwire_bytes(out, pair.data, pair.len);
    return buf_check(&pair, err);
}

int w_key_sign(const struct w_key *key, const void *bytes, size_t len, struct buf *out, struct hz_error *err)
{
    unsigned char raw[128];
    size_t raw_len = sizeof raw;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const char *hash = key->algorithm == W_KEY_P256 ? "SHA256" : NULL;
    bool good = ctx != NULL && EVP_DigestSignInit_ex(ctx, NULL, hash, NULL, NULL, key->pkey, NULL) == 1 &&
                EVP_DigestSign(ctx, raw, &raw_len, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    if (!good)
        return hz_error_set(err, HZ_E_CRYPTO, "%s", _("cannot sign: the cryptographic library failed"));
    w_sshwire_text(out, algorithm_name(key->algorithm));
    int rc = HZ_OK;
    if (key->algorithm == W_KEY_P256)
        rc = put_ecdsa(out, raw, raw_len, err);
    else
        w_sshwire_bytes(out, raw, raw_len);
    return rc == HZ_OK ? buf_check(out, err) : rc;
}
