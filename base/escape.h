/* Hostile bytes made inert. One encoder for each place they can end up in. */
#ifndef HZ_BASE_ESCAPE_H
#define HZ_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"

/* For terminals and logs: valid UTF-8 that prints stays; C0, DEL, C1, line and paragraph separators, bidirectional and
 * other invisible format characters and invalid bytes become \xNN per byte; backslash becomes \\. Nothing that comes
 * out can move a cursor, start a line or reorder text. */
int escape_terminal(struct buf *out, const void *bytes, size_t len);
/* The bytes of which text is the form for terminals: every form is that of one string alone. HZ_E_FORMAT: it is none,
 * or nothing in it is escaped; or the buffer's failure. */
int escape_terminal_back(struct buf *out, const char *text);
/* For the text and the quoted attributes of HTML and of SVG inside it: the form for terminals, so that nothing reorders
 * or hides what a person reads, with & < > " ' as entities. */
int escape_html(struct buf *out, const void *bytes, size_t len);
/* One quoted cell of CSV (RFC 4180), which no spreadsheet takes for a formula: the form for terminals, with an
 * apostrophe before a cell that begins, behind any blanks, with = + - @ (also in full width) or an apostrophe. Taking
 * one leading apostrophe away, then \xNN and \\ back, gives the bytes again. */
int escape_csv(struct buf *out, const void *bytes, size_t len);
/* For text and quoted attributes of XML 1.0, with & < > " ' as entities. *exact: what a parser reads is these very
 * bytes; else it is their form for terminals, and the bytes themselves must stand somewhere else. */
int escape_xml(struct buf *out, const void *bytes, size_t len, bool *exact);
/* For the two alone: & < > " ' as entities, all else as it is. */
int escape_entities(struct buf *out, const void *bytes, size_t len);
/* Writes the escaped form to a stream (no newline added). */
void escape_print(FILE *stream, const char *text);
void escape_print_n(FILE *stream, const void *bytes, size_t len);

#endif
