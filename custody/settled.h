/* Items that an audit has derived and found in the ledger's own tables `item` and `copy`, row by row and word by word,
 * when memory had no place for them any more: they need not be written into tables apart. Each row names the latest
 * entry about it, so that what an honest ledger has of an item is not what was derived of it before that entry, and
 * nothing but notes follows. */
#ifndef HZ_CUSTODY_SETTLED_H
#define HZ_CUSTODY_SETTLED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/shelf.h"
#include "custody/store.h"

struct settled {
    struct store *ledger;   /* not owned */
    uint64_t items, copies; /* rows of the ledger that were derived */
    uint64_t apart;         /* items that were written apart all the same */
    bool differs;           /* one of them did not stay what was derived */
};

/* *same: the ledger has this item and its copies in these words, and no other copy of it. All its copies are on the
 * shelf. */
int settled_item(struct settled *t, const struct shelf_item *item, bool *same, struct hz_error *err);
/* The item as the ledger has it since before entry `sequence`, for a note about it. */
int settled_find(struct settled *t, const char *name, uint64_t sequence, struct item *out, bool *found,
                 struct hz_error *err);
/* Entry `sequence` takes a key out of use: no row from before it still names that as its holder's. */
int settled_rotate(struct settled *t, const char *old, uint64_t sequence, struct hz_error *err);
/* *same: the ledger has these rows, those that were written apart, and no others. items, copies: what it has. */
int settled_rest(struct settled *t, struct store *apart, uint64_t items, uint64_t copies, bool *same,
                 struct hz_error *err);

#endif
