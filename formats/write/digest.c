#include "formats/write/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/write/openssl.h"

#define CACHED ((size_t)32 << 10) /* bytes that are still near when the second algorithm comes to them */

struct w_digest {
    EVP_MD *algorithm, *algorithm512; /* the second NULL unless asked for */
    EVP_MD_CTX *running, *copy, *running512;
};

static int fail(struct hz_error *err)
{
    return w_openssl_failed(err, _("the digest library failed"));
}

int w_digest_init(struct hz_error *err)
{
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) != 1 ||
        OSSL_LIB_CTX_get0_global_default() == NULL) /* without memory for it, later calls crash */
        return w_openssl_failed(err, _("cannot start the cryptographic library"));
    return HZ_OK;
}

static bool make(struct w_digest *d, bool both)
{
    d->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    d->running = EVP_MD_CTX_new();
    d->copy = EVP_MD_CTX_new();
    if (both) {
        d->algorithm512 = EVP_MD_fetch(NULL, "SHA512", NULL);
        d->running512 = EVP_MD_CTX_new();
    }
    return d->algorithm != NULL && d->running != NULL && d->copy != NULL &&
           (!both || (d->algorithm512 != NULL && d->running512 != NULL));
}

static int new_digest(struct w_digest **out, bool both, struct hz_error *err)
{
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    struct w_digest *d = calloc(1, sizeof *d);
    if (d == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    rc = make(d, both) ? w_digest_start(d, err) : fail(err);
    if (rc != HZ_OK)
        w_digest_free(d);
    else
        *out = d;
    return rc;
}

int w_digest_new(struct w_digest **out, struct hz_error *err)
{
    return new_digest(out, false, err);
}

int w_digest_new_both(struct w_digest **out, struct hz_error *err)
{
    return new_digest(out, true, err);
}

void w_digest_free(struct w_digest *d)
{
    if (d == NULL)
        return;
    EVP_MD_CTX_free(d->copy);
    EVP_MD_CTX_free(d->running);
    EVP_MD_CTX_free(d->running512);
    EVP_MD_free(d->algorithm);
    EVP_MD_free(d->algorithm512);
    free(d);
}

int w_digest_start(struct w_digest *d, struct hz_error *err)
{
    if (EVP_DigestInit_ex2(d->running, d->algorithm, NULL) != 1)
        return fail(err);
    if (d->running512 != NULL && EVP_DigestInit_ex2(d->running512, d->algorithm512, NULL) != 1)
        return fail(err);
    return HZ_OK;
}

static int update_both(struct w_digest *d, const unsigned char *p, size_t len, struct hz_error *err)
{
    for (size_t part; len > 0; p += part, len -= part) {
        part = len < CACHED ? len : CACHED;
        if (EVP_DigestUpdate(d->running, p, part) != 1 || EVP_DigestUpdate(d->running512, p, part) != 1)
            return fail(err);
    }
    return HZ_OK;
}

int w_digest_update(struct w_digest *d, const void *bytes, size_t len, struct hz_error *err)
{
    if (d->running512 != NULL)
        return update_both(d, bytes, len, err);
    return EVP_DigestUpdate(d->running, bytes, len) == 1 ? HZ_OK : fail(err);
}

int w_digest_peek(struct w_digest *d, unsigned char out[W_DIGEST_SIZE], struct hz_error *err)
{
    if (EVP_MD_CTX_copy_ex(d->copy, d->running) != 1 || EVP_DigestFinal_ex(d->copy, out, NULL) != 1)
        return fail(err);
    return HZ_OK;
}

int w_digest_end(struct w_digest *d, unsigned char out[W_DIGEST_SIZE], struct hz_error *err)
{
    return EVP_DigestFinal_ex(d->running, out, NULL) == 1 ? HZ_OK : fail(err);
}

int w_digest_end_hex(struct w_digest *d, char out[W_DIGEST_HEX], struct hz_error *err)
{
    unsigned char digest[W_DIGEST_SIZE];
    int rc = w_digest_end(d, digest, err);
    if (rc == HZ_OK)
        text_hex(out, digest, sizeof digest);
    return rc;
}

int w_digest_end_512_hex(struct w_digest *d, char out[W_DIGEST_512_HEX], struct hz_error *err)
{
    unsigned char digest[W_DIGEST_512_SIZE];
    if (d->running512 == NULL || EVP_DigestFinal_ex(d->running512, digest, NULL) != 1)
        return fail(err);
    text_hex(out, digest, sizeof digest);
    return HZ_OK;
}

int w_digest_of(const void *bytes, size_t len, unsigned char out[W_DIGEST_SIZE], struct hz_error *err)
{
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    return EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL) == 1 ? HZ_OK : fail(err);
}

int w_digest_512_of(const void *bytes, size_t len, unsigned char out[W_DIGEST_512_SIZE], struct hz_error *err)
{
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    return EVP_Digest(bytes, len, out, NULL, EVP_sha512(), NULL) == 1 ? HZ_OK : fail(err);
}

int w_digest_hex_of(const void *bytes, size_t len, char out[W_DIGEST_HEX], struct hz_error *err)
{
    unsigned char digest[W_DIGEST_SIZE];
    int rc = w_digest_of(bytes, len, digest, err);
    if (rc == HZ_OK)
        text_hex(out, digest, sizeof digest);
    return rc;
}
