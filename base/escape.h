/* Hostile bytes made inert. One encoder for each place they can end up in. */
#ifndef HZ_BASE_ESCAPE_H
#define HZ_BASE_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"

/* For terminals and logs: valid UTF-8 that prints stays; C0, DEL, C1, line and paragraph separators, bidirectional and
 * other invisible format characters and invalid bytes become \xNN per byte; backslash becomes \\. Nothing that comes
 * out can move a cursor, start a line or reorder text. */
int escape_terminal(struct buf *out, const void *bytes, size_t len);
/* For the text and the quoted attributes of HTML and of SVG inside it: the form for terminals, so that nothing reorders
 * or hides what a person reads, with & < > " ' as entities. */
int escape_html(struct buf *out, const void *bytes, size_t len);
/* Writes the escaped form to a stream (no newline added). */
void escape_print(FILE *stream, const char *text);
void escape_print_n(FILE *stream, const void *bytes, size_t len);

#endif
