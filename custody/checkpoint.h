/* Signed heads of the log, in the ledger and as files. */
#ifndef HZ_CUSTODY_CHECKPOINT_H
#define HZ_CUSTODY_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/actor.h"
#include "custody/append.h"
#include "custody/store.h"
#include "formats/read/entry.h"
#include "formats/write/offer.h"

/* The text of a head, NUL-terminated. */
int checkpoint_text(const struct head *head, struct buf *out, struct hz_error *err);
/* Signs the head and stores text and signature, in a transaction of its own. HZ_E_DENIED when the actor is no
 * checkpoint signer. A signature by the same key at the same size is there only once. */
int checkpoint_sign(struct store *s, const struct head *head, const struct actor *actor, struct hz_error *err);

/* A stored checkpoint with all its signatures. */
struct checkpoint {
    uint64_t size;
    struct buf text;
    size_t count;
    struct buf signatures[R_ENTRY_SIGNATURES];
    char keyid[R_ENTRY_SIGNATURES][R_SHA256_HEX];
};
void checkpoint_free(struct checkpoint *c); /* legal on a zeroed struct */
/* The largest one of at least `size` entries; *found false when there is none. */
int checkpoint_find(struct store *s, uint64_t size, struct checkpoint *out, bool *found, struct hz_error *err);

/* The same as the head of a file that travels; armour: room for its signatures. The pointers are c's. */
struct w_offer_head checkpoint_head(const struct checkpoint *c, const char *armour[R_ENTRY_SIGNATURES]);

/* Writes `path` and `path.<keyid>.sshsig` for each signature. */
int checkpoint_write(const struct checkpoint *c, const char *path, struct hz_error *err);

#endif
