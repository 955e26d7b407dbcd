/* The list of persons one trusts: the allowed_signers format of ssh-keygen(1), a strict part of it (formats/spec/
 * bundle.md section 7). And the list of revoked keys. */
#ifndef HZ_FORMATS_READ_SIGNERS_H
#define HZ_FORMATS_READ_SIGNERS_H

#include <stdbool.h>

#include "base/stamp.h"
#include "formats/read/pubkey.h"

#define R_SIGNERS_FILE_MAX ((size_t)4 * 1024 * 1024)
#define R_SIGNERS_PRINCIPAL_MAX 320

struct r_signer {
    char *principal;   /* owned */
    char *name_spaces; /* owned; "a,b"; NULL: any */
    char *comment;     /* owned; what stands behind the key; NULL: nothing */
    bool has_after, has_before;
    struct stamp after, before;
    bool no_touch;                   /* no-touch-required: a token may sign without a touch */
    bool verified;                   /* verify-required: it must have asked for a PIN or a finger */
    unsigned char id[R_SHA256_SIZE]; /* of the key */
};

struct r_signers {
    struct r_signer *list; /* owned */
    size_t count;
};

/* HZ_OK, or HZ_E_FORMAT / HZ_E_NOMEM with the line number in the text. An empty list is legal: nobody is trusted. */
int r_signers_read(const char *text, size_t len, struct r_signers *out, struct hz_error *err);
/* The same for the list in an exported folder of a ledger (formats/spec/ledger.md section 9), which names a person
 * without a mail address by the keyid of the key. Such a list says whose keys they are; nobody trusts it. */
int r_signers_read_exported(const char *text, size_t len, struct r_signers *out, struct hz_error *err);
void r_signers_free(struct r_signers *s);
/* true when the signer's options allow the namespace. */
bool r_signers_allows(const struct r_signer *signer, const char *name_space);

struct r_revoked {
    unsigned char (*ids)[R_SHA256_SIZE]; /* owned */
    size_t count;
};

/* One public key or "SHA256:..." fingerprint per line; empty lines and lines that begin with # are skipped. */
int r_signers_revoked(const char *text, size_t len, struct r_revoked *out, struct hz_error *err);
void r_signers_revoked_free(struct r_revoked *r);
bool r_signers_is_revoked(const struct r_revoked *r, const unsigned char id[R_SHA256_SIZE]);

#endif
