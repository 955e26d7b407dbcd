/* Who signed a statement, as the ledger knows them when it is recorded. */
#ifndef HZ_CUSTODY_PROJECT_SIGNERS_H
#define HZ_CUSTODY_PROJECT_SIGNERS_H

#include "base/error.h"
#include "custody/project.h"

/* The rules of section 3 of formats/spec/ledger.md about signatures, and those of the policy in force. HZ_E_DENIED with
 * *code when they forbid it. */
int project_signers_check(struct store *s, const struct project_record *record, const char **code,
                          struct hz_error *err);
/* Those who signed beside the actor. */
int project_signers_insert(struct store *s, const struct project_record *record, struct hz_error *err);
/* true when the key is that of a person and was revoked; a key that another has replaced was not. */
int project_signers_revoked(struct store *s, const char *key, bool *revoked, struct hz_error *err);
/* true when the key is that of a person and signs still. */
int project_signers_known(struct store *s, const char *key, bool *known, struct hz_error *err);

#endif
