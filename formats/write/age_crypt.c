#include "formats/write/age_crypt.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <string.h>

#include "base/lang.h"
#include "formats/write/openssl.h"

#define SEAL_MAX ((size_t)1 << 30)

static int answer(bool good, struct hz_error *err)
{
    return good ? HZ_OK : w_openssl_failed(err, _("cannot encrypt: the cryptographic library failed"));
}

/* OpenSSL's parameters are not const, and not written to. */
static OSSL_PARAM octets(const char *name, const void *bytes, size_t len)
{
    union {
        const void *in;
        void *out;
    } cast = { bytes };
    return OSSL_PARAM_construct_octet_string(name, cast.out, len);
}

int w_age_crypt_derive(const void *key, size_t key_len, const void *salt, size_t salt_len, const char *info,
                       unsigned char out[W_AGE_KEY], struct hz_error *err)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[5] = { OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                             octets(OSSL_KDF_PARAM_KEY, key, key_len), octets(OSSL_KDF_PARAM_INFO, info, strlen(info)),
                             OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end() };
    if (salt_len > 0)
        params[3] = octets(OSSL_KDF_PARAM_SALT, salt, salt_len);
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    bool good = ctx != NULL && EVP_KDF_derive(ctx, out, W_AGE_KEY, params) == 1;
    EVP_KDF_CTX_free(ctx); /* clears the key */
    EVP_KDF_free(kdf);
    return answer(good, err);
}

int w_age_crypt_seal(const unsigned char key[W_AGE_KEY], const unsigned char nonce[W_AGE_NONCE], const void *bytes,
                     size_t len, unsigned char *out, struct hz_error *err)
{
    int done = 0, rest = 0;
    assert(len <= SEAL_MAX);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool good = ctx != NULL && EVP_EncryptInit_ex2(ctx, EVP_chacha20_poly1305(), key, nonce, NULL) == 1 &&
                (len == 0 || EVP_EncryptUpdate(ctx, out, &done, bytes, (int)len) == 1) && (size_t)done == len &&
                EVP_EncryptFinal_ex(ctx, out + len, &rest) == 1 && rest == 0 &&
                EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, W_AGE_TAG, out + len) == 1;
    EVP_CIPHER_CTX_free(ctx); /* clears the key */
    return answer(good, err);
}

int w_age_crypt_mac(const unsigned char key[W_AGE_KEY], const void *bytes, size_t len, unsigned char out[32],
                    struct hz_error *err)
{
    size_t got = 0;
    bool good =
        EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, W_AGE_KEY, bytes, len, out, 32, &got) != NULL && got == 32;
    return answer(good, err);
}

void w_age_crypt_wipe(void *bytes, size_t len)
{
    OPENSSL_cleanse(bytes, len);
}
