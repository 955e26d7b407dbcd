#include "collector/persistence/pkg_digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/write/digest.h"

#define PIECE ((size_t)128 << 10)

static const struct {
    const char *name, *fetched;
    size_t size;
} algorithms[PKG_ALGORITHMS] = { [PKG_MD5] = { "md5", "MD5", 16 },
                                 [PKG_SHA1] = { "sha1", "SHA1", 20 },
                                 [PKG_SHA256] = { "sha256", "SHA256", 32 },
                                 [PKG_SHA384] = { "sha384", "SHA384", 48 },
                                 [PKG_SHA512] = { "sha512", "SHA512", 64 } };

size_t pkg_digest_size(enum pkg_algorithm algorithm)
{
    return algorithms[algorithm].size;
}

const char *pkg_digest_name(enum pkg_algorithm algorithm)
{
    return algorithms[algorithm].name;
}

bool pkg_digest_parse(struct pkg_digest *out, enum pkg_algorithm algorithm, const char *hex, size_t len)
{
    struct pkg_digest d = { .algorithm = algorithm };
    size_t size = pkg_digest_size(algorithm);
    if (size == 0 || text_unhex(d.bytes, size, hex, len) != HZ_OK)
        return false;
    *out = d;
    return true;
}

void pkg_digest_hex(char out[PKG_DIGEST_HEX], const struct pkg_digest *d)
{
    text_hex(out, d->bytes, pkg_digest_size(d->algorithm));
}

bool pkg_digest_same(const struct pkg_digest *a, const struct pkg_digest *b)
{
    return a->algorithm == b->algorithm && memcmp(a->bytes, b->bytes, pkg_digest_size(a->algorithm)) == 0;
}

struct running {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
    unsigned char *piece;
};

static void running_free(struct running *r)
{
    EVP_MD_free(r->algorithm);
    EVP_MD_CTX_free(r->context);
    free(r->piece);
}

static int fail(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_CRYPTO, "%s", _("the digest library failed"));
}

static int begin(struct running *r, enum pkg_algorithm algorithm, struct hz_error *err)
{
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    r->algorithm = EVP_MD_fetch(NULL, algorithms[algorithm].fetched, NULL);
    r->context = EVP_MD_CTX_new();
    r->piece = malloc(PIECE);
    if (r->algorithm == NULL || r->context == NULL || r->piece == NULL)
        return fail(err);
    return EVP_DigestInit_ex2(r->context, r->algorithm, NULL) == 1 ? HZ_OK : fail(err);
}

int pkg_digest_file(int fd, enum pkg_algorithm algorithm, uint64_t max, struct pkg_digest *out, uint64_t *size,
                    struct hz_error *err)
{
    HZ_CLEANUP(running_free) struct running r = { 0 };
    struct pkg_digest d = { .algorithm = algorithm };
    uint64_t sum = 0;
    int rc = begin(&r, algorithm, err);
    for (size_t got = PIECE; rc == HZ_OK && got == PIECE; sum += got) {
        rc = io_read(fd, r.piece, PIECE, &got, err);
        if (rc == HZ_OK && EVP_DigestUpdate(r.context, r.piece, got) != 1)
            rc = fail(err);
        if (rc == HZ_OK && sum + got > max)
            rc = hz_error_sys(err, HZ_E_LIMIT, EFBIG, "%s", _("the file is larger than is compared"));
    }
    if (rc != HZ_OK)
        return rc;
    if (EVP_DigestFinal_ex(r.context, d.bytes, NULL) != 1)
        return fail(err);
    *out = d;
    *size = sum;
    return HZ_OK;
}
