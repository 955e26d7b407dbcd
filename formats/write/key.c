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
#include "formats/write/agent.h"
#include "formats/write/digest.h"
#include "formats/write/keyfile.h"
#include "formats/write/openssl.h"
#include "formats/write/pubkey.h"
#include "formats/write/sshwire.h"

#define FIELD 32 /* bytes of a coordinate, of r and of s on P-256; of an Ed25519 public key too */
#define BLOB_MAX 1024

struct w_key {
    EVP_PKEY *pkey;        /* NULL when an agent has it, and when it is forgotten */
    EVP_PKEY_CTX *ready;   /* to sign with it on P-256; a signature takes a copy, since several threads may sign */
    struct w_pubkey agent; /* what checks an agent's signatures */
    struct buf comment;    /* the agent's, with its NUL */
    w_key_tell *tell;
    const void *tell_context;
    enum w_key_algorithm algorithm;
    enum w_key_purpose purpose;
    struct buf blob;
    char id[W_DIGEST_HEX];
    struct buf fingerprint; /* with its NUL */
};

static int fail(struct hz_error *err)
{
    return w_openssl_failed(err, _("the key cannot be used: the cryptographic library failed"));
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

static int put_blob(struct w_key *key, struct hz_error *err)
{
    w_sshwire_text(&key->blob, w_pubkey_name(key->algorithm));
    return key->algorithm == W_KEY_P256 ? put_point(&key->blob, key->pkey, err)
                                        : put_ed25519(&key->blob, key->pkey, err);
}

/* Its names, from its blob. */
static int describe(struct w_key *key, struct hz_error *err)
{
    unsigned char digest[W_DIGEST_SIZE];
    int rc = buf_check(&key->blob, err);
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

static struct w_key *new (enum w_key_purpose purpose, struct hz_error *err)
{
    struct w_key *key = calloc(1, sizeof *key);
    if (key == NULL) {
        hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
        return NULL;
    }
    key->purpose = purpose;
    buf_init(&key->blob, BLOB_MAX);
    buf_init(&key->fingerprint, BLOB_MAX);
    buf_init(&key->comment, W_AGENT_COMMENT_MAX + 1);
    return key;
}

/* Names a key that has its blob, or not (rc), and hands it over or frees it. */
static int complete(struct w_key **out, struct w_key *key, int rc, struct hz_error *err)
{
    if (rc == HZ_OK)
        rc = describe(key, err);
    if (rc != HZ_OK)
        w_key_free(key);
    else
        *out = key;
    return rc;
}

static int get_ready(struct w_key *key, struct hz_error *err)
{
    if (key->algorithm != W_KEY_P256)
        return HZ_OK;
    key->ready = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    return key->ready != NULL && EVP_PKEY_sign_init(key->ready) == 1 ? HZ_OK : fail(err);
}

/* Takes pkey over, also when it fails. */
static int wrap(struct w_key **out, EVP_PKEY *pkey, enum w_key_purpose purpose, struct hz_error *err)
{
    struct w_key *key = new (purpose, err);
    if (key == NULL) {
        EVP_PKEY_free(pkey);
        return HZ_E_NOMEM;
    }
    key->pkey = pkey;
    key->algorithm = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519 ? W_KEY_ED25519 : W_KEY_P256;
    int rc = get_ready(key, err);
    return complete(out, key, rc == HZ_OK ? put_blob(key, err) : rc, err);
}

int w_key_generate(struct w_key **out, enum w_key_algorithm algorithm, enum w_key_purpose purpose, struct hz_error *err)
{
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    if (w_pubkey_of_token(algorithm))
        return hz_error_set(err, HZ_E_UNSUPPORTED, "%s", _("a key on a token is made with ssh-keygen"));
    EVP_PKEY *pkey = algorithm == W_KEY_P256 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (pkey == NULL)
        return w_openssl_failed(err, _("cannot make a key: the cryptographic library failed"));
    return wrap(out, pkey, purpose, err);
}

static int load_from_agent(struct w_key **out, const char *fingerprint, enum w_key_purpose purpose,
                           struct hz_error *err)
{
    struct w_key *key = new (purpose, err);
    if (key == NULL)
        return HZ_E_NOMEM;
    int rc = w_agent_find(fingerprint, &key->blob, &key->comment, err);
    buf_text(&key->comment);
    if (rc == HZ_OK)
        rc = buf_check(&key->comment, err);
    if (rc == HZ_OK)
        rc = w_pubkey_read(&key->agent, &key->blob, err);
    key->algorithm = key->agent.algorithm;
    return complete(out, key, rc, err);
}

int w_key_load(struct w_key **out, const char *path, enum w_key_purpose purpose, w_key_ask *ask, void *context,
               struct hz_error *err)
{
    EVP_PKEY *pkey = NULL;
    if (strncmp(path, W_KEY_AGENT, strlen(W_KEY_AGENT)) == 0)
        return load_from_agent(out, path + strlen(W_KEY_AGENT), purpose, err);
    int rc = w_keyfile_read(path, purpose, ask, context, &pkey, err);
    return rc == HZ_OK ? wrap(out, pkey, purpose, err) : rc;
}

void w_key_on_agent(struct w_key *key, w_key_tell *tell, const void *context)
{
    key->tell = tell;
    key->tell_context = context;
}

bool w_key_of_token(const struct w_key *key)
{
    return w_pubkey_of_token(key->algorithm);
}

const char *w_key_comment(const struct w_key *key)
{
    return key->comment.data != NULL ? (const char *)key->comment.data : "";
}

void w_key_forget(struct w_key *key)
{
    EVP_PKEY_CTX_free(key->ready); /* holds on to the key */
    key->ready = NULL;
    EVP_PKEY_free(key->pkey); /* clears the private part */
    key->pkey = NULL;
    w_pubkey_free(&key->agent);
}

void w_key_free(struct w_key *key)
{
    if (key == NULL)
        return;
    w_key_forget(key);
    buf_free(&key->blob);
    buf_free(&key->fingerprint);
    buf_free(&key->comment);
    OPENSSL_cleanse(key, sizeof *key);
    free(key);
}

int w_key_private_pem(const struct w_key *key, const char *passphrase, struct buf *out, struct hz_error *err)
{
    return w_keyfile_write(key->pkey, key->purpose, passphrase, out, err);
}

int w_key_public_line(const struct w_key *key, const char *comment, struct buf *out, struct hz_error *err)
{
    buf_puts(out, w_pubkey_name(key->algorithm));
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

static int ask_once(const struct w_key *key, const void *bytes, size_t len, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf given = BUF_INIT(W_AGENT_SIGNATURE_MAX);
    unsigned char flags = 0;
    int rc = w_agent_sign(&key->blob, bytes, len, &given, err);
    if (rc == HZ_OK)
        rc = w_pubkey_take(&key->agent, &given, bytes, len, out, &flags, err);
    if (rc == HZ_OK && key->purpose == W_KEY_CUSTODY && w_key_of_token(key) && (flags & W_PUBKEY_TOUCHED) == 0)
        return hz_error_set(err, HZ_E_DENIED, "%s",
                            _("the token signed without a touch, which no custody record accepts"));
    return rc;
}

static int sign_by_agent(const struct w_key *key, const void *bytes, size_t len, struct buf *out, struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    int rc = HZ_OK;
    for (unsigned attempt = 0; attempt == 0 || rc != HZ_OK; attempt++) {
        const bool on = key->tell != NULL && key->tell(key->tell_context, key, attempt, attempt > 0 ? &why : NULL);
        if (attempt > 0 && !on)
            return hz_error_set(err, why.code, "%s", why.text);
        HZ_CLEANUP(buf_free) struct buf signature = BUF_INIT(W_AGENT_SIGNATURE_MAX);
        rc = ask_once(key, bytes, len, &signature, &why);
        if (rc == HZ_OK)
            buf_put(out, signature.data, signature.len);
    }
    return buf_check(out, err);
}

static int cannot_sign(struct hz_error *err)
{
    return w_openssl_failed(err, _("cannot sign: the cryptographic library failed"));
}

static int sign_p256(const struct w_key *key, const void *bytes, size_t len, unsigned char *out, size_t *out_len,
                     struct hz_error *err)
{
    unsigned char digest[W_DIGEST_SIZE];
    int rc = w_digest_of(bytes, len, digest, err);
    if (rc != HZ_OK)
        return rc;
    EVP_PKEY_CTX *ctx = key->ready != NULL ? EVP_PKEY_CTX_dup(key->ready) : NULL; /* NULL: the key was forgotten */
    bool good = ctx != NULL && EVP_PKEY_sign(ctx, out, out_len, digest, sizeof digest) == 1;
    EVP_PKEY_CTX_free(ctx);
    return good ? HZ_OK : cannot_sign(err);
}

static int sign_edwards(const struct w_key *key, const void *bytes, size_t len, unsigned char *out, size_t *out_len,
                        struct hz_error *err)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
                EVP_DigestSign(ctx, out, out_len, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    return good ? HZ_OK : cannot_sign(err);
}

int w_key_sign(const struct w_key *key, const void *bytes, size_t len, struct buf *out, struct hz_error *err)
{
    if (key->agent.pkey != NULL)
        return sign_by_agent(key, bytes, len, out, err);
    unsigned char raw[128];
    size_t raw_len = sizeof raw;
    int rc = key->algorithm == W_KEY_P256 ? sign_p256(key, bytes, len, raw, &raw_len, err)
                                          : sign_edwards(key, bytes, len, raw, &raw_len, err);
    if (rc != HZ_OK)
        return rc;
    w_sshwire_text(out, w_pubkey_name(key->algorithm));
    if (key->algorithm == W_KEY_P256)
        rc = put_ecdsa(out, raw, raw_len, err);
    else
        w_sshwire_bytes(out, raw, raw_len);
    return rc == HZ_OK ? buf_check(out, err) : rc;
}
