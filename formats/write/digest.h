/* SHA-256, and SHA-512 beside it, with OpenSSL (formats/read does the same with another library, on purpose). */
#ifndef HZ_FORMATS_WRITE_DIGEST_H
#define HZ_FORMATS_WRITE_DIGEST_H

#include <stddef.h>

#include "base/error.h"

#define W_DIGEST_SIZE 32
#define W_DIGEST_HEX (2 * W_DIGEST_SIZE + 1) /* with its NUL */
#define W_DIGEST_512_SIZE 64
#define W_DIGEST_512_HEX (2 * W_DIGEST_512_SIZE + 1)

/* Initialises OpenSSL without reading any configuration file: openssl.cnf of an examined host must not load anything.
 * Every function of formats/write that reaches OpenSSL first comes through here; calling it again costs nothing. */
int w_digest_init(struct hz_error *err);

struct w_digest; /* one running digest, reusable; for one thread at a time */

int w_digest_new(struct w_digest **out, struct hz_error *err);
/* With SHA-512, in the same pass over the bytes. */
int w_digest_new_both(struct w_digest **out, struct hz_error *err);
void w_digest_free(struct w_digest *d); /* NULL is legal */
int w_digest_start(struct w_digest *d, struct hz_error *err);
int w_digest_update(struct w_digest *d, const void *bytes, size_t len, struct hz_error *err);
/* The SHA-256 of what came so far; more may follow. */
int w_digest_peek(struct w_digest *d, unsigned char out[W_DIGEST_SIZE], struct hz_error *err);
/* The SHA-256 of all; w_digest_start before the next use. */
int w_digest_end(struct w_digest *d, unsigned char out[W_DIGEST_SIZE], struct hz_error *err);
int w_digest_end_hex(struct w_digest *d, char out[W_DIGEST_HEX], struct hz_error *err);
/* The SHA-512 of all, of a digest made by w_digest_new_both: before or after w_digest_end, once. */
int w_digest_end_512_hex(struct w_digest *d, char out[W_DIGEST_512_HEX], struct hz_error *err);

/* In one go. */
int w_digest_of(const void *bytes, size_t len, unsigned char out[W_DIGEST_SIZE], struct hz_error *err);
int w_digest_512_of(const void *bytes, size_t len, unsigned char out[W_DIGEST_512_SIZE], struct hz_error *err);
int w_digest_hex_of(const void *bytes, size_t len, char out[W_DIGEST_HEX], struct hz_error *err);

#endif
