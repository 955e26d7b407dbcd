/* The members of a statement's body, each with a label, in an order that people read. */
#ifndef HZ_CUSTODY_DESCRIBE_BODY_H
#define HZ_CUSTODY_DESCRIBE_BODY_H

#include "base/buf.h"
#include "formats/read/statement.h"

/* What a statement of each type tells first: "Sato Hanako puts a hold on web01". Raw text. */
void describe_body_begin(struct buf *out, const struct r_statement *s);
/* "; label: value" for each member that is a text or a time, persons and evidence aside. Raw text. */
void describe_body_members(struct buf *out, const struct r_statement *s);
/* The i-th member of that order: its label, translated, and its key as r_statement_text takes it; NULL: the end. */
const char *describe_body_label(size_t i, const char **key);

/* What a member is called: "serial number". A name that is none is given back. */
const char *describe_body_named(const char *key);

#endif
