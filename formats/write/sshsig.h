/* Signatures in OpenSSH's format (PROTOCOL.sshsig): version 1, sha512, ASCII armour. */
#ifndef HZ_FORMATS_WRITE_SSHSIG_H
#define HZ_FORMATS_WRITE_SSHSIG_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/key.h"

#define W_SSHSIG_HASH 64

/* Signs the bytes for a namespace ("hozen-bundle-v1") and appends the armour: 70 columns, a newline at the end of each
 * line. HZ_E_CRYPTO. */
int w_sshsig_make(const struct w_key *key, const char *name_space, const void *bytes, size_t len, struct buf *armour,
                  struct hz_error *err);
/* The same for bytes of which only the SHA-512 is known here. */
int w_sshsig_make_hash(const struct w_key *key, const char *name_space, const unsigned char hash[W_SSHSIG_HASH],
                       struct buf *armour, struct hz_error *err);

#endif
