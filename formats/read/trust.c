#include "formats/read/trust.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

#include "base/lang.h"
#include "formats/read/openssl.h"

static void free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}
static void free_key_context(EVP_PKEY_CTX **ctx)
{
    EVP_PKEY_CTX_free(*ctx);
}
static void free_digest_context(EVP_MD_CTX **ctx)
{
    EVP_MD_CTX_free(*ctx);
}
static void free_signature(ECDSA_SIG **sig)
{
    ECDSA_SIG_free(*sig);
}
static void free_der(unsigned char **der)
{
    OPENSSL_free(*der);
}

static int failed(struct hz_error *err)
{
    return r_openssl_failed(_("OpenSSL could not check a signature"), err);
}
static int invalid(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_INVALID, _("the signature does not verify"));
}

static int start(struct hz_error *err)
{
    return r_openssl_start(_("OpenSSL could not check a signature"), err);
}

/* OpenSSL refused a key: an answer only where it says that the point is bad. Missing memory can look alike. */
static int refused(struct hz_error *err)
{
    unsigned long reason;
    bool bad = false, memory = errno == ENOMEM;

    while ((reason = ERR_get_error()) != 0) {
        memory = memory || ERR_GET_REASON(reason) == ERR_R_MALLOC_FAILURE;
        bad = bad || (ERR_GET_LIB(reason) == ERR_LIB_EC && (ERR_GET_REASON(reason) == EC_R_POINT_IS_NOT_ON_CURVE ||
                                                            ERR_GET_REASON(reason) == EC_R_INVALID_ENCODING));
    }
    if (bad)
        return invalid(err);
    return memory ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : failed(err);
}

/* OpenSSL makes the methods of all algorithms when the first is asked for. One that it had no memory for would be
 * "unsupported" from then on, so that is said now. */
static int complete(struct hz_error *err)
{
    return r_openssl_out_of_memory() ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : HZ_OK;
}

/* HZ_E_INVALID for a point that is not on the curve */
static int p256_key(const unsigned char point[65], EVP_PKEY **key, struct hz_error *err)
{
    HZ_CLEANUP(free_key_context) EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    HZ_CLEANUP(free_key_context) EVP_PKEY_CTX *check = NULL;
    char group[] = "prime256v1";
    unsigned char copy[65];
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
        OSSL_PARAM_construct_end(),
    };

    memcpy(copy, point, sizeof copy);
    if (!make || EVP_PKEY_fromdata_init(make) != 1)
        return failed(err);
    if (EVP_PKEY_fromdata(make, key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return refused(err);
    check = EVP_PKEY_CTX_new_from_pkey(NULL, *key, NULL);
    if (!check)
        return failed(err);
    /* The curve has a cofactor of 1: a point on it that is not infinity has the right order. */
    return EVP_PKEY_public_check_quick(check) == 1 ? complete(err) : refused(err);
}

/* r || s as the DER structure that EVP wants */
static int p256_der(const unsigned char signature[64], unsigned char **der, int *len)
{
    HZ_CLEANUP(free_signature) ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, 32, NULL), *s = BN_bin2bn(signature + 32, 32, NULL);

    if (!sig || !r || !s || ECDSA_SIG_set0(sig, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return HZ_E_CRYPTO;
    }
    *len = i2d_ECDSA_SIG(sig, der);
    return *len > 0 ? HZ_OK : HZ_E_CRYPTO;
}

/* A signature that is merely wrong is no error of OpenSSL. */
static int answered(int answer, struct hz_error *err)
{
    if (answer == 1)
        return HZ_OK;
    return ERR_peek_error() || errno == ENOMEM ? failed(err) : invalid(err);
}

static int verify_edwards(EVP_PKEY *key, const unsigned char signature[64], const void *bytes, size_t len,
                          struct hz_error *err)
{
    HZ_CLEANUP(free_digest_context) EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    if (!ctx || EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) != 1)
        return failed(err);
    EVP_MD_CTX_set_flags(ctx, EVP_MD_CTX_FLAG_FINALISE); /* used once: a copy that finds no memory looks like a no */
    ERR_clear_error();
    errno = 0;
    return answered(EVP_DigestVerify(ctx, signature, 64, bytes, len), err);
}

/* A key ready for any number of signatures, one after the other: to get it ready costs a fifth of checking one. Of
 * Ed25519 only the key in it is used. */
static int get_ready(EVP_PKEY *key, bool p256, EVP_PKEY_CTX **ready, struct hz_error *err)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

    if (ctx && (!p256 || EVP_PKEY_verify_init(ctx) == 1)) {
        *ready = ctx;
        return HZ_OK;
    }
    EVP_PKEY_CTX_free(ctx);
    return failed(err);
}

static int point_key(const unsigned char point[65], EVP_PKEY **key, struct hz_error *err)
{
    int code = start(err);

    if (!code)
        code = p256_key(point, key, err);
    if (code == HZ_E_INVALID) { /* memory missing in the midst of it looks the same, but not twice */
        EVP_PKEY_free(*key);
        *key = NULL;
        code = p256_key(point, key, err);
    }
    return code;
}

int r_trust_p256_point(const unsigned char point[65], struct hz_error *err)
{
    HZ_CLEANUP(free_key) EVP_PKEY *key = NULL;

    return point_key(point, &key, err);
}

static int edwards_key(const unsigned char point[32], EVP_PKEY **key, struct hz_error *err)
{
    int code = start(err);

    if (!code)
        *key = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, point, 32);
    return code || *key ? code : failed(err);
}

static int verify_p256(EVP_PKEY_CTX *ready, const unsigned char signature[64], const void *bytes, size_t len,
                       struct hz_error *err)
{
    HZ_CLEANUP(free_der) unsigned char *der = NULL;
    unsigned char digest[R_SHA256_SIZE];
    int der_len;

    if (p256_der(signature, &der, &der_len))
        return failed(err);
    r_hash_sha256(digest, bytes, len);
    ERR_clear_error();
    errno = 0;
    return answered(EVP_PKEY_verify(ready, der, (size_t)der_len, digest, sizeof digest), err);
}

int r_trust_p256(const unsigned char point[65], const unsigned char signature[64], const void *bytes, size_t len,
                 struct hz_error *err)
{
    HZ_CLEANUP(free_key) EVP_PKEY *key = NULL;
    HZ_CLEANUP(free_key_context) EVP_PKEY_CTX *ready = NULL;
    int code = point_key(point, &key, err);

    if (!code)
        code = get_ready(key, true, &ready, err);
    return code ? code : verify_p256(ready, signature, bytes, len, err);
}

int r_trust_ed25519(const unsigned char point[32], const unsigned char signature[64], const void *bytes, size_t len,
                    struct hz_error *err)
{
    HZ_CLEANUP(free_key) EVP_PKEY *key = NULL;
    int code = edwards_key(point, &key, err);

    return code ? code : verify_edwards(key, signature, bytes, len, err);
}

/* What a token signs in place of the message (PROTOCOL.u2f): the application it was asked by, its flags and counter,
 * and the message's digest */
static int of_token(const struct r_sshsig *sig, struct buf *bytes)
{
    const uint32_t n = sig->counter;
    const unsigned char tail[5] = { sig->flags, (unsigned char)(n >> 24), (unsigned char)(n >> 16),
                                    (unsigned char)(n >> 8), (unsigned char)n };
    unsigned char digest[R_SHA256_SIZE];

    r_hash_sha256(digest, bytes->data, bytes->len);
    buf_reset(bytes);
    buf_put(bytes, sig->key.application, R_SHA256_SIZE);
    buf_put(bytes, tail, sizeof tail);
    return buf_put(bytes, digest, sizeof digest);
}

static void drop(void *ready)
{
    EVP_PKEY_CTX_free(ready);
}

/* Where the key was met, unless the signature is said to be another's. */
static struct r_key_met *met_as(const struct r_sshsig *sig)
{
    struct r_key_met *met = sig->met;
    bool same = met && met->key.algorithm == sig->key.algorithm &&
                memcmp(met->key.point, sig->key.point, sizeof met->key.point) == 0;

    return same ? met : NULL;
}

static int make_ready(const struct r_pubkey *of, EVP_PKEY_CTX **ready, struct hz_error *err)
{
    HZ_CLEANUP(free_key) EVP_PKEY *key = NULL;
    bool p256 = r_pubkey_is_p256(of->algorithm);
    int code = p256 ? point_key(of->point, &key, err) : edwards_key(of->point, &key, err);

    return code ? code : get_ready(key, p256, ready, err);
}

static int verify_by(const struct r_sshsig *sig, const void *bytes, size_t len, struct hz_error *err)
{
    HZ_CLEANUP(free_key_context) EVP_PKEY_CTX *made = NULL;
    struct r_key_met *met = met_as(sig);
    EVP_PKEY_CTX *ready = met ? met->handle.made : NULL;
    int code = start(err);

    if (!code && !ready) {
        code = make_ready(&sig->key, &made, err);
        ready = made;
    }
    if (code)
        return code;
    if (met && made) {
        met->handle.made = made;
        met->handle.drop = drop;
        made = NULL;
    }
    return r_pubkey_is_p256(sig->key.algorithm)
               ? verify_p256(ready, sig->signature, bytes, len, err)
               : verify_edwards(EVP_PKEY_CTX_get0_pkey(ready), sig->signature, bytes, len, err);
}

int r_trust_verify(const struct r_sshsig *sig, const char *name_space, const unsigned char digest[R_SHA512_SIZE],
                   struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(512);

    if (strcmp(sig->name_space, name_space) != 0)
        return hz_error_set(err, HZ_E_INVALID, _("the signature was made for another purpose"));
    if (sig->key.algorithm == R_PUBKEY_UNKNOWN)
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("the algorithm of the signature is not known"));
    if (r_sshsig_signed(name_space, digest, &bytes) ||
        (r_pubkey_is_of_token(sig->key.algorithm) && of_token(sig, &bytes)))
        return buf_check(&bytes, err);
    return verify_by(sig, bytes.data, bytes.len, err);
}

static bool valid_at(const struct r_signer *s, struct stamp t)
{
    return (!s->has_after || stamp_compare(s->after, t) <= 0) && (!s->has_before || stamp_compare(t, s->before) <= 0);
}

/* A token's key has to be touched unless its line says otherwise */
static bool touched(const struct r_signer *s, const struct r_pubkey *key, unsigned char flags)
{
    if (!r_pubkey_is_of_token(key->algorithm))
        return true;
    return (s->no_touch || flags & R_SSHSIG_PRESENT) && (!s->verified || flags & R_SSHSIG_VERIFIED);
}

/* How near an answer is to yes: of several lines with one key the best counts */
static int nearness(enum r_trust_answer answer)
{
    static const int order[] = { [R_TRUST_NOT_ON_LIST] = 0, [R_TRUST_REVOKED] = 0,  [R_TRUST_NAMESPACE] = 1,
                                 [R_TRUST_TOUCH] = 2,       [R_TRUST_VALIDITY] = 3, [R_TRUST_YES] = 4 };

    return order[answer];
}

enum r_trust_answer r_trust_judge(const struct r_signers *list, const struct r_revoked *revoked,
                                  const struct r_pubkey *key, unsigned char flags, const char *name_space,
                                  struct stamp claimed, struct stamp now, const char **principal)
{
    enum r_trust_answer answer = R_TRUST_NOT_ON_LIST;
    size_t i;

    *principal = NULL;
    for (i = 0; i < list->count; i++) {
        const struct r_signer *s = &list->list[i];
        enum r_trust_answer one = R_TRUST_YES;

        if (memcmp(s->id, key->id, R_SHA256_SIZE) != 0)
            continue;
        if (!r_signers_allows(s, name_space))
            one = R_TRUST_NAMESPACE;
        else if (!touched(s, key, flags))
            one = R_TRUST_TOUCH;
        else if (!valid_at(s, claimed) || !valid_at(s, now))
            one = R_TRUST_VALIDITY;
        if (nearness(one) > nearness(answer)) {
            answer = one;
            *principal = s->principal;
        }
    }
    return r_signers_is_revoked(revoked, key->id) ? R_TRUST_REVOKED : answer;
}
