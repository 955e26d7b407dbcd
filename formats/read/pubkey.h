/* Public keys as SSH encodes them (RFC 4253 section 6.6, RFC 5656, RFC 8709; those of tokens: OpenSSH PROTOCOL.u2f),
 * read strictly. */
#ifndef HZ_FORMATS_READ_PUBKEY_H
#define HZ_FORMATS_READ_PUBKEY_H

#include <stdbool.h>

#include "base/error.h"
#include "formats/read/hash.h"
#include "formats/read/sshwire.h"

#define R_PUBKEY_FINGERPRINT_SIZE 51 /* "SHA256:", 43 characters, NUL */
#define R_PUBKEY_BLOB_MAX ((size_t)4096)

enum r_pubkey_algorithm { R_PUBKEY_UNKNOWN, R_PUBKEY_P256, R_PUBKEY_ED25519, R_PUBKEY_SK_P256, R_PUBKEY_SK_ED25519 };

struct r_pubkey {
    enum r_pubkey_algorithm algorithm;
    unsigned char application[R_SHA256_SIZE]; /* sk- forms: SHA-256 of the name that the token knows the key by */
    unsigned char point[65];                  /* P-256: 04 || x || y; Ed25519: the first 32 bytes */
    unsigned char id[R_SHA256_SIZE];
    char keyid[R_SHA256_HEX]; /* id in hex */
    char fingerprint[R_PUBKEY_FINGERPRINT_SIZE];
};

/* From the blob. HZ_OK also for an algorithm that is not known here (then only the identifiers hold). HZ_E_FORMAT: not
 * a key, or not in the one allowed form; of the points, Ed25519 must be canonical and not of small order, P-256 is
 * checked when a signature is, and in a list of signers (trust.h). HZ_E_NOMEM. r_hash_start must have succeeded. */
int r_pubkey_read(const void *blob, size_t len, struct r_pubkey *out);
/* What a type is called; NULL for R_PUBKEY_UNKNOWN. */
const char *r_pubkey_type(enum r_pubkey_algorithm algorithm);
bool r_pubkey_is_p256(enum r_pubkey_algorithm algorithm);     /* with or without a token */
bool r_pubkey_is_of_token(enum r_pubkey_algorithm algorithm); /* an sk- form */
/* From "type base64[ comment]", the form of .pub files and lists. HZ_OK, HZ_E_FORMAT or HZ_E_NOMEM. */
int r_pubkey_line(const char *line, size_t len, struct r_pubkey *out);

#endif
