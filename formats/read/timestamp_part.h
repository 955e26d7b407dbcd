/* Inside the reader of time-stamp tokens: what asks OpenSSL about certificates. For timestamp*.c alone. */
#ifndef HZ_FORMATS_READ_TIMESTAMP_PART_H
#define HZ_FORMATS_READ_TIMESTAMP_PART_H

#include <openssl/pkcs7.h>
#include <stdbool.h>

#include "formats/read/timestamp.h"

/* OpenSSL, as r_openssl_start has it. */
int r_timestamp_part_start(struct hz_error *err);
/* The token by itself: one signer, whose certificate is inside, is for time stamping and was valid at out->time; the
 * signature holds. Fills out->authority. */
enum r_timestamp_why r_timestamp_part_signature(PKCS7 *token, struct r_timestamp *out);
/* The signer's certificate leads to a root at out->time (RFC 5280), and is the one that the signer meant (RFC 5816). */
enum r_timestamp_why r_timestamp_part_chain(PKCS7 *token, const struct r_timestamp_roots *roots,
                                            const struct r_timestamp *out);

/* What a child in its jail does, and how long: seconds and (0: only those) microseconds of the processor. */
struct r_timestamp_part_job {
    int (*judge)(const void *what, void *answer); /* fills the answer; an error code when there is none */
    const void *what;
    void *answer; /* zeroed; all of one size, so that the parent reads exactly one */
    size_t size;
    unsigned seconds, microseconds;
};
/* *answered false: it died, or took too long. HZ_E_NOMEM, HZ_E_CRYPTO or HZ_E_IO: there is no answer. */
int r_timestamp_part_child(const struct r_timestamp_part_job *job, bool *answered, struct hz_error *err);
/* Whatever made the child say it: no member is outside what it can be. */
bool r_timestamp_part_is_sane(const struct r_timestamp *t);

#endif
