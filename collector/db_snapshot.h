/* A database as it is at one moment: its file, its journal and its write-ahead log, byte for byte, copied while
 * SQLite's own read locks keep them still (formats/spec/sources.md, "databases"). Nothing is written, nothing is
 * recovered, the SQLite library is not used. Where the locks cannot be had the files are copied all the same, and that
 * is said. */
#ifndef HZ_COLLECTOR_DB_SNAPSHOT_H
#define HZ_COLLECTOR_DB_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/db_copy.h"
#include "collector/db_lock.h"
#include "collector/db_wal.h"
#include "formats/write/record.h"

enum db_role { DB_MAIN, DB_JOURNAL, DB_WAL, DB_INDEX, DB_ROLES };
extern const char *const db_suffix[DB_ROLES]; /* "", "-journal", "-wal", "-shm" */

enum db_mode {
    DB_MODE_UNKNOWN,  /* its header is none of SQLite's: encrypted, or something else */
    DB_MODE_ROLLBACK, /* a rollback journal, or nothing at all yet */
    DB_MODE_WAL,      /* a write-ahead log that nobody has open */
    DB_MODE_WAL_LIVE  /* one that is in use */
};

struct db_request {
    int root;              /* descriptor of "/" */
    struct w_bytes origin; /* of the database: resolved, no link */
    int64_t wait_ns;       /* for all its locks together, from the first try at one */
    int64_t hold_ns;       /* how long writers of a rollback-journal database may be kept waiting */
    bool (*stopped)(void *context);
    int (*step)(void *context, size_t len, struct hz_error *err); /* as in struct db_pace */
    void *context;
    int directory; /* for spools; -1: in memory */
    uint64_t room; /* bytes that the copies may have in all */
};

struct db_snapshot {
    struct db_file files[DB_ROLES];
    enum db_mode mode;
    bool locked;     /* copied under lock, and shown to be consistent */
    const char *why; /* not locked: English, static */
    bool refused;    /* some lock, in all the time there was */
    bool changed;    /* its file was written while it was copied, as far as the times show */
    bool restarted;  /* its -wal began anew meanwhile: what is in the copies does not belong together */
    bool hot;        /* the -journal is one that the next to open the database would take back */
    bool super;      /* it belongs to a transaction over several databases */
    uint32_t page_size, frames;
    uint64_t left_out; /* bytes of the -wal behind the last committed frame, at the time */
    int64_t waited_ns, held_ns;
    unsigned tries;
};

void db_snapshot_init(struct db_snapshot *s);
void db_snapshot_close(struct db_snapshot *s);
/* HZ_OK also when nothing could be locked (s->why), or nothing opened (files[DB_MAIN].fd -1). HZ_E_LIMIT: the copies do
 * not fit; HZ_E_TIMEOUT: stopped; HZ_E_NOMEM and others: our own shortage. */
int db_snapshot_take(struct db_snapshot *s, const struct db_request *request, struct hz_error *err);

#endif
