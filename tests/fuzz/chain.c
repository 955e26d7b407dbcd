/* A run of statements, recorded one after the other as an export's reader follows them: who may sign what, the policy,
 * the chain of each item. What the rules forbid is left out. Each part between two cuts: the number of signers, their
 * fingerprints, the seconds when it was recorded (eight bytes, least first), the statement. */
#include "formats/read/ledger_rule.h"
#include "formats/read/policy.h"
#include "tests/fuzz/fuzz.h"
#include "verify/export_chains.h"
#include "verify/export_keys.h"

#define FINGERPRINT ((size_t)R_LEDGER_FINGERPRINT - 1)

struct run {
    struct export_keys keys;
    struct export_chains chains;
    struct r_policy policy;
    uint64_t entries;
};

struct row {
    struct r_ledger_signers signers;
    struct stamp at;
    struct r_statement statement;
};

static bool take_row(struct fuzz_part part, struct row *row)
{
    size_t count = part.len > 0 ? part.at[0] : 0, head = 1 + count * FINGERPRINT + 8;
    uint64_t seconds = 0;
    if (count > R_ENTRY_SIGNATURES || part.len < head)
        return false;
    row->signers.count = count;
    for (size_t i = 0; i < count; i++)
        memcpy(row->signers.key[i].fingerprint, part.at + 1 + i * FINGERPRINT, FINGERPRINT);
    for (size_t i = 0; i < 8; i++)
        seconds |= (uint64_t)part.at[head - 8 + i] << 8 * i;
    row->at = (struct stamp) { (int64_t)(seconds % (UINT64_C(1) << 40)), 0 };
    return r_statement_parse(&row->statement, part.at + head, part.len - head, FUZZ_ERR) == HZ_OK;
}

/* What of the rules concerns who signs. */
static int may(struct run *run, const struct row *row)
{
    const struct r_statement *s = &row->statement;
    const char *code = NULL;
    struct r_ledger_signing signing;
    export_keys_signing(&run->keys, s, &row->signers, row->at, true, &signing);
    FUZZ_HOLDS(signing.count == row->signers.count);
    int rc = r_ledger_rule_check(s, &signing, &code, FUZZ_ERR);
    FUZZ_HOLDS(rc == HZ_OK || (rc == HZ_E_DENIED && code != NULL));
    const struct export_key *actor = export_keys_find(&run->keys, s->actor.key);
    return rc == HZ_OK ? r_policy_check(&run->policy, s, &signing, actor != NULL ? actor->role : NULL, FUZZ_ERR) : rc;
}

static int follow(struct run *run, const struct row *row)
{
    const struct r_statement *s = &row->statement;
    struct r_policy policy = { 0 };
    if (s->type == R_STATEMENT_POLICY && r_policy_parse(&policy, s->body.rules, FUZZ_ERR) == HZ_OK) {
        r_policy_free(&run->policy);
        run->policy = policy;
    }
    if (s->type == R_STATEMENT_FIXITY)
        return export_chains_fixity(&run->chains, &run->keys, s, &row->signers, row->at, FUZZ_ERR);
    if (s->item != NULL)
        return export_chains_apply(&run->chains, &run->keys, s, &row->signers, row->at, FUZZ_ERR);
    if (s->type == R_STATEMENT_ROTATION)
        export_chains_rotate(&run->chains, s->body.old, s->body.person.key);
    return export_keys_apply(&run->keys, s, run->entries, FUZZ_ERR);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part rest = { data, size };
    struct run run = { .entries = 0 };

    if (r_hash_start(FUZZ_ERR) != HZ_OK)
        return 0;
    while (rest.len > 0 && run.entries < 200) {
        struct row row = { .at = { 0, 0 } };
        int rc = HZ_E_DENIED;
        if (take_row(fuzz_part(&rest), &row))
            rc = may(&run, &row);
        if (rc == HZ_OK)
            rc = follow(&run, &row);
        FUZZ_HOLDS(fuzz_is_answer(rc));
        run.entries += rc == HZ_OK;
        r_statement_free(&row.statement);
    }
    FUZZ_HOLDS(run.keys.count <= run.entries);
    export_keys_free(&run.keys);
    export_chains_free(&run.chains);
    r_policy_free(&run.policy);
    return 0;
}
