/* Columns that text takes on a terminal, without any locale: East Asian wide and fullwidth characters take two (Unicode
 * Standard Annex 11), combining marks none, everything else one. */
#ifndef HZ_BASE_WIDTH_H
#define HZ_BASE_WIDTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Columns of the character at p (UTF-8) and its length in bytes. A byte that is not UTF-8 counts as one column. At the
 * NUL *bytes is 0. */
unsigned width_char(const char *p, size_t *bytes);
unsigned width_text(const char *text);

/* May a line end between these two characters, which are not blanks? Yes where one of them is wide, but not before a
 * closing mark nor behind an opening one (JIS X 4051), nor inside a word in katakana. */
bool width_may_break(const char *left, const char *right);

/* Prints text broken into lines of at most columns, each behind `indent` blanks; the first line begins where the cursor
 * already stands (column `at`, >= indent: no blanks before it). Breaks at blanks and where width_may_break says. An
 * empty line in the text ("\n\n") stays one. Ends with a newline. */
void width_wrap(FILE *stream, const char *text, unsigned at, unsigned indent, unsigned columns);

#endif
