/* The persons of an exported ledger, by their keys, as the entries tell them one after the other. In memory. */
#ifndef HZ_VERIFY_EXPORT_KEYS_H
#define HZ_VERIFY_EXPORT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/read/ledger.h"
#include "formats/read/ledger_rule.h"
#include "formats/read/statement.h"

#define EXPORT_KEYS_MAX 65536

struct export_key {
    char key[R_LEDGER_FINGERPRINT];
    bool checkpoint_signer, has_from, has_until;
    bool ended, revoked; /* ended: revoked, or another has taken its place, by entry `end` */
    struct stamp from, until;
    uint64_t entry, end;
    bool listed;     /* in allowed_signers */
    char *name;      /* owned */
    char *role;      /* owned; NULL: none stated */
    char *principal; /* owned: the contact, where it can be a mail address; NULL: it cannot */
};

struct export_keys {
    struct export_key *list; /* owned; by key */
    size_t count, room;
};

void export_keys_free(struct export_keys *k); /* legal on a zeroed struct */
/* NULL: nobody of this key. */
struct export_key *export_keys_find(const struct export_keys *k, const char *key);
/* What is known about the signers of a statement that is recorded now, for r_ledger_rule_check. others_known: the keys
 * told so far are all of the ledger's. */
void export_keys_signing(const struct export_keys *k, const struct r_statement *s,
                         const struct r_ledger_signers *signers, struct stamp recorded_at, bool others_known,
                         struct r_ledger_signing *out);
/* Follows a genesis, person, rotation or revocation. HZ_E_LIMIT beyond EXPORT_KEYS_MAX, HZ_E_NOMEM. */
int export_keys_apply(struct export_keys *k, const struct r_statement *s, uint64_t sequence, struct hz_error *err);
/* May this key sign a checkpoint of `size` entries? */
bool export_keys_may(const struct export_keys *k, const char *key, uint64_t size);

#endif
