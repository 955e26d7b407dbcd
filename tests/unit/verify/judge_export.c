/* What the checker of exports makes of a run of statements, for tests/cli/43-custody-oracle.bats to hold against
 * another program's: judge_export FILE (tests/unit/chain_row.h). Prints ok or denied for each; what is denied is left
 * out. */
#include "formats/read/brought.h"
#include "formats/read/policy.h"
#include "tests/unit/chain_row.h"
#include "verify/export_chains.h"
#include "verify/export_keys.h"

struct run {
    struct export_keys keys;
    struct export_chains chains;
    struct r_policy policy;
    uint64_t size;
};

/* A whole ledger has one genesis, its first entry, and states its digest everywhere else (check_ledger there). */
static int may(struct run *run, const struct chain_row *row, const struct r_statement *s, struct hz_error *err)
{
    const struct export_key *actor = export_keys_find(&run->keys, s->actor.key);
    struct r_ledger_signing signing;
    const char *code = NULL;
    int rc;

    if ((s->type == R_STATEMENT_GENESIS) != (run->size == 0))
        return HZ_E_DENIED;
    export_keys_signing(&run->keys, s, &row->signers, row->at, true, &signing);
    rc = r_ledger_rule_check(s, &signing, &code, err);
    if (rc == HZ_OK)
        rc = r_policy_check(&run->policy, s, &signing, actor != NULL ? actor->role : NULL, err);
    if (rc == HZ_OK)
        rc = r_brought_carried(s, err);
    return rc == HZ_OK || rc == HZ_E_NOMEM || rc == HZ_E_CRYPTO ? rc : HZ_E_DENIED;
}

static int follow(struct run *run, const struct chain_row *row, const struct r_statement *s, struct hz_error *err)
{
    struct r_policy policy = { 0 };

    if (s->type == R_STATEMENT_POLICY && r_policy_parse(&policy, s->body.rules, err) == HZ_OK) {
        r_policy_free(&run->policy);
        run->policy = policy;
    }
    if (s->type == R_STATEMENT_FIXITY)
        return export_chains_fixity(&run->chains, &run->keys, s, &row->signers, row->at, err);
    if (s->item != NULL)
        return export_chains_apply(&run->chains, &run->keys, s, &row->signers, row->at, err);
    if (s->type == R_STATEMENT_ROTATION)
        export_chains_rotate(&run->chains, s->body.old, s->body.person.key);
    return export_keys_apply(&run->keys, s, run->size, err);
}

static int apply(void *context, struct chain_row *row, struct hz_error *err)
{
    HZ_CLEANUP(r_statement_free) struct r_statement s = { 0 };
    struct run *run = context;
    int rc = r_statement_parse(&s, row->bytes.data, row->bytes.len, err);

    if (rc != HZ_OK)
        return rc;
    rc = may(run, row, &s, err);
    if (rc == HZ_OK)
        rc = follow(run, row, &s, err);
    puts(rc == HZ_OK ? "ok" : "denied");
    run->size += rc == HZ_OK;
    return rc == HZ_E_DENIED ? HZ_OK : rc;
}

int main(int argc, char **argv)
{
    struct run run = { .size = 0 };
    struct hz_error err = { 0 };
    int rc = argc == 2 ? r_hash_start(&err) : HZ_E_USAGE;

    if (rc == HZ_OK)
        rc = chain_row_each(argv[1], apply, &run, &err);
    export_keys_free(&run.keys);
    export_chains_free(&run.chains);
    r_policy_free(&run.policy);
    if (rc != HZ_OK)
        fprintf(stderr, "%s\n", err.text);
    return rc == HZ_OK ? 0 : 3;
}
