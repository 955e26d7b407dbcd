/* The audit: everything a ledger says is derived again from its signed bytes (formats/spec/ledger.md section 7).
 * Entries are read one after the other; memory does not grow with them. */
#ifndef HZ_CUSTODY_AUDIT_H
#define HZ_CUSTODY_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/audit_time.h"
#include "custody/outside.h"
#include "custody/store.h"
#include "formats/read/checkpoint.h"
#include "formats/read/merkle.h"
#include "formats/read/name.h"
#include "formats/read/statement.h"

#define AUDIT_FINDINGS 1000 /* kept; the rest is counted */

enum audit_verdict { AUDIT_CONSISTENT, AUDIT_FAILED, AUDIT_UNDETERMINED };

struct audit_finding {
    const char *code; /* a literal of section 7 */
    bool has_entry;
    uint64_t entry; /* the first one it is about */
    char item[R_NAME_ITEM_MAX + 1];
    char detail[512];
};

struct audit_outside { /* a checkpoint that somebody kept, alone or in a file that holds one */
    struct outside known;
    bool reached;                      /* the log is at least that large, and unbroken up to there */
    bool twin;                         /* the ledger holds a valid checkpoint of this size */
    unsigned char root[R_SHA256_SIZE]; /* of the log at that size */
};

struct audit {
    struct store *store, *scratch; /* owned: the ledger, and what is derived from its entries */
    struct store *other;           /* owned: the ledger as store has it, for another thread */
    /* Where what was derived stands: in scratch; or, while the ledger's own rows are just these, in the ledger.
     * Persons, keys, policy, facts, items, their copies and holds are in scratch in any case until all entries are
     * read. */
    struct store *told;
    bool differs;                   /* while told is the ledger: it is not so, or an entry could not be followed */
    struct audit_finding *findings; /* owned */
    size_t finding_count;
    uint64_t findings_more;
    struct audit_outside *outside; /* owned; by ascending size */
    size_t outside_count;
    struct audit_time time;
    struct buf unknown; /* why parts could not be judged, one line each; empty: all were */

    char ledger[R_SHA256_HEX]; /* empty until the genesis is read */
    uint64_t size;
    unsigned char root[R_SHA256_SIZE]; /* valid when !broken and size > 0 */
    uint64_t covered;                  /* size of the largest good checkpoint in the ledger or outside */
    uint64_t checkpoints;              /* good ones */
    uint64_t seen;                     /* largest size at which a receiver's answer confirms the log */
    struct audit_root {
        uint64_t size;
        char root[48]; /* base64 */
    } roots[8];        /* asked for lately; size 0: none */
    bool broken;       /* an entry could not be followed: nothing after it is derived */
    bool gap;          /* one is missing or unreadable: the tree after it is not the log's */
};

struct audit_order { /* paths of the caller's */
    const char *ledger;
    const char *const *checkpoints, *const *offers; /* files that custody/outside reads; offers: with one inside */
    size_t checkpoint_count, offer_count;
    const char *timestamp_roots; /* PEM certificates; NULL: none */
};

/* Audits the ledger against itself and against the files. HZ_OK when an answer was reached, whatever it is; else why
 * not. Free it with audit_free in any case. */
int audit_run(struct audit *a, const struct audit_order *order, struct hz_error *err);
void audit_free(struct audit *a); /* legal on a zeroed struct */
enum audit_verdict audit_verdict(const struct audit *a);

/* For the parts of the audit. */
void audit_find(struct audit *a, const char *code, uint64_t entry, const char *format, ...) HZ_PRINTF(4, 5);
void audit_find_whole(struct audit *a, const char *code, const char *format, ...) HZ_PRINTF(3, 4);
void audit_find_item(struct audit *a, const char *code, uint64_t entry, const char *item, const char *detail);
void audit_unknown(struct audit *a, const char *format, ...) HZ_PRINTF(2, 3);

#endif
