/* The SSH data types (RFC 4251 section 5) and the one armour of signatures. Everything is a view into the bytes given.
 */
#ifndef HZ_FORMATS_READ_SSHWIRE_H
#define HZ_FORMATS_READ_SSHWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct r_sshwire {
    const unsigned char *at;
    size_t len;
};

/* Takes a string off the front. false when it runs over the end. */
bool r_sshwire_string(struct r_sshwire *from, struct r_sshwire *out);
bool r_sshwire_u32(struct r_sshwire *from, uint32_t *out);
/* A positive canonical mpint of at most size bytes, written right-aligned into out. */
bool r_sshwire_mpint(struct r_sshwire *from, unsigned char *out, size_t size);
bool r_sshwire_is(const struct r_sshwire *s, const char *text);
/* -----BEGIN SSH SIGNATURE-----, canonical base64 in lines of 70, -----END SSH SIGNATURE-----, each ended by LF. HZ_OK,
 * HZ_E_FORMAT or the buffer's failure. */
int r_sshwire_unarmour(const char *text, size_t len, struct buf *blob);

#endif
