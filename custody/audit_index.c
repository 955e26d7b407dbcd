#include "custody/audit_part.h"

static int execute(struct audit *a, const char *sql, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, a->scratch, sql);
    return query_run(&q, err);
}

int audit_index_drop(struct audit *a, struct hz_error *err)
{
    static const char *const sql[] = { "DROP INDEX statement_by_item", "DROP INDEX statement_by_actor",
                                       "DROP INDEX statement_by_case", "DROP INDEX cosigner_by_key" };
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < sizeof sql / sizeof sql[0]; i++)
        rc = execute(a, sql[i], err);
    return rc;
}

static int asked(struct audit *a, const char *sql, bool *row, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, a->scratch, sql);
    return query_row(&q, row, err);
}

int audit_index_items(struct audit *a, struct hz_error *err)
{
    bool row = false;
    int rc = a->told == a->store ? HZ_OK : asked(a, "SELECT 1 FROM item WHERE verdict = 'failed' LIMIT 1", &row, err);

    return rc == HZ_OK && row ? execute(a, "CREATE INDEX statement_by_item ON statement (item, entry)", err) : rc;
}

int audit_index_signers(struct audit *a, struct hz_error *err)
{
    bool row = false;
    int rc = a->told == a->store ? HZ_OK : asked(a, "SELECT 1 FROM ended WHERE since IS NOT NULL LIMIT 1", &row, err);

    if (rc == HZ_OK && row)
        rc = execute(a, "CREATE INDEX statement_by_actor ON statement (actor, entry)", err);
    return rc == HZ_OK && row ? execute(a, "CREATE INDEX cosigner_by_key ON cosigner (key, entry)", err) : rc;
}
