#include "custody/store.h"
#include "custody/store_error.h"

static int execute(struct store *s, const char *sql, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, sql);
    return query_run(&q, err);
}

void store_forget(struct store *s, enum store_memories which)
{
    struct store_memory *m = &s->memory[which];

    if (m->kept != NULL)
        m->drop(m->kept);
    m->kept = NULL;
}

static void forget(struct store *s)
{
    store_forget(s, STORE_PERSONS);
    store_forget(s, STORE_ITEMS);
}

int store_begin(struct store *s, struct hz_error *err)
{
    forget(s);
    return execute(s, "BEGIN IMMEDIATE", err);
}

int store_snapshot(struct store *s, struct hz_error *err)
{
    return execute(s, "BEGIN", err);
}

int store_commit(struct store *s, struct hz_error *err)
{
    forget(s);
    return execute(s, "COMMIT", err);
}

int store_settle(struct store *s, struct hz_error *err)
{
    int result = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    return result == SQLITE_OK ? HZ_OK : store_error(s, result, err);
}

void store_rollback(struct store *s)
{
    forget(s);
    if (sqlite3_get_autocommit(s->db) == 0)
        (void)execute(s, "ROLLBACK", NULL);
}
