/* A client of ssh-agent: keys that stay where they are (a FIDO token, a smart card, a machine of one's own) sign
 * through the socket that SSH_AUTH_SOCK names. Source: draft-miller-ssh-agent, PROTOCOL.agent of OpenSSH. Whatever
 * answers there is not trusted: answers are bounded, and pubkey.h checks what they hold. */
#ifndef HZ_FORMATS_WRITE_AGENT_H
#define HZ_FORMATS_WRITE_AGENT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

#define W_AGENT_BLOB_MAX 1024
#define W_AGENT_COMMENT_MAX 1024
#define W_AGENT_SIGNATURE_MAX 1024

/* The public key with this fingerprint ("SHA256:..." of 43 characters) among those that the agent holds: its blob, and
 * the comment it goes by (any bytes but NUL). HZ_E_USAGE for another form of fingerprint; HZ_E_NOTFOUND without an
 * agent or the key in it; HZ_E_TIMEOUT after 10 seconds; HZ_E_FORMAT for an answer outside the protocol. */
int w_agent_find(const char *fingerprint, struct buf *blob, struct buf *comment, struct hz_error *err);
/* Has the key sign the bytes and appends the signature blob as the agent gave it: string algorithm, string signature
 * and, for keys of tokens, flags and counter. HZ_E_DENIED when the agent refuses, HZ_E_TIMEOUT after
 * W_KEY_AGENT_SECONDS, HZ_E_NOTFOUND,
 * HZ_E_FORMAT as above. */
int w_agent_sign(const struct buf *blob, const void *bytes, size_t len, struct buf *signature, struct hz_error *err);

#endif
