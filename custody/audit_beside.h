/* The rows that an entry adds to the tables once and for all - its statement, those who cosigned it, the full subtrees
 * that it completes - held against those of the ledger, one entry after the other, in place of being derived into
 * tables of their own. */
#ifndef HZ_CUSTODY_AUDIT_BESIDE_H
#define HZ_CUSTODY_AUDIT_BESIDE_H

#include "custody/audit_indexes.h"
#include "custody/project.h"

#define AUDIT_LEVELS 64 /* of the tree */

struct audit_beside {
    struct store *store; /* the ledger; not owned */
    struct query statement, cosigner, node[AUDIT_LEVELS];
    bool cosigner_row;               /* there is a present one */
    char last[R_LEDGER_FINGERPRINT]; /* key of the one before, of the same entry */
    unsigned levels;                 /* which have a query */
    struct audit_indexes indexes;
};

/* audit_beside_end in any case. */
int audit_beside_begin(struct audit_beside *b, struct store *ledger, struct hz_error *err);
void audit_beside_end(struct audit_beside *b); /* legal on a zeroed struct */
/* *same: the ledger's rows of this entry are what it says. made: roots of the subtrees that it completes, from the
 * smallest on. Entries come in their order. */
int audit_beside_entry(struct audit_beside *b, const struct project_record *record,
                       unsigned char made[AUDIT_LEVELS][R_SHA256_SIZE], size_t made_count, bool *same,
                       struct hz_error *err);
/* *same: and the ledger has no others. What its indexes have is b->indexes to tell. */
int audit_beside_rest(struct audit_beside *b, bool *same, struct hz_error *err);

#endif
