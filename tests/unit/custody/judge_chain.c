/* What the shipped rules make of a run of statements, for tests/cli/43-custody-oracle.bats to hold against another
 * program's: judge-chain FILE, a line of JSON per entry: {"recorded_at", "signers", "statement"}. Signatures are taken
 * as verified. Prints ok or denied for each, and what the tables say at the end. */
#include "custody/project.h"
#include "tests/unit/chain_row.h"

struct run {
    struct store *store;
    uint64_t size;
    unsigned char leaf[R_SHA256_SIZE], left[R_SHA256_SIZE];
};

static int apply(void *context, struct chain_row *row, struct hz_error *err)
{
    struct run *run = context;
    struct r_statement s = { 0 };
    struct r_entry entry = { .sequence = run->size, .recorded_at = row->at, .recorded_at_text = row->recorded_at };
    struct project_record record = { &entry, &s, &row->signers, run->leaf, run->size > 0 ? run->left : NULL, NULL };
    const char *code = NULL;
    int rc = r_statement_parse(&s, row->bytes.data, row->bytes.len, err);

    if (rc != HZ_OK)
        return rc;
    rc = project_apply(run->store, &record, &code, err);
    if (rc == HZ_OK)
        run->size++;
    r_statement_free(&s);
    if (rc == HZ_OK || rc == HZ_E_DENIED)
        puts(rc == HZ_OK ? "ok" : "denied");
    return rc == HZ_E_DENIED ? HZ_OK : rc;
}

static int dump(struct store *s, struct hz_error *err)
{
    static const char sql[] =
        "SELECT 'ended|' || key || '|' || reason AS line FROM ended"
        " UNION ALL SELECT 'fact|' || case_id || '|' || name || '|' || value FROM fact"
        " UNION ALL SELECT 'item|' || item || '|' || state || '|' || custodian || '|' || moved || '|' ||"
        " ifnull(offer, '') || '|' || ifnull(offered_to, '') || '|' || ifnull(dispute, '') || '|' || ifnull(plan, '')"
        " || '|' || ifnull(verdict, '') || '|' || integrity || '|' || decided || '|' || ifnull(location, '') || '|' ||"
        " ifnull(case_id, '') FROM item"
        " UNION ALL SELECT 'copy|' || item || '|' || copy || '|' || state || '|' || ifnull(sha256, '') || '|' ||"
        " integrity || '|' || decided || '|' || ifnull(place, '') || '|' || ifnull(holder, '') FROM copy"
        " UNION ALL SELECT 'hold|' || item || '|' || hold || '|' || iif(lifted IS NULL, 'open', 'lifted') FROM hold"
        " ORDER BY line";
    struct query q;
    bool row = true;
    int rc;

    query_open(&q, s, sql);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err))
        puts(query_get_text(&q, 0));
    query_close(&q);
    return rc;
}

int main(int argc, char **argv)
{
    struct run run = { 0 };
    struct hz_error err = { 0 };
    int rc = argc == 2 ? r_hash_start(&err) : HZ_E_USAGE;

    if (rc == HZ_OK)
        rc = store_scratch(&run.store, &err);
    if (rc == HZ_OK)
        rc = store_snapshot(run.store, &err); /* one transaction */
    if (rc == HZ_OK)
        rc = chain_row_each(argv[1], apply, &run, &err);
    if (rc == HZ_OK)
        rc = dump(run.store, &err);
    store_close(run.store);
    if (rc != HZ_OK)
        fprintf(stderr, "%s\n", err.text);
    return rc == HZ_OK ? 0 : 3;
}
