/* The present state of each item, as the ledger's table `item` holds it. */
#ifndef HZ_CUSTODY_ITEM_H
#define HZ_CUSTODY_ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/project.h"
#include "custody/store.h"
#include "formats/read/ledger_item.h"
#include "formats/read/statement.h"

struct item {
    struct r_ledger_item chain;
    char *name, *case_id, *kind, *exhibit, *location, *verdict, *integrity, *expires; /* owned; NULL: not recorded */
    uint64_t entry; /* the latest about it, notes and photographs aside */
};

void item_free(struct item *item); /* legal on a zeroed struct */
/* *found false: out is an item of which nothing is known yet. */
int item_find(struct store *s, const char *name, struct item *out, bool *found, struct hz_error *err);
/* As item_find; HZ_E_NOTFOUND when the ledger has no such item. */
int item_get(struct store *s, const char *name, struct item *out, struct hz_error *err);
/* Reads the present row of a query whose columns are ITEM_COLUMNS. */
#define ITEM_COLUMNS                                                                                                   \
    "item, case_id, content_id, file_sha256, state, custodian, moved, offer, offered_to, expires, location, verdict, " \
    "integrity, entry, kind, exhibit, dispute, plan, decided"
int item_from_row(const struct query *q, struct item *out, struct hz_error *err);
/* Applies a statement by the rules of its chain (HZ_E_DENIED when they forbid it) and stores the new state. */
int item_apply(struct store *s, const struct project_record *record, struct hz_error *err);
/* Puts the new key of a rotation, which is entry `sequence`, where the old one is custodian or party of a dispute. */
int item_rotate(struct store *s, const char *old, const char *key, uint64_t sequence, struct hz_error *err);
/* "held", "offered", "in-transit", "disputed", "disposed", "returned" */
const char *item_state_word(enum r_ledger_state state);

#endif
