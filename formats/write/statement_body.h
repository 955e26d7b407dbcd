/* Persons and bodies of statements. For statement.c alone. */
#ifndef HZ_FORMATS_WRITE_STATEMENT_BODY_H
#define HZ_FORMATS_WRITE_STATEMENT_BODY_H

#include "formats/write/statement.h"

/* NULL: nothing. added: with checkpoint_signer and validity. */
void w_statement_body_person(struct json_out *j, const char *key, const struct w_person *person, bool added);
extern const struct w_ledger_object w_statement_body_object;

#endif
