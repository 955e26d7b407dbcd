/* Lines and words in the text of a file of unknown origin. Nothing is copied: a span lies in somebody else's bytes,
 * which may hold anything, also NUL. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_TEXT_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/write/record.h"

struct span {
    const char *at; /* NULL: none */
    size_t len;
};

#define SPAN_NONE ((struct span) { NULL, 0 })

struct span span_of(const char *text); /* NUL-terminated; NULL: none */
struct w_bytes span_bytes(struct span s);
bool span_is(struct span s, const char *text);
bool span_begins(struct span s, const char *text);
bool span_ends(struct span s, const char *text);
bool span_is_caseless(struct span s, const char *text); /* ASCII letters alone */
bool span_has(struct span s, const char *text);
struct span span_trim(struct span s); /* blanks (space, tab, CR) at both ends */
struct span span_from(struct span s, size_t begin);

/* The next line of *rest without its end; false: there is none. A last line needs no newline. */
bool span_line(struct span *rest, struct span *line);
/* The next word of *rest: no blanks in it; false: only blanks were left. */
bool span_word(struct span *rest, struct span *word);
/* What is between *rest's beginning and the first `mark`; *rest is what comes behind it. false: there is no mark. */
bool span_until(struct span *rest, char mark, struct span *before);
/* Lines as most files of /etc have them: blank lines and those that begin with '#' are passed over, blanks at the ends
 * taken off. *number counts all lines, from 1; begin with 0. */
bool span_entry(struct span *rest, struct span *line, unsigned *number);
/* The same where a backslash at the end of a line joins it with the next; backslash and newline stay in `joined`.
 * *number: of its first line; *last: of its last one, 0 at the beginning. */
bool span_entry_joined(struct span *rest, struct span *joined, unsigned *number, unsigned *last);
/* Decimal digits only, at most max. */
bool span_number(struct span s, uint64_t max, uint64_t *out);
/* The first word that begins with '/', quotes and the marks in `prefixes` before it taken off: the program that a
 * command line names. Not /dev/null, which is where output goes. None: at is NULL. */
struct span span_program(struct span command, const char *prefixes);

#endif
