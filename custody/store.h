/* The SQLite file of a ledger: opening, transactions, queries. Nothing here knows what a statement means. */
#ifndef HZ_CUSTODY_STORE_H
#define HZ_CUSTODY_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/read/hash.h"
#include "formats/read/keys.h"

#define STORE_APPLICATION_ID 0x487a4c31
#define STORE_VERSION 1
#define STORE_SCHEMA_SHA256 "a1ed23d8b9003021b690e2e500b0725ba3dc36381615744350f4ecf02fb7d25a"
#define STORE_BUSY_SECONDS 10
#define STORE_KEPT 64             /* prepared statements that wait for their next use */
#define STORE_VALUE_MAX (4 << 20) /* bytes in one value; the largest that we write is an entry of 1 MiB */

enum store_mode {
    STORE_READ,  /* never changes the ledger file; a version, id or schema that is not ours is refused */
    STORE_WRITE, /* refuses the same, and a file that cannot be written */
    STORE_AUDIT  /* as STORE_READ, but a wrong id, version or schema is left for the audit to find */
};

struct store {
    sqlite3 *db;    /* owned */
    char *path;     /* owned; as the caller gave it */
    bool immutable; /* opened without locks, since its folder cannot be written */
    uint64_t size;  /* of the file at opening, and its times, for store_unchanged */
    int64_t modified[2];
    struct store_kept {
        sqlite3_stmt *statement; /* owned; NULL: an empty place */
        bool busy;               /* a query has it */
    } kept[STORE_KEPT];          /* by the text of their SQL */
    struct store_memory {
        void *kept; /* owned; NULL: nothing */
        void (*drop)(void *kept);
    } memory[2];             /* what was read in this transaction, by those who know what it means */
    struct r_keys keys;      /* of signatures that were checked on the way into it */
    bool later;              /* rows of items need not be written before the transaction ends (custody/shelf) */
    struct settled *settled; /* not owned; nor ever those that stand in another store already; NULL: none */
};

enum store_memories { STORE_PERSONS, STORE_ITEMS };

/* Opens an existing ledger. Errors, each with the path: HZ_E_NOTFOUND or HZ_E_IO (not there, not readable), HZ_E_FORMAT
 * (a directory, not a hozen ledger, another schema), HZ_E_UNSUPPORTED (made by a newer version), HZ_E_DENIED
 * (read-only). *out is the caller's, store_close. */
int store_open(struct store **out, const char *path, enum store_mode mode, struct hz_error *err);
/* A further connection to a ledger that is open for reading, for another thread. */
int store_again(struct store **out, const struct store *s, struct hz_error *err);
/* Makes the schema in a file that exists and is empty, and opens it for writing. */
int store_create(struct store **out, const char *path, struct hz_error *err);
/* The same schema in a database of its own that lives until store_close; it spills to a temporary file when large. */
int store_scratch(struct store **out, struct hz_error *err);
/* HZ_E_FORMAT, with the path: the schema is not, statement by statement, the one that this version creates. */
int store_check_schema(struct store *s, struct hz_error *err);
/* Of the statements of its schema, by name: what this version creates has STORE_SCHEMA_SHA256. */
int store_schema_digest(struct store *s, char out[R_SHA256_HEX], struct hz_error *err);
void store_close(struct store *s); /* NULL is legal */
/* HZ_E_CHANGED when a file that was opened without locks was written meanwhile. */
int store_unchanged(const struct store *s, struct hz_error *err);

/* BEGIN IMMEDIATE: HZ_E_TIMEOUT when another process holds the ledger for longer than STORE_BUSY_SECONDS. */
int store_begin(struct store *s, struct hz_error *err);
/* One consistent view for what is read until store_rollback. */
int store_snapshot(struct store *s, struct hz_error *err);
/* After HZ_OK the transaction is on disk. */
int store_commit(struct store *s, struct hz_error *err);
/* Brings everything into the one file and empties its log, so that the file alone is the ledger (for who renames it).
 */
int store_settle(struct store *s, struct hz_error *err);
void store_rollback(struct store *s); /* without a transaction: nothing */
/* What was read in it; done at its beginning and end. */
void store_forget(struct store *s, enum store_memories which);

/* One prepared statement. Failures of preparing and binding stick and are reported by the next query_row, query_run.
 *
 *     HZ_CLEANUP(query_close) struct query q;
 *     query_open(&q, s, "SELECT name FROM person WHERE key = ?1");
 *     query_text(&q, 1, key);
 *     rc = query_row(&q, &found, err);
 */
struct query {
    struct store *store;
    sqlite3_stmt *statement;
    struct store_kept *kept; /* where the statement goes back to; NULL: it is the query's own */
    int failed;              /* SQLITE_OK, or the first failure */
};

/* A statement is prepared once for all queries of the same text that follow one another. */
void query_open(struct query *q, struct store *s, const char *sql);
void query_close(struct query *q);                              /* legal on a zeroed struct; before store_close */
void query_again(struct query *q);                              /* for new values */
void query_text(struct query *q, int index, const char *text);  /* NULL: SQL NULL. Copied. */
void query_still(struct query *q, int index, const char *text); /* the same, but must live until the query has run */
void query_int(struct query *q, int index, uint64_t value);
void query_blob(struct query *q, int index, const void *bytes, size_t len); /* must live until the query has run */
/* *row: true when there is one. */
int query_row(struct query *q, bool *row, struct hz_error *err);
/* For what gives no row: it must be done after one step; ready for the next values. */
int query_run(struct query *q, struct hz_error *err);

/* Columns of the present row, valid until the next step. Text is never NULL: SQL NULL is empty, whatever the schema
 * says of the column, for a prepared file may hold anything; and so is text with a NUL byte, behind which more would
 * hide. */
const char *query_get_text(const struct query *q, int column);
uint64_t query_get_int(const struct query *q, int column);
const void *query_get_blob(const struct query *q, int column, size_t *len);
/* Is this what the column holds, in this type? Text: NULL for SQL NULL. */
bool query_is_int(const struct query *q, int column, uint64_t value);
bool query_is_text(const struct query *q, int column, const char *value);
bool query_is_blob(const struct query *q, int column, const void *bytes, size_t len);
/* Two rows hold the same in a column, in the same type. */
bool query_same(const struct query *x, const struct query *y, int column);
/* malloc'd copy of a text column; NULL for SQL NULL. HZ_E_NOMEM. */
int query_copy_text(const struct query *q, int column, char **out, struct hz_error *err);

#endif
