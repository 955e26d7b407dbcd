#include "custody/store.h"
#include "custody/store_error.h"

static int execute(struct store *s, const char *sql, struct hz_error *err)
{
    int result = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

    return result == SQLITE_OK ? HZ_OK : store_error(s, result, err);
}

int store_begin(struct store *s, struct hz_error *err)
{
    return execute(s, "BEGIN IMMEDIATE", err);
}

int store_snapshot(struct store *s, struct hz_error *err)
{
    return execute(s, "BEGIN", err);
}

int store_commit(struct store *s, struct hz_error *err)
{
    return execute(s, "COMMIT", err);
}

void store_rollback(struct store *s)
{
    if (sqlite3_get_autocommit(s->db) == 0)
        (void)execute(s, "ROLLBACK", NULL);
}
