/* The releaser's side of a handoff: the offer as a file, from what the ledger holds. */
#ifndef HZ_CUSTODY_OFFERING_H
#define HZ_CUSTODY_OFFERING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/store.h"
#include "formats/read/entry.h"
#include "formats/read/statement.h"

/* An entry of the log, taken apart. */
struct offering_entry {
    uint64_t sequence;
    struct buf bytes;
    struct r_entry entry;
    struct r_statement statement;
};
void offering_entry_free(struct offering_entry *e); /* legal on a zeroed struct */
/* The entry that holds the statement of this digest; *found false when there is none. */
int offering_find(struct store *s, const char *digest, struct offering_entry *out, bool *found, struct hz_error *err);

/* The entry of this number; HZ_E_FORMAT: there is none, or it cannot be read. */
int offering_at(struct store *s, uint64_t sequence, struct offering_entry *out, struct hz_error *err);

/* The offer file for an entry: with the largest checkpoint, the inclusion proof, and a consistency proof from what the
 * receiver's latest receipt in this ledger saw. *covered false, and nothing is built, when no checkpoint covers it. */
int offering_build(struct store *s, const struct offering_entry *e, struct buf *out, bool *covered,
                   struct hz_error *err);

#endif
