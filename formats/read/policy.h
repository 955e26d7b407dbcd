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
    const char *targets[R_POLICY_LIST]; /* none: not said; else it is about copies sealed in one of them alone */
    size_t role_count, require_count, target_count;
    unsigned persons; /* 0: not said */
    bool checkpoint_signer;
};

#define R_POLICY_ARCHIVES 64
#define R_POLICY_HOURS 8

/* What the copies of a case's items in the archive shall be. 0: not said. */
struct r_policy_archive {
    const char *case_id; /* NULL: of all other cases */
    unsigned copies, media;
    const char *targets[R_POLICY_LIST];
    size_t target_count;
    unsigned hours[R_POLICY_HOURS]; /* after a copy was made it is checked; the last again and again */
    size_t hour_count;
    unsigned renew_before, renew_every; /* days: before a proof ends, and after the latest renewal */
};

struct r_policy {
    struct r_ledger_text text;
    struct r_policy_rule rules[R_POLICY_RULES];
    size_t count;
    unsigned recheck_days, copies; /* 0: not said */
    struct r_policy_archive archives[R_POLICY_ARCHIVES];
    size_t archive_count;
};

/* Reads the value of `rules`. HZ_OK, HZ_E_FORMAT or HZ_E_NOMEM. Free it with r_policy_free. */
int r_policy_parse(struct r_policy *out, const char *json, struct hz_error *err);
void r_policy_free(struct r_policy *policy); /* legal on a zeroed struct */

/* What it asks of the archive for a case (NULL: an item without one); NULL: nothing. */
const struct r_policy_archive *r_policy_archive_of(const struct r_policy *policy, const char *case_id);

/* HZ_OK; HZ_E_DENIED with the name of the rule that the statement breaks and does not override, or overrides without
 * breaking it (a policy without rules serves where none is in force). role: the actor's, as
 * the ledger knows the person; NULL: none. */
int r_policy_check(const struct r_policy *policy, const struct r_statement *s, const struct r_ledger_signing *signing,
                   const char *role, struct hz_error *err);

#endif
