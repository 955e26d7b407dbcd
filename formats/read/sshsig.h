/* SSHSIG signatures (OpenSSH PROTOCOL.sshsig), read strictly: formats/spec/bundle.md section 7. formats/write/sshsig is
 * the twin. */
#ifndef HZ_FORMATS_READ_SSHSIG_H
#define HZ_FORMATS_READ_SSHSIG_H

#include "formats/read/keys.h"

#define R_SSHSIG_NAMESPACE_MAX 64

struct r_sshsig {
    struct r_pubkey key; /* algorithm R_PUBKEY_UNKNOWN: the signature itself was not read */
    char name_space[R_SSHSIG_NAMESPACE_MAX + 1];
    unsigned char signature[64]; /* P-256: r || s, each 32 bytes; Ed25519: R || S */
    unsigned char flags;         /* of a token, R_SSHSIG_*; 0 for other keys */
    uint32_t counter;            /* a token's own count of its signatures */
    struct r_key_met *met;       /* the key, where it was read with r_keys that keep it; NULL else */
};

/* What a token says of the moment it signed (PROTOCOL.u2f); other bits mean nothing here. */
#define R_SSHSIG_PRESENT 0x01  /* somebody touched it */
#define R_SSHSIG_VERIFIED 0x04 /* and proved to be its owner, by PIN or finger */

/* From the armoured text. HZ_OK, HZ_E_FORMAT with *wrong (N_() text), HZ_E_NOMEM. Nothing is verified yet:
 * r_trust_verify. */
int r_sshsig_read(const void *text, size_t len, struct r_sshsig *out, const char **wrong);
/* The same, with keys that were met before, or NULL. */
int r_sshsig_read_by(struct r_keys *keys, const void *text, size_t len, struct r_sshsig *out, const char **wrong);
/* The signature part of it, for the known algorithm of sig->key: string algorithm, then a string that is two mpints in
 * 1..n-1 (P-256) or R and an S below the group order (Ed25519), and of a token flags and counter. Fills the rest. */
bool r_sshsig_signature(struct r_sshwire blob, struct r_sshsig *sig);
/* Somebody was present when this was signed, as far as the kind of key can tell: always true for a key without token.
 */
bool r_sshsig_present(const struct r_sshsig *sig);
/* The bytes that the key signs: "SSHSIG", namespace, "", "sha512", digest. HZ_OK or the buffer's failure. */
int r_sshsig_signed(const char *name_space, const unsigned char digest[R_SHA512_SIZE], struct buf *out);

#endif
