/* What an item is, as its intake says it: for the offer of it, by which a receiver without the ledger knows what to
 * hold it against, and for the intake in the receiver's own ledger. */
#ifndef HZ_CUSTODY_THING_H
#define HZ_CUSTODY_THING_H

#include <stdbool.h>

#include "formats/read/statement.h"
#include "formats/write/statement.h"

/* Kind (unless it is a bundle) and source of an intake or offer, into the body of the next statement, which points into
 * it. */
void thing_copy(const struct r_statement *from, struct w_statement_body *to);
/* false: what an intake or offer is about is a file of which nothing is known but its digest, or no file at all. */
bool thing_is_bundle(const struct r_statement *s);

#endif
