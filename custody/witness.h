/* Keeping a checkpoint of somebody else's ledger (formats/spec/ledger.md section 2, type witness). */
#ifndef HZ_CUSTODY_WITNESS_H
#define HZ_CUSTODY_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/outside.h"
#include "custody/store.h"

/* How a checkpoint stands to those of its ledger that are kept here already. */
enum witness_standing {
    WITNESS_FIRST,      /* none is kept */
    WITNESS_VERIFIED,   /* one is the same, or proved to be continued */
    WITNESS_UNPROVED,   /* neither shown nor excluded */
    WITNESS_CONTRADICTS /* one of the same size is of another log: two histories */
};

struct witness_known {
    enum witness_standing standing;
    uint64_t size;    /* of the largest one that is kept; 0: none */
    uint64_t entry;   /* contradicts: the one here that holds the other */
    bool same_signer; /* one of the keys signed one that is kept */
};

/* HZ_OK whatever the standing is. */
int witness_compare(struct store *s, const struct outside *o, struct witness_known *out, struct hz_error *err);
/* "first-seen", "verified", "unproved", "contradicts" */
const char *witness_word(enum witness_standing standing);
/* The checkpoint as hozen-proof/1, as it is recorded. HZ_E_FORMAT when no signature lies beside it. */
int witness_file(const struct outside *o, struct buf *out, struct hz_error *err);

#endif
