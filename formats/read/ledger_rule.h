/* Who must have signed a statement of each type, as a table (formats/spec/ledger.md section 3). */
#ifndef HZ_FORMATS_READ_LEDGER_RULE_H
#define HZ_FORMATS_READ_LEDGER_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "formats/read/entry.h"
#include "formats/read/ledger_text.h"
#include "formats/read/statement.h"

/* What a ledger knows of a key when a statement is recorded. */
struct r_ledger_signer {
    char key[R_LEDGER_FINGERPRINT];
    bool known, checkpoint_signer;
    bool ended;   /* revoked, or another has taken its place */
    bool outside; /* the statement, or its recording, is outside the key's validity */
};

struct r_ledger_signing {
    size_t count;
    struct r_ledger_signer by[R_ENTRY_SIGNATURES];
    /* Only where the type names another key (person, rotation, revocation): what is known of that one. */
    struct r_ledger_signer named;
    bool last_checkpoint_signer; /* the named one is the last of the ledger that is not ended */
};

/* HZ_OK; HZ_E_DENIED with why, *code the audit's name of it. Whether the actor is the item's custodian is the chain's
 * to say. */
int r_ledger_rule_check(const struct r_statement *s, const struct r_ledger_signing *signing, const char **code,
                        struct hz_error *err);
/* One of those who signed may sign checkpoints. but: a key that does not count; NULL: all do. */
bool r_ledger_rule_head(const struct r_ledger_signing *signing, const char *but);
/* How many persons a type asks for, the actor included. */
unsigned r_ledger_rule_persons(enum r_statement_type type);

#endif
