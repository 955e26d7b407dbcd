/* Private keys: PKCS#8 PEM files (RFC 5958, encrypted by RFC 8018 when there is a passphrase) whose first line, before
 * BEGIN, is "hozen-purpose: collect" or "hozen-purpose: custody". A key serves one purpose. P-256 or Ed25519. */
#ifndef HZ_FORMATS_WRITE_KEY_H
#define HZ_FORMATS_WRITE_KEY_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

enum w_key_purpose { W_KEY_COLLECT, W_KEY_CUSTODY };
enum w_key_algorithm { W_KEY_P256, W_KEY_ED25519 };

struct w_key;

int w_key_generate(struct w_key **out, enum w_key_algorithm algorithm, enum w_key_purpose purpose,
                   struct hz_error *err);
/* HZ_E_DENIED when the file states another purpose or none; HZ_E_CRYPTO with a clear text for a wrong or missing
 * passphrase. ask(context) is called only when the key is encrypted: it gives the passphrase (NUL-terminated, valid
 * until the next call) or NULL; it may be NULL. */
typedef const char *w_key_ask(void *context);
int w_key_load(struct w_key **out, const char *path, enum w_key_purpose purpose, w_key_ask *ask, void *context,
               struct hz_error *err);
/* Wipes the private half at once: it is named and its fingerprint is known as before, but it signs no more, and
 * w_key_private_pem is no longer legal. */
void w_key_forget(struct w_key *key);
void w_key_free(struct w_key *key); /* wipes */

/* PKCS#8 PEM with the purpose line; passphrase NULL: not encrypted. `out` holds a secret: the caller wipes it. */
int w_key_private_pem(const struct w_key *key, const char *passphrase, struct buf *out, struct hz_error *err);
/* OpenSSH public key line "type base64 comment\n". */
int w_key_public_line(const struct w_key *key, const char *comment, struct buf *out, struct hz_error *err);
/* The SSH wire blob (RFC 4253 section 6.6, RFC 5656, RFC 8709); owned by the key. */
const struct buf *w_key_blob(const struct w_key *key);
const char *w_key_id(const struct w_key *key);          /* 64 lower-case hex digits of SHA-256(blob) */
const char *w_key_fingerprint(const struct w_key *key); /* "SHA256:" and unpadded base64 */
/* Signature blob as SSH encodes it: string algorithm, string signature. */
int w_key_sign(const struct w_key *key, const void *bytes, size_t len, struct buf *out, struct hz_error *err);

#endif
