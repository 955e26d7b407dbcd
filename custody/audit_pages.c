#include "custody/audit_pages.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "custody/store_error.h"

#define TRIES 20

/* A number that another one takes the place of whenever somebody has written. Begins to read. */
static int read_version(struct store *s, uint64_t *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = false;
    int rc = store_snapshot(s, err);

    if (rc != HZ_OK)
        return rc;
    query_open(&q, s, "PRAGMA data_version");
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK)
        *out = row ? query_get_int(&q, 0) : 0;
    return rc;
}

/* Where the other connection finds nothing new behind the ledger's snapshot, the three are one. */
int audit_pages_same(struct store *ledger, struct store *other, struct hz_error *err)
{
    for (int i = 0; i < TRIES; i++) {
        uint64_t before = 0, between = 0, after = 0;
        int rc = read_version(other, &before, err);
        store_rollback(other);
        if (rc == HZ_OK)
            rc = read_version(ledger, &between, err);
        if (rc == HZ_OK)
            rc = read_version(other, &after, err);
        if (rc != HZ_OK || before == after)
            return rc;
        store_rollback(other);
        store_rollback(ledger);
    }
    return hz_error_set(err, HZ_E_CHANGED, _("%s: was written while it was read; run the command again"), ledger->path);
}

int audit_pages_check(struct store *s, const char *pragma, char said[256], struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = false;
    int rc;

    query_open(&q, s, pragma);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK)
        return rc;
    snprintf(said, 256, "%s", row ? query_get_text(&q, 0) : "");
    return strcmp(said, "ok") != 0 && store_errno(s) != 0 ? store_error(s, SQLITE_CORRUPT, err) : HZ_OK;
}

static void run(struct r_job *job, struct r_decoder *decoder)
{
    struct audit_pages *p = (struct audit_pages *)job;
    char said[256] = "";

    (void)decoder;
    p->rc = audit_pages_check(p->store, "PRAGMA quick_check(1)", said, &p->err);
    p->whole = strcmp(said, "ok") == 0;
    if (p->rc == HZ_OK && p->whole)
        p->rc = audit_indexes_read(p->indexes, p->store, &p->err);
    if (p->rc == HZ_E_FORMAT) {
        p->rc = HZ_OK;
        p->whole = false;
    }
}

static void done(struct r_job *job)
{
    struct audit_pages *p = (struct audit_pages *)job;

    p->done = true;
    r_pool_wake(p->pool, R_POOL_OWNER);
}

void audit_pages_begin(struct audit_pages *p, struct r_pool *pool, struct store *other, struct audit_indexes *indexes)
{
    *p = (struct audit_pages) { .job = { .run = run, .done = done }, .pool = pool, .store = other, .indexes = indexes };
    if (r_pool_is_threaded(pool))
        r_pool_read(pool, &p->job);
    else
        r_pool_put(pool, &p->job);
}

static void wait_for(struct audit_pages *p)
{
    r_pool_lock(p->pool);
    while (!p->done)
        r_pool_wait(p->pool, R_POOL_OWNER);
    r_pool_unlock(p->pool);
    p->pool = NULL;
}

int audit_pages_end(struct audit_pages *p, bool *whole, struct hz_error *err)
{
    wait_for(p);
    if (p->rc != HZ_OK)
        *err = p->err;
    else
        *whole = p->whole;
    return p->rc;
}

void audit_pages_stop(struct audit_pages *p)
{
    if (p->pool == NULL)
        return;
    sqlite3_interrupt(p->store->db);
    wait_for(p);
}
