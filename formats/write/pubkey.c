#include "formats/write/pubkey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <string.h>

#include "base/lang.h"
#include "formats/write/sshwire.h"

#define FIELD 32
#define POINT (1 + 2 * FIELD)
#define APPLICATION_MAX 255

static const struct {
    const char *name;
    bool p256, token;
} kinds[] = {
    [W_KEY_P256] = { "ecdsa-sha2-nistp256", true, false },
    [W_KEY_ED25519] = { "ssh-ed25519", false, false },
    [W_KEY_SK_P256] = { "sk-ecdsa-sha2-nistp256@openssh.com", true, true },
    [W_KEY_SK_ED25519] = { "sk-ssh-ed25519@openssh.com", false, true },
};
#define KINDS (sizeof kinds / sizeof kinds[0])

const char *w_pubkey_name(enum w_key_algorithm algorithm)
{
    return kinds[algorithm].name;
}

bool w_pubkey_of_token(enum w_key_algorithm algorithm)
{
    return kinds[algorithm].token;
}

static bool is(const struct w_sshwire_view *v, const char *text)
{
    return v->len == strlen(text) && memcmp(v->at, text, v->len) == 0;
}

/* Of an application: 1 to 255 printable bytes. */
static bool is_name(const struct w_sshwire_view *v)
{
    for (size_t i = 0; i < v->len; i++)
        if (v->at[i] <= ' ' || v->at[i] >= 0x7F)
            return false;
    return v->len > 0 && v->len <= APPLICATION_MAX;
}

static EVP_PKEY *p256(const struct w_sshwire_view *point)
{
    char group[] = "prime256v1";
    unsigned char copy[POINT];
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                            OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
                            OSSL_PARAM_construct_end() };
    EVP_PKEY *pkey = NULL;
    if (point->len != sizeof copy || point->at[0] != 4)
        return NULL;
    memcpy(copy, point->at, sizeof copy);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
        (void)EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static EVP_PKEY *make(bool nist, struct w_sshwire_view *rest)
{
    struct w_sshwire_view curve, point;
    if (nist && (!w_sshwire_take(rest, &curve) || !is(&curve, "nistp256")))
        return NULL;
    if (!w_sshwire_take(rest, &point))
        return NULL;
    if (nist)
        return p256(&point);
    return point.len == FIELD ? EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, point.at, FIELD) : NULL;
}

int w_pubkey_read(struct w_pubkey *out, const struct buf *blob, struct hz_error *err)
{
    struct w_sshwire_view rest = { blob->data, blob->len }, type, application;
    size_t kind = 0;
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    if (!w_sshwire_take(&rest, &type))
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("this is not a public key"));
    while (kind < KINDS && !is(&type, kinds[kind].name))
        kind++;
    if (kind == KINDS)
        return hz_error_set(err, HZ_E_UNSUPPORTED, "%s",
                            _("neither an ECDSA P-256 nor an Ed25519 key, nor one of these on a token"));
    struct w_pubkey key = { .algorithm = (enum w_key_algorithm)kind, .pkey = make(kinds[kind].p256, &rest) };
    bool good = key.pkey != NULL;
    if (good && kinds[kind].token)
        good = w_sshwire_take(&rest, &application) && is_name(&application);
    ERR_clear_error();
    if (!good || rest.len != 0)
        rc = hz_error_set(err, HZ_E_FORMAT, "%s", _("this is not a public key"));
    if (rc == HZ_OK && kinds[kind].token)
        rc = w_digest_of(application.at, application.len, key.application, err);
    if (rc == HZ_OK)
        *out = key;
    else
        w_pubkey_free(&key);
    return rc;
}

void w_pubkey_free(struct w_pubkey *key)
{
    EVP_PKEY_free(key->pkey);
    key->pkey = NULL;
}

/* r and s as the DER that EVP wants, into der. */
static size_t to_der(const unsigned char r[FIELD], const unsigned char s[FIELD], unsigned char der[80])
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *a = BN_bin2bn(r, FIELD, NULL), *b = BN_bin2bn(s, FIELD, NULL);
    int len = 0;
    if (pair != NULL && a != NULL && b != NULL && ECDSA_SIG_set0(pair, a, b) == 1) {
        len = i2d_ECDSA_SIG(pair, &der);
    } else {
        BN_free(a);
        BN_free(b);
    }
    ECDSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

/* The numbers of a signature: as SSH writes them to out, as EVP wants them to raw. 0 when they are not numbers. */
static size_t take_numbers(bool nist, struct w_sshwire_view numbers, struct buf *out, unsigned char raw[80])
{
    unsigned char r[FIELD], s[FIELD];
    HZ_CLEANUP(buf_free) struct buf pair = BUF_INIT(128);
    if (!nist && numbers.len == 2 * FIELD) {
        w_sshwire_bytes(out, numbers.at, numbers.len);
        memcpy(raw, numbers.at, numbers.len);
        return numbers.len;
    }
    if (!nist || !w_sshwire_take_mpint(&numbers, r, FIELD) || !w_sshwire_take_mpint(&numbers, s, FIELD) ||
        numbers.len != 0)
        return 0;
    w_sshwire_mpint(&pair, r, FIELD);
    w_sshwire_mpint(&pair, s, FIELD);
    w_sshwire_bytes(out, pair.data, pair.len);
    return to_der(r, s, raw);
}

static bool verifies(const struct w_pubkey *key, const unsigned char *raw, size_t raw_len, const void *bytes,
                     size_t len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const char *hash = kinds[key->algorithm].p256 ? "SHA256" : NULL;
    const bool good = ctx != NULL && EVP_DigestVerifyInit_ex(ctx, NULL, hash, NULL, NULL, key->pkey, NULL) == 1 &&
                      EVP_DigestVerify(ctx, raw, raw_len, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return good;
}

/* What a token signs: application, flags, counter (both at `tail`), and the digest of the message (PROTOCOL.u2f). */
static int put_token_data(const struct w_pubkey *key, const unsigned char tail[5], const void *bytes, size_t len,
                          struct buf *out, struct hz_error *err)
{
    unsigned char digest[W_DIGEST_SIZE];
    int rc = w_digest_of(bytes, len, digest, err);
    buf_put(out, key->application, sizeof key->application);
    buf_put(out, tail, 5);
    buf_put(out, digest, sizeof digest);
    return rc == HZ_OK ? buf_check(out, err) : rc;
}

int w_pubkey_take(const struct w_pubkey *key, const struct buf *signature, const void *bytes, size_t len,
                  struct buf *out, unsigned char *flags, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf data = BUF_INIT(128);
    const bool token = kinds[key->algorithm].token;
    struct w_sshwire_view rest = { signature->data, signature->len }, type, numbers;
    unsigned char raw[80];
    bool good = w_sshwire_take(&rest, &type) && is(&type, kinds[key->algorithm].name) &&
                w_sshwire_take(&rest, &numbers) && rest.len == (token ? 5 : 0);
    w_sshwire_text(out, kinds[key->algorithm].name);
    const size_t raw_len = good ? take_numbers(kinds[key->algorithm].p256, numbers, out, raw) : 0;
    if (raw_len == 0)
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("ssh-agent gave something that is not a signature by this key"));
    if (token) {
        buf_put(out, rest.at, rest.len);
        int rc = put_token_data(key, rest.at, bytes, len, &data, err);
        if (rc != HZ_OK)
            return rc;
        bytes = data.data;
        len = data.len;
    }
    if (!verifies(key, raw, raw_len, bytes, len))
        return hz_error_set(err, HZ_E_INVALID, "%s", _("ssh-agent gave a signature that does not verify"));
    *flags = token ? rest.at[0] : 0;
    return buf_check(out, err);
}
