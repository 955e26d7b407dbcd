#include "custody/check_sqlite.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/io_rw.h"
#include "formats/write/inspection.h"

#define ANSWER_MAX ((size_t)1 << 20)
#define MEMORY_MAX ((sqlite3_int64)256 << 20)
#define SECONDS 60        /* for one database */
#define LOOK_EVERY 100000 /* instructions of SQLite's machine */
#define NAME_MAX_BYTES 1000

static int64_t now(void)
{
    struct timespec t = { 0, 0 };
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static int over(void *context)
{
    const struct check_sqlite *s = context;
    return now() >= s->until;
}

bool check_sqlite_open(struct check_sqlite *s)
{
    unsigned char seed[8];
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_initialize() != SQLITE_OK || sqlite3_open_v2(":memory:", &s->db, flags, NULL) != SQLITE_OK)
        return false;
    sqlite3_randomness(sizeof seed, seed); /* it reads /dev/urandom once */
    sqlite3_hard_heap_limit64(MEMORY_MAX);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(s->db, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
    sqlite3_limit(s->db, SQLITE_LIMIT_EXPR_DEPTH, 100);
    sqlite3_limit(s->db, SQLITE_LIMIT_WORKER_THREADS, 0);
    return sqlite3_exec(s->db, "PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON", NULL, NULL, NULL) == SQLITE_OK;
}

/* One line, whatever the text holds. */
static void put(struct check_answer *answer, char kind, const char *text)
{
    buf_putc(&answer->text, kind);
    for (size_t i = 0; i < NAME_MAX_BYTES && text[i] != '\0'; i++)
        buf_putc(&answer->text, text[i] == '\n' ? ' ' : text[i]);
    buf_putc(&answer->text, '\n');
}

static void begin(struct check_answer *answer, const char *result)
{
    buf_free(&answer->text);
    buf_init(&answer->text, ANSWER_MAX);
    put(answer, 'R', result);
}

void check_sqlite_unchecked(struct check_answer *answer, const char *why)
{
    begin(answer, "unchecked");
    put(answer, 'D', why);
}

/* What SQLite says against the database is damage; what it says about itself is not. */
static void put_failure(struct check_sqlite *s, struct check_answer *answer)
{
    int code = sqlite3_errcode(s->db) & 0xff;
    if (code == SQLITE_INTERRUPT)
        check_sqlite_unchecked(answer, "not done within 60 seconds");
    else if (code == SQLITE_NOTADB)
        check_sqlite_unchecked(answer, "not an SQLite database, or an encrypted one");
    else if (code == SQLITE_NOMEM || code == SQLITE_TOOBIG)
        check_sqlite_unchecked(answer, "more memory is needed than the check may use");
    else if (code == SQLITE_CORRUPT) {
        begin(answer, "damaged");
        put(answer, 'D', sqlite3_errmsg(s->db));
    } else
        check_sqlite_unchecked(answer, sqlite3_errmsg(s->db));
}

/* false: answered already. */
static bool check_integrity(struct check_sqlite *s, struct check_answer *answer)
{
    sqlite3_stmt *stmt = NULL;
    bool good = sqlite3_prepare_v2(s->db, "PRAGMA integrity_check(1)", -1, &stmt, NULL) == SQLITE_OK &&
                sqlite3_step(stmt) == SQLITE_ROW;
    const char *text = good ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    if (!good) {
        put_failure(s, answer);
    } else if (text == NULL || strcmp(text, "ok") != 0) {
        begin(answer, "damaged");
        put(answer, 'D', text == NULL ? "integrity_check fails" : text);
    } else {
        begin(answer, "ok");
    }
    sqlite3_finalize(stmt);
    return good;
}

/* Rows of one table; its name is quoted by SQLite. */
static bool count_rows(struct check_sqlite *s, const char *table, int64_t *rows)
{
    sqlite3_stmt *stmt = NULL;
    char *sql = sqlite3_mprintf("SELECT count(*) FROM main.\"%w\"", table);
    bool good =
        sql != NULL && sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW;
    if (good)
        *rows = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_free(sql);
    return good;
}

/* Virtual tables have no root page: their modules are not run. */
static void list_tables(struct check_sqlite *s, struct check_answer *answer)
{
    sqlite3_stmt *stmt = NULL;
    unsigned listed = 0, more = 0;
    int rc = sqlite3_prepare_v2(s->db,
                                "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0"
                                " ORDER BY name",
                                -1, &stmt, NULL);
    while (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(ANSWER_MAX);
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        int64_t rows;
        rc = SQLITE_OK;
        if (name == NULL || listed == W_INSPECTION_TABLES || !count_rows(s, name, &rows)) {
            more++;
            continue;
        }
        buf_printf(&line, "%" PRId64 " %.*s", rows, NAME_MAX_BYTES, name);
        put(answer, 'T', buf_text(&line) == NULL ? "0 ?" : (const char *)line.data);
        listed++;
    }
    sqlite3_finalize(stmt);
    if (more > 0) {
        buf_printf(&answer->text, "M%u\n", more);
    }
}

void check_sqlite_run(struct check_sqlite *s, struct check_answer *answer, unsigned char *bytes, size_t size,
                      size_t room)
{
    if (size == 0) { /* as SQLite leaves a database that nobody wrote to */
        begin(answer, "ok");
        return;
    }
    if (size >= 20)
        bytes[18] = bytes[19] = 1; /* the log is applied; a database in memory has none */
    s->until = now() + SECONDS;
    sqlite3_progress_handler(s->db, LOOK_EVERY, over, s);
    if (sqlite3_deserialize(s->db, "main", bytes, (sqlite3_int64)size, (sqlite3_int64)room,
                            SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
        put_failure(s, answer);
        return;
    }
    if (check_integrity(s, answer))
        list_tables(s, answer);
}

int check_sqlite_send(struct check_answer *answer)
{
    struct hz_error ignored;
    int rc = buf_check(&answer->text, &ignored);
    if (rc == HZ_OK)
        rc = io_write(answer->out, answer->text.data, answer->text.len, &ignored);
    return rc == HZ_OK ? 0 : 1;
}
