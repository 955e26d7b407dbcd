/* Copies and holds of items, as the ledger's tables `copy` and `hold` keep them. */
#ifndef HZ_CUSTODY_COPY_H
#define HZ_CUSTODY_COPY_H

#include "base/error.h"
#include "custody/shelf.h"
#include "formats/read/ledger_item.h"
#include "formats/read/statement.h"

/* r_ledger_copy_holds as a condition on a row of `copy` that is not ended; recorded: the item's file_sha256. */
#define COPY_HOLDS(recorded) "(integrity = 'intact' OR (integrity <> 'altered' AND sha256 IS " recorded "))"

/* What the rules need to know of the item's copies and holds before the statement. *copy: the one that the statement is
 * about; NULL: none. */
int copy_facts(struct store *s, struct shelf_item *item, const struct r_statement *statement, struct shelf_copy **copy,
               struct r_ledger_facts *out, struct hz_error *err);
/* What the statement did to the copy or hold it is about. */
int copy_keep(struct store *s, struct shelf_item *item, struct shelf_copy *copy, const struct r_statement *statement,
              const struct r_ledger_facts *facts, uint64_t sequence, struct hz_error *err);
/* Custody moved: the copy "original" is where the item is now. */
int copy_follow(struct store *s, struct shelf_item *item, uint64_t sequence, struct hz_error *err);
/* "there", "out", "replaced", "destroyed" */
const char *copy_state_word(enum r_ledger_copy_state state);

#endif
