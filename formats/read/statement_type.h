/* The types of statements, as a table: what each must, may and may not state (formats/spec/ledger.md section 2). */
#ifndef HZ_FORMATS_READ_STATEMENT_TYPE_H
#define HZ_FORMATS_READ_STATEMENT_TYPE_H

#include <stddef.h>

enum r_statement_type {
    R_STATEMENT_GENESIS, /* of the whole ledger */
    R_STATEMENT_PERSON,
    R_STATEMENT_ROTATION,
    R_STATEMENT_REVOCATION,
    R_STATEMENT_POLICY,
    R_STATEMENT_WITNESS,
    R_STATEMENT_TIMESTAMP,
    R_STATEMENT_FIXITY,  /* of many copies */
    R_STATEMENT_RENEWAL, /* the same */
    R_STATEMENT_CASE,    /* of a case */
    R_STATEMENT_NOTE,    /* of a case or an item */
    R_STATEMENT_PHOTOGRAPH,
    R_STATEMENT_INTAKE, /* of an item */
    R_STATEMENT_OFFER,
    R_STATEMENT_COURIER,
    R_STATEMENT_WITHDRAWAL,
    R_STATEMENT_ACCEPTANCE,
    R_STATEMENT_DECLINE,
    R_STATEMENT_SETTLEMENT,
    R_STATEMENT_REASSIGN,
    R_STATEMENT_COPY,
    R_STATEMENT_CHECKOUT,
    R_STATEMENT_RETURN,
    R_STATEMENT_MOVE,
    R_STATEMENT_RECHECK,
    R_STATEMENT_RESOLUTION,
    R_STATEMENT_DESTRUCTION,
    R_STATEMENT_HOLD,
    R_STATEMENT_LIFT,
    R_STATEMENT_DISPOSAL_PLAN,
    R_STATEMENT_DISPOSAL,
    R_STATEMENT_OWNER_RETURN,
    R_STATEMENT_TYPES
};

/* 'R' required, 'O' optional, '-' not allowed; '*': the type has a rule of its own. */
struct r_statement_form {
    const char *name;
    char item, case_id, digests, previous;
    const char *body; /* shape (formats/read/ledger_member.h); `override?` stands in all of them */
};

const struct r_statement_form *r_statement_form(enum r_statement_type type);
const char *r_statement_type_name(enum r_statement_type type);
/* HZ_OK or HZ_E_FORMAT. */
int r_statement_type_find(enum r_statement_type *out, const char *name, size_t len);

#endif
