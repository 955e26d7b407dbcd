#include <string.h>

#include "base/lang.h"
#include "formats/read/policy.h"

static bool has_role(const struct r_policy_rule *rule, const char *role)
{
    for (size_t i = 0; role != NULL && i < rule->role_count; i++)
        if (strcmp(rule->roles[i], role) == 0)
            return true;
    return rule->role_count == 0;
}

static const char *stated(const struct r_statement *s, const char *member)
{
    return strcmp(member, "case") == 0 ? s->case_id : r_statement_text(s, member);
}

/* The first member that is required and not stated; NULL: none. */
static const char *missing(const struct r_policy_rule *rule, const struct r_statement *s)
{
    for (size_t i = 0; i < rule->require_count; i++)
        if (stated(s, rule->requires[i]) == NULL)
    return rule->requires[i];
    return NULL;
}

static unsigned known(const struct r_ledger_signing *g)
{
    unsigned n = 0;

    for (size_t i = 0; i < g->count; i++)
        n += g->by[i].known;
    return n;
}

static int check_rule(const struct r_policy_rule *rule, const struct r_statement *s, const struct r_ledger_signing *g,
                      const char *role, struct hz_error *err)
{
    const char *member = missing(rule, s);

    if (!has_role(rule, role))
        return hz_error_set(err, HZ_E_DENIED,
                            _("the policy forbids it, rule %s: the signer's role is not one of those that may do this"),
                            rule->name);
    if (known(g) < rule->persons)
        return hz_error_set(err, HZ_E_DENIED,
                            _("the policy forbids it, rule %s: it needs the signatures of %u persons of the ledger"),
                            rule->name, rule->persons);
    if (rule->checkpoint_signer && !r_ledger_rule_head(g, NULL))
        return hz_error_set(err, HZ_E_DENIED,
                            _("the policy forbids it, rule %s: it needs the signature of a checkpoint signer"),
                            rule->name);
    if (member != NULL)
        return hz_error_set(err, HZ_E_DENIED, _("the policy forbids it, rule %s: \"%s\" must be stated"), rule->name,
                            member);
    return HZ_OK;
}

static bool is_about(const struct r_policy_rule *rule, const struct r_statement *s)
{
    const char *target = s->body.sealed.target;

    if ((rule->types & UINT64_C(1) << s->type) == 0)
        return false;
    for (size_t i = 0; target != NULL && i < rule->target_count; i++)
        if (strcmp(rule->targets[i], target) == 0)
            return true;
    return rule->target_count == 0;
}

static bool is_overridden(const struct r_policy_rule *rule, const struct r_statement *s,
                          const struct r_ledger_signing *g)
{
    return s->body.override.rule != NULL && strcmp(s->body.override.rule, rule->name) == 0 &&
           r_ledger_rule_head(g, s->actor.key);
}

/* The override is of this rule, and not signed by whoever could allow it. */
static int refuse_override(const struct r_policy_rule *rule, const struct r_statement *s, struct hz_error *err)
{
    if (s->body.override.rule != NULL && strcmp(s->body.override.rule, rule->name) == 0)
        return hz_error_set(err, HZ_E_DENIED,
                            _("the policy forbids it, rule %s: an override of it needs the signature of a checkpoint "
                              "signer other than the actor as well (--second-key, or --out and custody cosign)"),
                            rule->name);
    return HZ_E_DENIED;
}

int r_policy_check(const struct r_policy *policy, const struct r_statement *s, const struct r_ledger_signing *g,
                   const char *role, struct hz_error *err)
{
    const char *override = s->body.override.rule;
    bool used = false;

    for (size_t i = 0; i < policy->count; i++) {
        const struct r_policy_rule *rule = &policy->rules[i];
        if (!is_about(rule, s))
            continue;
        if (check_rule(rule, s, g, role, err) == HZ_OK)
            continue;
        if (!is_overridden(rule, s, g))
            return refuse_override(rule, s, err);
        used = true;
    }
    if (override != NULL && !used)
        return hz_error_set(err, HZ_E_DENIED,
                            _("it overrides the rule %s, which does not refuse this under the policy in force: leave "
                              "the override out"),
                            override);
    return HZ_OK;
}
