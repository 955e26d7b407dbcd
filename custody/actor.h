/* Whoever acts: a custody key and what the ledger knows of its owner. */
#ifndef HZ_CUSTODY_ACTOR_H
#define HZ_CUSTODY_ACTOR_H

#include "base/buf.h"
#include "base/error.h"
#include "custody/person.h"
#include "custody/store.h"
#include "formats/write/key.h"
#include "formats/write/statement.h"

struct actor {
    struct w_key *key; /* owned */
    struct person person;
};

void actor_free(struct actor *a); /* wipes; legal on a zeroed struct */

/* The owner of a->key as a person of the ledger. HZ_E_DENIED when the ledger does not know the key. */
int actor_identify(struct actor *a, struct store *s, struct hz_error *err);
/* The owner as the comment of the public key file beside the private one says ("sato.key" -> "sato.key.pub"), or as an
 * agent calls the key. A file
 * that is not there, or is that of another key, leaves the name NULL. */
int actor_from_comment(struct actor *a, const char *key_path, struct hz_error *err);
/* Fills key and public_key of the person from a->key. */
int actor_public_key(struct actor *a, struct hz_error *err);

/* Present time with the machine's offset. */
struct w_time actor_now(void);
/* A statement of this type by the actor, now, for a ledger (NULL: genesis). The rest is zero. */
struct w_statement actor_statement(const struct actor *a, const char *type, const char *ledger);
/* Appends the armoured signature over the bytes of a statement or checkpoint, R_LEDGER_NAMESPACE, or over a checkpoint
 * that somebody else sent, R_LEDGER_COSIGN_NAMESPACE. */
int actor_sign(const struct actor *a, const char *namespace, const struct buf *bytes, struct buf *armour,
               struct hz_error *err);

/* A statement and its signature, ready to be recorded or sent. */
struct actor_signed {
    struct buf statement, armour;
};
void actor_signed_free(struct actor_signed *s);
int actor_sign_statement(const struct actor *a, const struct w_statement *statement, struct actor_signed *out,
                         struct hz_error *err);

#endif
