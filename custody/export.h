/* A ledger, or one item of it, as a folder that anybody can check (formats/spec/ledger.md section 9). */
#ifndef HZ_CUSTODY_EXPORT_H
#define HZ_CUSTODY_EXPORT_H

#include <stdint.h>

#include "base/error.h"
#include "custody/actor.h"
#include "custody/append.h"
#include "custody/store.h"

struct export_order {
    struct store *store; /* one view is taken of it */
    const struct actor *actor;
    const char *folder; /* must not exist */
    const char *item;   /* NULL: the whole ledger */
    uint64_t size;      /* of the log when it was looked at: so much of it must be covered; others may have gone on */
};

/* Writes the folder. *head: the checkpoint that it holds; *entries: how many it holds, the lines of entries.jsonl.
 * HZ_E_NOTFOUND: no such item; HZ_E_DENIED: no signed checkpoint covers it yet. Nothing is left behind on failure. */
int export_write(const struct export_order *order, struct head *head, uint64_t *entries, struct hz_error *err);

#endif
