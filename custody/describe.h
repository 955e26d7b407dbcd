/* A statement as one sentence for people, in the selected language. */
#ifndef HZ_CUSTODY_DESCRIBE_H
#define HZ_CUSTODY_DESCRIBE_H

#include "base/buf.h"
#include "base/error.h"
#include "formats/read/statement.h"

/* A word of hozen verify ("verified", "intact", "trusted", ...) in the selected language; NULL stays NULL. */
const char *describe_word(const char *word);
/* Appends the sentence, made inert for terminals, NUL-terminated. */
int describe_statement(const struct r_statement *s, struct buf *out, struct hz_error *err);

#endif
