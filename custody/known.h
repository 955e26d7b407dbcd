/* What a ledger's tables were asked about persons and policy, kept while one transaction lasts: nearly every entry asks
 * about the same few keys. */
#ifndef HZ_CUSTODY_KNOWN_H
#define HZ_CUSTODY_KNOWN_H

#include <stdbool.h>

#include "base/error.h"
#include "base/stamp.h"
#include "custody/store.h"
#include "formats/read/ledger_text.h"
#include "formats/read/policy.h"

struct known_key {
    char key[R_LEDGER_FINGERPRINT];
    bool known, checkpoint_signer, ended, has_from, has_until;
    struct stamp from, until;                           /* its validity */
    char *name, *title, *organisation, *role, *contact; /* NULL: none */
};

/* What the ledger knows of a key. *out is valid until the next call of a function of this page. */
int known_key(struct store *s, const char *key, const struct known_key **out, struct hz_error *err);
/* The policy in force; NULL: there is none. */
int known_policy(struct store *s, const struct r_policy **out, struct hz_error *err);
/* Persons or policy have changed. */
void known_renew(struct store *s);

#endif
