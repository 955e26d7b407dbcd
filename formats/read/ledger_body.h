/* The parts of a statement: persons, evidence, the body of each type. For statement.c alone. */
#ifndef HZ_FORMATS_READ_LEDGER_BODY_H
#define HZ_FORMATS_READ_LEDGER_BODY_H

#include "formats/read/statement.h"

/* Every function gives false with j->wrong or text->wrong when it fails. */

enum r_ledger_person_form { R_LEDGER_ACTOR, R_LEDGER_RECEIVER, R_LEDGER_ADDED, R_LEDGER_PARTY };
bool r_ledger_person_read(struct r_json *j, struct r_ledger_text *text, enum r_ledger_person_form form,
                          struct r_person *out);

bool r_ledger_evidence_read(struct r_json *j, struct r_ledger_text *text, struct r_evidence *out);
/* The checkpoint that a receiver saw. */
bool r_ledger_evidence_seen(struct r_json *j, struct r_ledger_text *text, struct r_seen *out);

/* The copies that a fixity is about: 1 to R_STATEMENT_CHECKS, ascending by item and copy; what lies beside all of them
 * and is not as it was, at most R_STATEMENT_BESIDE. */
bool r_ledger_checks_read(struct r_json *j, struct r_ledger_text *text, struct r_statement_body *out);

/* What lies beside a copy: 1 to R_STATEMENT_BESIDE, ascending by name. *out: the caller's, whatever comes back. */
bool r_ledger_beside_read(struct r_json *j, struct r_ledger_text *text, struct r_beside **out, size_t *count);

/* The copies beside which a renewal put a record: 1 to R_STATEMENT_CHECKS, ascending by item and copy. */
bool r_ledger_records_read(struct r_json *j, struct r_ledger_text *text, struct r_statement_body *out);

/* Reads the body of a statement of s->type into s->body. */
bool r_ledger_body_read(struct r_json *j, struct r_statement *s);
/* What stands in a body, for r_statement_text. */
extern const struct r_ledger_object r_ledger_body_object;

#endif
