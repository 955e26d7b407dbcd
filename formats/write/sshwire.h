/* Values as SSH encodes them (RFC 4251 section 5). Failures stick in the buffer. */
#ifndef HZ_FORMATS_WRITE_SSHWIRE_H
#define HZ_FORMATS_WRITE_SSHWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

void w_sshwire_u32(struct buf *out, uint32_t value);
void w_sshwire_bytes(struct buf *out, const void *bytes, size_t len); /* string: length, bytes; len below 2^32 */
void w_sshwire_text(struct buf *out, const char *text);
/* A non-negative integer, given big-endian with or without leading zeros. */
void w_sshwire_mpint(struct buf *out, const unsigned char *bytes, size_t len);

/* What a key agent answered, taken apart: views into its bytes. false when a value runs over the end. */
struct w_sshwire_view {
    const unsigned char *at;
    size_t len;
};
bool w_sshwire_take(struct w_sshwire_view *from, struct w_sshwire_view *out); /* a string */
bool w_sshwire_take_u32(struct w_sshwire_view *from, uint32_t *out);
/* A positive mpint, also with more zeros in front than it needs, right-aligned into size bytes. */
bool w_sshwire_take_mpint(struct w_sshwire_view *from, unsigned char *out, size_t size);

#endif
