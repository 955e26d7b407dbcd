/* A statement as one sentence for people, in the selected language. */
#ifndef HZ_CUSTODY_DESCRIBE_H
#define HZ_CUSTODY_DESCRIBE_H

#include "base/buf.h"
#include "base/error.h"
#include "custody/attribution.h"
#include "formats/read/statement.h"

/* A word of hozen verify ("verified", "intact", "trusted", ...) in the selected language; NULL stays NULL. */
const char *describe_word(const char *word);
/* The same of a member of a statement: some words mean something else there. */
const char *describe_member(const char *key, const char *word);
/* What the receiver held a thing against, of the receipt that the intake in their own ledger carries: appended, and
 * NUL-terminated. Nothing where it carries none, or none that can be read: that is for the audit to say. */
void describe_compared(const struct r_statement *intake, struct buf *out);
/* Appends the sentence, made inert for terminals, NUL-terminated. by: whose it is and who else signed it; NULL: not
 * asked for. */
int describe_statement(const struct r_statement *s, const struct attribution *by, struct buf *out,
                       struct hz_error *err);

#endif
