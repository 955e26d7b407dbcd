/* The members of a statement's body, each with a label, in an order that people read. */
#ifndef HZ_CUSTODY_DESCRIBE_BODY_H
#define HZ_CUSTODY_DESCRIBE_BODY_H

#include "base/buf.h"
#include "formats/read/statement.h"

#define DESCRIBE_VALUE_MAX ((size_t)16384) /* bytes of one value, with its quotes */

/* A value as it stands in a sentence: in double quotes (one inside is doubled) where it could be read as more than one
 * field, which are told apart by "; " and ": ". Appends; raw text. */
void describe_value(struct buf *out, const char *value);
/* The same as a string in *room, an empty buffer; "" when memory is short, which *room then says. */
const char *describe_quoted(struct buf *room, const char *value);
/* "; label: value" for what is known. */
void describe_field(struct buf *out, const char *label, const char *value);
/* What a statement of each type tells first: "Sato Hanako puts a hold on web01". Raw text. */
void describe_body_begin(struct buf *out, const struct r_statement *s);
/* "; label: value" for each member that is a text or a time, persons and evidence aside. Raw text. */
void describe_body_members(struct buf *out, const struct r_statement *s);
/* The i-th member of that order: its label, translated, and its key as r_statement_text takes it; NULL: the end. */
const char *describe_body_label(size_t i, const char **key);

/* What a member is called: "serial number". A name that is none is given back. */
const char *describe_body_named(const char *key);

#endif
