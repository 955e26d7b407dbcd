#include "formats/write/age_agree.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>

#include "base/lang.h"
#include "formats/write/digest.h"
#include "formats/write/openssl.h"

static bool derive(EVP_PKEY *own, EVP_PKEY *theirs, unsigned char secret[W_AGE_AGREE_SIZE])
{
    size_t len = W_AGE_AGREE_SIZE;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    bool good = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, theirs) == 1 &&
                EVP_PKEY_derive(ctx, secret, &len) == 1 && len == W_AGE_AGREE_SIZE;
    EVP_PKEY_CTX_free(ctx);
    return good;
}

static bool is_zero(const unsigned char secret[W_AGE_AGREE_SIZE])
{
    unsigned char bits = 0;
    for (size_t i = 0; i < W_AGE_AGREE_SIZE; i++)
        bits |= secret[i];
    return bits == 0;
}

int w_age_agree(const unsigned char key[W_AGE_AGREE_SIZE], struct w_age_agreement *out, struct hz_error *err)
{
    struct w_age_agreement a = { { 0 }, { 0 } };
    size_t len = sizeof a.share;
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    EVP_PKEY *own = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, key, W_AGE_AGREE_SIZE);
    bool ready =
        own != NULL && theirs != NULL && EVP_PKEY_get_raw_public_key(own, a.share, &len) == 1 && len == sizeof a.share;
    bool good = ready && derive(own, theirs, a.secret) && !is_zero(a.secret);
    EVP_PKEY_free(own); /* clears the private part */
    EVP_PKEY_free(theirs);
    if (good)
        *out = a;
    else
        rc = w_openssl_failed(err, _("cannot encrypt: the cryptographic library failed"));
    w_age_agree_wipe(&a);
    return rc;
}

void w_age_agree_wipe(struct w_age_agreement *a)
{
    OPENSSL_cleanse(a, sizeof *a);
}
