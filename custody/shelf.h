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
#define SHELF_ITEM_TEXTS 18 /* of ITEM_COLUMNS, but the last one */
#define SHELF_ITEM_ENTRY 13 /* among these; a number */
#define SHELF_COPY_TEXTS 10
#define SHELF_COPY_COLUMNS                                                                                             \
    "item, copy, role, medium, place, sha256, state, integrity, holder, due, decided, made, checked, entry"

struct shelf_copy {
    char id[R_LEDGER_COPY_ID];
    struct r_ledger_copy is;                    /* state NONE: the item has no such copy */
    char *role, *medium, *place, *holder, *due; /* owned; NULL: not recorded */
    uint64_t made, checked, entry;
    bool was_checked, changed, stored; /* stored: the table has a row */
    enum r_ledger_copy_state state;    /* of that row */
};

struct shelf_item {
    char name[R_NAME_ITEM_MAX + 1];
    struct item is;                       /* its name NULL: the ledger has no such item */
    bool changed, stored;                 /* stored: the table has a row */
    enum r_ledger_state state;            /* of that row */
    char custodian[R_LEDGER_FINGERPRINT]; /* of that row */
    bool apart;                           /* a copy that had no place here was written */
    uint64_t copies, intact, sound,
        out;        /* of its copies that are not ended: all, and by what they are; sound: they hold the evidence */
    uint64_t holds; /* in force */
    struct shelf_copy copy[SHELF_COPIES];
    unsigned copy_count, oldest;
};

/* *out stays where it is until the next call of this function. noted: the entry, where it is but a note about the item;
 * else 0. */
int shelf_item(struct store *s, const char *name, uint64_t noted, struct shelf_item **out, struct hz_error *err);
/* What its row holds, in the order of ITEM_COLUMNS; NULL: nothing, or a number. */
void shelf_item_texts(const struct shelf_item *item, const char *texts[SHELF_ITEM_TEXTS]);
/* The same of a copy, in the order of SHELF_COPY_COLUMNS. */
void shelf_copy_texts(const struct shelf_item *item, const struct shelf_copy *copy,
                      const char *texts[SHELF_COPY_TEXTS]);
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
