/* Paragraphs for a terminal of 80 columns. A Japanese letter takes two of them. */
#ifndef HZ_VERIFY_WRAP_H
#define HZ_VERIFY_WRAP_H

#include <stdio.h>

#define WRAP_COLUMNS 79

/* Prints text, made inert first, and a newline. column: where the cursor stands; indent: where further lines begin.
 * Lines break as width_wrap (base/width.h) says; text over 1 MiB once inert is left out. */
void wrap_print(FILE *stream, unsigned column, unsigned indent, const char *text);
/* "label:" in a field of 15 columns, then the text. NULL text: nothing. */
void wrap_field(FILE *stream, const char *label, const char *text);
#endif
