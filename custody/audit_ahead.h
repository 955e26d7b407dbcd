/* The entries of a ledger in their order, read some way ahead: threads parse them and check their signatures meanwhile,
 * which is most of an audit's work. What follows from one entry for the next stays with the caller. Memory is bounded
 * by batches and bytes, not by the ledger. */
#ifndef HZ_CUSTODY_AUDIT_AHEAD_H
#define HZ_CUSTODY_AUDIT_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/store.h"
#include "formats/read/entry.h"
#include "formats/read/ledger.h"
#include "formats/read/pool.h"
#include "formats/read/statement.h"

/* An entry's number is an integer of JSON; what stands under a larger one cannot be named, nor anything behind it. */
#define AUDIT_SEQUENCE_MAX ((UINT64_C(1) << 53) - 1)

/* One row of the table. */
struct audit_row {
    uint64_t sequence; /* the row's number; beyond AUDIT_SEQUENCE_MAX nothing else is set, and no row follows */
    const void *bytes, *leaf;
    size_t len, leaf_len; /* 0 where the value is larger than any entry or leaf */
    unsigned char real_leaf[R_SHA256_SIZE];
    bool read;    /* entry was parsed */
    int parsed;   /* of entry and statement */
    int verified; /* of the signatures, where both were parsed */
    struct r_entry entry;
    struct r_statement statement;
    struct r_ledger_signers signers; /* none unless verified */
    struct hz_error err;             /* why one of the two is not HZ_OK */
};

struct audit_ahead;

/* The store is not to be closed before audit_ahead_end. HZ_E_NOMEM. r_hash_start must have succeeded. */
int audit_ahead_begin(struct audit_ahead **out, struct store *s, struct hz_error *err);
void audit_ahead_end(struct audit_ahead *h); /* NULL is legal */
/* Its threads, for what else there is to do; the one that reads ahead has nothing to do here. */
struct r_pool *audit_ahead_pool(struct audit_ahead *h);
/* *row: the next one, which is valid until the next call; NULL: there is none, or it cannot be read, as the errors of
 * query_row say. */
int audit_ahead_next(struct audit_ahead *h, const struct audit_row **row, struct hz_error *err);

#endif
