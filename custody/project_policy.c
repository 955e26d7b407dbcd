#include "custody/project_policy.h"

#include "custody/known.h"

int project_policy_get(struct store *s, struct r_policy *out, bool *found, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    int rc;

    query_open(&q, s, "SELECT rules FROM policy ORDER BY entry DESC LIMIT 1");
    rc = query_row(&q, found, err);
    return rc == HZ_OK && *found ? r_policy_parse(out, query_get_text(&q, 0), err) : rc;
}

int project_policy_check(struct store *s, const struct r_statement *st, const struct r_ledger_signing *signing,
                         struct hz_error *err)
{
    static const struct r_policy none;
    const struct r_policy *policy = NULL;
    const struct known_key *actor = NULL;
    int rc = known_policy(s, &policy, err);

    if (rc != HZ_OK || (policy == NULL && st->body.override.rule == NULL))
        return rc;
    rc = known_key(s, st->actor.key, &actor, err);
    return rc == HZ_OK ? r_policy_check(policy != NULL ? policy : &none, st, signing, actor->role, err) : rc;
}
