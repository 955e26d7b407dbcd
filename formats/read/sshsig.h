/* SSHSIG signatures (OpenSSH PROTOCOL.sshsig), read strictly: formats/spec/bundle.md section 7. formats/write/sshsig is
 * the twin. */
#ifndef HZ_FORMATS_READ_SSHSIG_H
#define HZ_FORMATS_READ_SSHSIG_H

#include "formats/read/pubkey.h"

#define R_SSHSIG_NAMESPACE_MAX 64

struct r_sshsig {
    struct r_pubkey key; /* algorithm R_PUBKEY_UNKNOWN: the signature itself was not read */
    char name_space[R_SSHSIG_NAMESPACE_MAX + 1];
    unsigned char signature[64]; /* P-256: r || s, each 32 bytes; Ed25519: R || S */
};

/* From the armoured text. HZ_OK, HZ_E_FORMAT with *wrong (N_() text), HZ_E_NOMEM. Nothing is verified yet:
 * r_trust_verify. */
int r_sshsig_read(const void *text, size_t len, struct r_sshsig *out, const char **wrong);
/* The signature part of it, for a known algorithm: string algorithm, then a string that is two mpints in 1..n-1 (P-256)
 * or R and an S below the group order (Ed25519). */
bool r_sshsig_signature(enum r_pubkey_algorithm algorithm, struct r_sshwire blob, unsigned char out[64]);
/* The bytes that the key signs: "SSHSIG", namespace, "", "sha512", digest. HZ_OK or the buffer's failure. */
int r_sshsig_signed(const char *name_space, const unsigned char digest[R_SHA512_SIZE], struct buf *out);

#endif
