/* Digests of the reading side, by libgcrypt. The writing side uses OpenSSL: one library's fault cannot hide itself. */
#ifndef HZ_FORMATS_READ_HASH_H
#define HZ_FORMATS_READ_HASH_H

#include <stddef.h>

#include "base/error.h"

#define R_SHA256_SIZE 32
#define R_SHA512_SIZE 64
#define R_SHA256_HEX 65 /* 64 digits and a NUL */

enum r_hash_kind { R_SHA256, R_SHA512 };

struct r_hash {
    void *handle; /* NULL while closed */
};

/* Loads libgcrypt without secure memory. Call once before a jail is entered; further calls do nothing. HZ_E_CRYPTO. */
int r_hash_start(struct hz_error *err);

/* A running digest. r_hash_finish writes 32 or 64 bytes and makes it empty again. r_hash_close(NULL) is legal,
 * and closing what is closed. */
int r_hash_open(struct r_hash *h, enum r_hash_kind kind, struct hz_error *err);
void r_hash_put(struct r_hash *h, const void *bytes, size_t len);
void r_hash_finish(struct r_hash *h, unsigned char *out);
void r_hash_close(struct r_hash *h);

/* Of bytes in memory. r_hash_start must have succeeded. */
/* Of the byte and then the bytes. */
void r_hash_sha256_behind(unsigned char out[R_SHA256_SIZE], unsigned char first, const void *bytes, size_t len);
void r_hash_sha256(unsigned char out[R_SHA256_SIZE], const void *bytes, size_t len);
void r_hash_sha512(unsigned char out[R_SHA512_SIZE], const void *bytes, size_t len);

#endif
