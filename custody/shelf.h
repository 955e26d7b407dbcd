/* Items that a transaction is at work on, each with some of its copies, as the tables `item` and `copy` have them: what
 * follows from one statement about an item for the next need not go through the tables. Memory is bounded: what has no
 * place any more is written and read again. */
#ifndef HZ_CUSTODY_SHELF_H
#define HZ_CUSTODY_SHELF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/item.h"
#include "custody/store.h"
#include "formats/read/ledger_item.h"
#include "formats/read/name.h"

#define SHELF_COPIES 4

struct shelf_copy {
    char id[R_LEDGER_COPY_ID];
    struct r_ledger_copy is;                    /* state NONE: the item has no such copy */
    char *role, *medium, *place, *holder, *due; /* owned; NULL: not recorded */
    uint64_t made, checked, entry;
    bool was_checked, changed, stored; /* stored: the table has a row */
};

struct shelf_item {
    char name[R_NAME_ITEM_MAX + 1];
    struct item is;                       /* its name NULL: the ledger has no such item */
    bool changed, stored;                 /* stored: the table has a row */
    char custodian[R_LEDGER_FINGERPRINT]; /* of that row */
    uint64_t copies, intact, sound,
        out;        /* of its copies that are not ended: all, and by what they are; sound: they hold the evidence */
    uint64_t holds; /* in force */
    struct shelf_copy copy[SHELF_COPIES];
    unsigned copy_count, oldest;
};

/* *out stays where it is until the next call of this function. */
int shelf_item(struct store *s, const char *name, struct shelf_item **out, struct hz_error *err);
/* A copy of that item; until the next call of one of the two. */
int shelf_copy(struct store *s, struct shelf_item *item, const char *id, struct shelf_copy **out, struct hz_error *err);
/* The copy becomes what `is` says: keeps the counts of the item. */
void shelf_copy_becomes(struct shelf_item *item, struct shelf_copy *copy, const struct r_ledger_copy *is);
/* A text of one of the two; NULL: not recorded. Copied. HZ_E_NOMEM. */
int shelf_set(char **field, const char *value, struct hz_error *err);
/* Writes what has changed of it. */
int shelf_write_item(struct store *s, struct shelf_item *item, struct hz_error *err);
/* The same for all. */
int shelf_write(struct store *s, struct hz_error *err);
/* The same, and reads everything again from then on: the tables are about to be changed by somebody else. */
int shelf_clear(struct store *s, struct hz_error *err);

#endif
