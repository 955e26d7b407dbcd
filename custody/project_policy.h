/* The policy in force, as the latest statement of that type gives it. */
#ifndef HZ_CUSTODY_PROJECT_POLICY_H
#define HZ_CUSTODY_PROJECT_POLICY_H

#include "base/error.h"
#include "custody/store.h"
#include "formats/read/ledger_rule.h"
#include "formats/read/policy.h"
#include "formats/read/statement.h"

/* *found false: the ledger has none; *out stays as it was. Free it with r_policy_free. */
int project_policy_get(struct store *s, struct r_policy *out, bool *found, struct hz_error *err);
/* HZ_E_DENIED: a rule of it forbids the statement. */
int project_policy_check(struct store *s, const struct r_statement *statement, const struct r_ledger_signing *signing,
                         struct hz_error *err);

#endif
