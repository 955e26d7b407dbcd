/* What can be said of a ledger's file without its entries, by a connection and a thread of their own while the entries
 * are followed: SQLite's check of the pages, and what the indexes hold. */
#ifndef HZ_CUSTODY_AUDIT_PAGES_H
#define HZ_CUSTODY_AUDIT_PAGES_H

#include <stdbool.h>

#include "base/error.h"
#include "custody/audit_indexes.h"
#include "custody/store.h"
#include "formats/read/pool.h"

struct audit_pages {
    struct r_job job;
    struct r_pool *pool; /* NULL: nothing was begun */
    struct store *store; /* the other connection; not owned */
    struct audit_indexes *indexes;
    bool done; /* under the pool's lock */
    bool whole;
    int rc;
    struct hz_error err;
};

/* Begins a transaction of each connection, and both see the same ledger. HZ_E_CHANGED: others write all the time. */
int audit_pages_same(struct store *ledger, struct store *other, struct hz_error *err);

/* p is zeroed. Both stores and the indexes are the caller's until audit_pages_end or audit_pages_stop. */
void audit_pages_begin(struct audit_pages *p, struct r_pool *pool, struct store *other, struct audit_indexes *indexes);
/* Waits. *whole: SQLite finds nothing in the pages, and the indexes were read; false: something in the file is wrong.
 */
int audit_pages_end(struct audit_pages *p, bool *whole, struct hz_error *err);
void audit_pages_stop(struct audit_pages *p); /* whatever it says; legal on a zeroed struct */

/* Runs quick_check(1) or integrity_check(1). said: what SQLite says first, "ok" when there is nothing. */
int audit_pages_check(struct store *s, const char *pragma, char said[256], struct hz_error *err);

#endif
