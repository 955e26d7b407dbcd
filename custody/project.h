/* What an entry means for the tables that are derived from entries. The same code runs when an entry is recorded and
 * when the audit derives the tables again. */
#ifndef HZ_CUSTODY_PROJECT_H
#define HZ_CUSTODY_PROJECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/store.h"
#include "formats/read/entry.h"
#include "formats/read/ledger.h"
#include "formats/read/statement.h"

struct project_record {
    const struct r_entry *entry;
    const struct r_statement *statement;
    const struct r_ledger_signers *signers; /* whose signatures over the statement are valid */
    const unsigned char *leaf;
    const unsigned char *left; /* leaf of the entry before; NULL for entry 0 */
    struct store *told;        /* where the statements of before stand; NULL: in the store that is worked on */
};

/* Checks the rules that need the ledger's tables, then writes the rows. HZ_E_DENIED: a rule forbids it, *code is the
 * audit's name for that ("custody-gap") and nothing was written. Else as store.h. */
int project_apply(struct store *s, const struct project_record *record, const char **code, struct hz_error *err);
/* The same without what an entry adds to the tables once and for all, and nothing asks for but by its number: its
 * statement, those who cosigned it, its part of the tree. That no statement comes twice is then the caller's to see. */
int project_follow(struct store *s, const struct project_record *record, const char **code, struct hz_error *err);

#endif
