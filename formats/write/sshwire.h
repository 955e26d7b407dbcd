/* Values as SSH encodes them (RFC 4251 section 5). Failures stick in the buffer. */
#ifndef HZ_FORMATS_WRITE_SSHWIRE_H
#define HZ_FORMATS_WRITE_SSHWIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

void w_sshwire_u32(struct buf *out, uint32_t value);
void w_sshwire_bytes(struct buf *out, const void *bytes, size_t len); /* string: length, bytes; len below 2^32 */
void w_sshwire_text(struct buf *out, const char *text);
/* A non-negative integer, given big-endian with or without leading zeros. */
void w_sshwire_mpint(struct buf *out, const unsigned char *bytes, size_t len);

#endif
