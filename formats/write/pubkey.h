/* Public keys that an ssh-agent names, and whether what it signed holds: nothing is written that would not verify.
 * formats/read checks the same with other code. */
#ifndef HZ_FORMATS_WRITE_PUBKEY_H
#define HZ_FORMATS_WRITE_PUBKEY_H

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/digest.h"
#include "formats/write/key.h"

#define W_PUBKEY_TOUCHED 0x01 /* flag of a token's signature (PROTOCOL.u2f): somebody was present */

struct w_pubkey {
    enum w_key_algorithm algorithm;
    EVP_PKEY *pkey;                           /* owned */
    unsigned char application[W_DIGEST_SIZE]; /* of a token's key: SHA-256 of the name it was made for */
};

const char *w_pubkey_name(enum w_key_algorithm algorithm); /* "ssh-ed25519" */
bool w_pubkey_of_token(enum w_key_algorithm algorithm);    /* an sk- form */

/* From the wire blob. HZ_E_UNSUPPORTED for another algorithm than the four, HZ_E_FORMAT for what is not the one form of
 * a key, HZ_E_CRYPTO. */
int w_pubkey_read(struct w_pubkey *out, const struct buf *blob, struct hz_error *err);
void w_pubkey_free(struct w_pubkey *key); /* legal on a zeroed struct */

/* Takes a signature blob over the bytes apart, checks it and appends it in its canonical form. *flags: those of a
 * token, 0 for other keys. HZ_E_FORMAT when it is not a signature of such a key, HZ_E_INVALID when it does not verify.
 */
int w_pubkey_take(const struct w_pubkey *key, const struct buf *signature, const void *bytes, size_t len,
                  struct buf *out, unsigned char *flags, struct hz_error *err);

#endif
