/* The question to a time-stamp authority: an RFC 3161 TimeStampReq in DER (formats/spec/timestamp.md). */
#ifndef HZ_FORMATS_WRITE_TIMESTAMP_H
#define HZ_FORMATS_WRITE_TIMESTAMP_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/digest.h"

#define W_TIMESTAMP_QUERY 101U /* at most */

/* Appends the query for bytes of which the SHA-256, or (wide) the SHA-512 is given: version 1, a fresh nonce of eight
 * bytes, and the wish for the authority's certificate. HZ_E_CRYPTO without randomness, or the buffer's failure. */
int w_timestamp_query(const unsigned char *digest, bool wide, struct buf *out, struct hz_error *err);

#endif
