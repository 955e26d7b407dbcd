/* The policy of a ledger: who may do what, and which acts need more than one person (formats/spec/ledger.md section 3).
 */
#ifndef HZ_FORMATS_READ_POLICY_H
#define HZ_FORMATS_READ_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/read/ledger_rule.h"
#include "formats/read/ledger_text.h"
#include "formats/read/statement.h"

#define R_POLICY_RULES 64
#define R_POLICY_LIST 16 /* roles or members in one rule */

struct r_policy_rule {
    const char *name;
    uint64_t types; /* bit n: the type n */
    const char *roles[R_POLICY_LIST], *requires[R_POLICY_LIST];
    size_t role_count, require_count;
    unsigned persons; /* 0: not said */
    bool checkpoint_signer;
};

struct r_policy {
    struct r_ledger_text text;
    struct r_policy_rule rules[R_POLICY_RULES];
    size_t count;
    unsigned recheck_days, copies; /* 0: not said */
};

/* Reads the value of `rules`. HZ_OK, HZ_E_FORMAT or HZ_E_NOMEM. Free it with r_policy_free. */
int r_policy_parse(struct r_policy *out, const char *json, struct hz_error *err);
void r_policy_free(struct r_policy *policy); /* legal on a zeroed struct */

/* HZ_OK; HZ_E_DENIED with the name of the rule that the statement breaks and does not override. role: the actor's, as
 * the ledger knows the person; NULL: none. */
int r_policy_check(const struct r_policy *policy, const struct r_statement *s, const struct r_ledger_signing *signing,
                   const char *role, struct hz_error *err);

#endif
