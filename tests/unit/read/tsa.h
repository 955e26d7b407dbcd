/* A small time-stamp authority inside a test: root, authority, tokens at any time. OpenSSL's own code makes them. */
#ifndef HZ_TESTS_READ_TSA_H
#define HZ_TESTS_READ_TSA_H

#include <openssl/ts.h>
#include <openssl/x509.h>
#include <stdbool.h>

#include "base/buf.h"

#define TSA_NOW 1800000000 /* 2027-01-15: when the authority stamps, unless told otherwise */
#define TSA_DAY 86400
#define TSA_ACCURACY 3 /* seconds, rounded up */

struct tsa {
    EVP_PKEY *root_key, *key;
    X509 *root, *certificate;
    struct buf root_pem;
};

struct tsa_certificate {
    const char *name, *purpose; /* NULL: no extended key usage */
    int64_t from, to;
    bool authority; /* may sign certificates */
};

void tsa_open(struct tsa *t, int64_t from, int64_t to); /* validity of the authority's certificate */
void tsa_open_as(struct tsa *t, const char *root_name, int64_t from, int64_t to);
void tsa_close(struct tsa *t);
/* Signed by issuer, or by itself. */
X509 *tsa_issue(const struct tsa_certificate *c, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key);
/* A response over a digest. replace: stands in the token instead of the authority's certificate; NULL: as it is. */
void tsa_stamp(const struct tsa *t, const unsigned char digest[32], int64_t at, const EVP_MD *signer_digest,
               X509 *replace, struct buf *out);
/* The same over a SHA-512. */
void tsa_stamp_wide(const struct tsa *t, const unsigned char digest[64], int64_t at, struct buf *out);

#endif
