/* The parts of a statement: persons, evidence, the body of each type. For statement.c alone. */
#ifndef HZ_FORMATS_READ_LEDGER_BODY_H
#define HZ_FORMATS_READ_LEDGER_BODY_H

#include "formats/read/statement.h"

/* Reads an actor: without public_key. false: j->wrong or text->wrong says why. */
bool r_ledger_body_actor(struct r_json *j, struct r_ledger_text *text, struct r_person *out);
/* Reads the body of a statement of s->type into s->body. */
bool r_ledger_body_read(struct r_json *j, struct r_statement *s);

#endif
