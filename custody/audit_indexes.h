/* Do a ledger's indexes hold just the rows of its tables, each once and in order? SQLite's integrity_check asks that by
 * a search for every row; here each index is read from its beginning to its end, beside a product over what the rows
 * say: two lists have the same rows when the polynomials with these roots are the same, which one random point tells
 * (Schwartz and Zippel). A wrong answer has a chance of less than one in 2^30 with 2^28 rows, whoever made the file. */
#ifndef HZ_CUSTODY_AUDIT_INDEXES_H
#define HZ_CUSTODY_AUDIT_INDEXES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/store.h"
#include "formats/read/statement.h"

#define AUDIT_INDEXES 6
#define AUDIT_WORDS (2 * (R_LEDGER_LINE_MAX / 7 + 4)) /* of a row: two values, seven bytes in each */

struct audit_indexes {
    uint64_t point;                  /* random; of the product */
    uint64_t power[AUDIT_WORDS];     /* of another random one; of what a row is */
    uint64_t product[AUDIT_INDEXES]; /* of what the tables have */
    struct {
        bool whole; /* all indexes of the schema are known here, and stand in their order */
        uint64_t items, product[AUDIT_INDEXES];
        uint64_t item_rows, copy_rows; /* each under its own name */
    } found;                           /* by audit_indexes_read */
};

/* HZ_E_CRYPTO: no random bytes. */
int audit_indexes_begin(struct audit_indexes *x, struct hz_error *err);
/* Rows that the tables have. Those of `item` are read by audit_indexes_read. */
void audit_indexes_statement(struct audit_indexes *x, const struct r_statement *st, uint64_t entry);
void audit_indexes_cosigner(struct audit_indexes *x, const char *key, uint64_t entry);
/* Reads the ledger's indexes; while it does another thread may tell of rows. */
int audit_indexes_read(struct audit_indexes *x, struct store *ledger, struct hz_error *err);
/* All indexes of the ledger's schema are known here and hold these rows. */
bool audit_indexes_same(const struct audit_indexes *x);

#endif
