/* Whose statement an entry holds: the person whom the ledger has for the key that signed it, whatever the statement
 * calls its signer (formats/spec/ledger.md section 3, "Whose statement it is"). */
#ifndef HZ_CUSTODY_ATTRIBUTION_H
#define HZ_CUSTODY_ATTRIBUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json_out.h"
#include "custody/offering.h"
#include "custody/person.h"
#include "custody/store.h"
#include "formats/read/statement.h"

struct attribution {
    struct person person;        /* owned; whom the ledger has for the key; empty: nobody */
    struct offering_entry offer; /* owned; for an answer by a key of nobody: the offer, whose `to` it is */
    struct r_person stated;      /* what the statement itself says; its text is the statement's */
    bool differs;                /* the statement says something else than the ledger */
    struct person receiver;      /* owned; the same of whom the statement names as `to`, by a key of the ledger */
    struct r_person to_stated;
    bool to_differs;
    struct attribution_second {
        char key[R_LEDGER_FINGERPRINT];
        char *name;               /* owned; NULL: nobody's key */
    } second[R_ENTRY_SIGNATURES]; /* who signed beside the actor, by key */
    size_t second_count;
};

void attribution_free(struct attribution *a); /* legal on a zeroed struct */

/* The statement of entry `sequence`: st->actor becomes what the ledger has for its key, and so does st->body.to; where
 * it has nothing they stay. What they point to then is *out's, which lives as long as st. told: the tables; log: where
 * the entries lie. */
int attribution_make(struct store *told, struct store *log, uint64_t sequence, struct r_statement *st,
                     struct attribution *out, struct hz_error *err);
/* Puts into *actor, which begins as st's, what the ledger has for the key. true: st says something else. */
bool attribution_put(const struct r_statement *st, const struct r_person *known, struct r_person *actor);
/* The same of whom an item is offered or given to; and of who released it in a ledger of their own, where what is said
 * beyond what is known is theirs to say. */
bool attribution_put_receiver(const struct r_person *known, struct r_person *to);
bool attribution_put_releaser(const struct r_person *known, struct r_person *releaser);
/* Of an answer by a key of nobody: the offer, as *offer, and what its `to` says over *actor. *other: they differ. */
int attribution_offered(struct store *told, struct store *log, const struct r_statement *answer,
                        struct offering_entry *offer, struct r_person *actor, bool *other, struct hz_error *err);
/* A person of the ledger as the actor of a statement; the pointers are theirs. */
struct r_person attribution_person(const struct person *p);

/* "Sato Hanako, Example CSIRT". Appends, raw. */
void attribution_text(const struct r_person *p, struct buf *out);
/* The same of what the statement says of its signer, or of its `to`, where it differs; else nothing. */
void attribution_stated(const struct attribution *a, struct buf *out);
void attribution_named(const struct attribution *a, struct buf *out);
/* The members second_signers, signed_as and signer of a line of the log. who: as attribution_make left it. */
void attribution_members(const struct attribution *a, const struct r_person *who, struct json_out *j);

#endif
