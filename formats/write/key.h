/* Private keys: PKCS#8 PEM files (RFC 5958, encrypted by RFC 8018 when there is a passphrase) whose first line, before
 * BEGIN, is "hozen-purpose: collect" or "hozen-purpose: custody". A key serves one purpose. P-256 or Ed25519.
 * Or keys that an ssh-agent holds (agent.h), whose purpose nothing tells: P-256, Ed25519, and both on a token (sk-). */
#ifndef HZ_FORMATS_WRITE_KEY_H
#define HZ_FORMATS_WRITE_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

enum w_key_purpose { W_KEY_COLLECT, W_KEY_CUSTODY };
enum w_key_algorithm { W_KEY_P256, W_KEY_ED25519, W_KEY_SK_P256, W_KEY_SK_ED25519 };

#define W_KEY_AGENT "agent:" /* before a fingerprint, where a path could stand */
#define W_KEY_AGENT_SECONDS                                                                                            \
    60 /* how long an agent's signature may take: a person has to find the token and touch it                          \
        */

struct w_key;

/* P-256 or Ed25519. */
int w_key_generate(struct w_key **out, enum w_key_algorithm algorithm, enum w_key_purpose purpose,
                   struct hz_error *err);
/* From a file, or "agent:SHA256:..." (errors of w_agent_find; a key that an agent holds is asked for nothing here).
 * HZ_E_DENIED when the file states another purpose or none; HZ_E_CRYPTO with a clear text for a wrong or missing
 * passphrase. ask(context) is called only when the key is encrypted: it gives the passphrase (NUL-terminated, valid
 * until the next call) or NULL; it may be NULL. */
typedef const char *w_key_ask(void *context);
int w_key_load(struct w_key **out, const char *path, enum w_key_purpose purpose, w_key_ask *ask, void *context,
               struct hz_error *err);
/* Called before an agent is asked for a signature, which may have to wait for somebody's touch: attempt counts from 0;
 * why the one before failed, NULL at first. false: no other attempt, and the signature fails for that reason. A key
 * without one has one attempt. */
typedef bool w_key_tell(const void *context, const struct w_key *key, unsigned attempt, const struct hz_error *why);
void w_key_on_agent(struct w_key *key, w_key_tell *tell, const void *context);
bool w_key_of_token(const struct w_key *key);       /* each signature needs a touch */
const char *w_key_comment(const struct w_key *key); /* what an agent calls it; hostile text; "" for others */
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
/* Signature blob as SSH encodes it: string algorithm, string signature; of a token's key also flags and counter. What
 * an agent gave was checked. HZ_E_DENIED where a token's custody key signed without a touch. */
int w_key_sign(const struct w_key *key, const void *bytes, size_t len, struct buf *out, struct hz_error *err);

#endif
