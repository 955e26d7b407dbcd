/* What statements do to the copies of an item. For ledger_item.c alone. */
#ifndef HZ_FORMATS_READ_LEDGER_COPY_H
#define HZ_FORMATS_READ_LEDGER_COPY_H

#include "formats/read/ledger_item.h"

/* One statement on its way: item and facts are working copies. */
struct r_ledger_step {
    struct r_ledger_item item;
    struct r_ledger_facts facts;
    const struct r_statement *s;
    struct stamp at;
};

int r_ledger_copy_refuse(struct hz_error *err, const char *why);  /* N_() text; HZ_E_DENIED */
void r_ledger_copy_set(char *out, size_t size, const char *text); /* NULL: empty */

/* The copy that an intake makes. */
void r_ledger_copy_intake(struct r_ledger_step *step);
/* What an evidence says about the copy, and with that about the item. */
void r_ledger_copy_checked(struct r_ledger_step *step);
int r_ledger_copy_add(struct r_ledger_step *step, struct hz_error *err);
int r_ledger_copy_checkout(struct r_ledger_step *step, struct hz_error *err);
int r_ledger_copy_return(struct r_ledger_step *step, struct hz_error *err);
int r_ledger_copy_move(struct r_ledger_step *step, struct hz_error *err);
int r_ledger_copy_recheck(struct r_ledger_step *step, struct hz_error *err);
int r_ledger_copy_fixity(struct r_ledger_step *step, struct hz_error *err);
int r_ledger_copy_resolve(struct r_ledger_step *step, struct hz_error *err);
int r_ledger_copy_destroy(struct r_ledger_step *step, struct hz_error *err);

#endif
