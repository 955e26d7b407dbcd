/* Who held an item and how it went from one to another, as the entries of a form state it, for the drawing. */
#ifndef HZ_CUSTODY_REPORT_CHAIN_H
#define HZ_CUSTODY_REPORT_CHAIN_H

#include "custody/report.h"

struct report_someone {
    char key[R_LEDGER_FINGERPRINT]; /* the latest that took the place of another */
    char name[512];                 /* cut behind 120 columns */
    bool held;
};

struct report_step { /* from == to: it stays where it is */
    const struct report_entry *entry;
    size_t from, to; /* people */
    const char *word;
    bool moved; /* custody is with `to` afterwards */
};

struct report_chain {
    struct report_someone *people; /* owned; in the order of appearance */
    size_t people_count;
    struct report_step *steps; /* owned */
    size_t step_count;
};

/* HZ_OK, or why not. Free it with report_chain_free in any case. */
int report_chain_make(const struct report *r, const char *item, struct report_chain *out, struct hz_error *err);
void report_chain_free(struct report_chain *c); /* legal on a zeroed struct */

#endif
