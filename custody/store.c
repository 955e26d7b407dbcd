#include "custody/store.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/store_error.h"
#include "custody_schema.h"

#define HEADER_SIZE 100 /* of an SQLite file (its format, section 1.3) */
#define MEMORY_KEPT (1 << 20)

static void close_store(struct store **s)
{
    store_close(*s);
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    store_forget(s, STORE_PERSONS);
    store_forget(s, STORE_ITEMS);
    for (size_t i = 0; i < STORE_KEPT; i++)
        sqlite3_finalize(s->kept[i].statement);
    r_keys_free(&s->keys);
    sqlite3_close(s->db);
    free(s->path);
    free(s);
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* What the first bytes say, before SQLite sees the file. */
static int check_header(const char *path, int fd, enum store_mode mode, struct hz_error *err)
{
    unsigned char header[HEADER_SIZE];
    size_t got;
    int rc = io_read_at(fd, 0, header, sizeof header, &got, err);

    if (rc != HZ_OK)
        return hz_error_context(err, "%s", path);
    if (got != sizeof header || memcmp(header, "SQLite format 3", 16) != 0)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: is not a hozen ledger"), path);
    if (mode == STORE_AUDIT)
        return HZ_OK;
    if (big_endian(header + 68) != STORE_APPLICATION_ID || big_endian(header + 60) < STORE_VERSION)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: is not a hozen ledger"), path);
    if (big_endian(header + 60) > STORE_VERSION)
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("%s: was made by a newer version of hozen; use that one"), path);
    return HZ_OK;
}

static int look(struct store *s, enum store_mode mode, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    int rc = io_open_input(s->path, &fd, err);

    if (rc != HZ_OK)
        return rc;
    rc = io_statx(fd, &st, err);
    if (rc != HZ_OK)
        return rc;
    s->size = st.stx_size;
    s->modified[0] = st.stx_mtime.tv_sec;
    s->modified[1] = st.stx_mtime.tv_nsec;
    return check_header(s->path, fd, mode, err);
}

/* "file:" and the path with what means something in a URI escaped. */
static int make_uri(struct buf *uri, const char *path, const char *query, struct hz_error *err)
{
    buf_puts(uri, path[0] == '/' ? "file://" : "file:");
    for (const char *p = path; *p != '\0'; p++) {
        if (strchr("%?#", *p) != NULL)
            buf_printf(uri, "%%%02X", (unsigned)(unsigned char)*p);
        else
            buf_putc(uri, *p);
    }
    buf_puts(uri, query);
    buf_text(uri);
    return buf_check(uri, err);
}

/* Nothing in the file is trusted: no functions from its schema, no writes to its schema. */
static int harden(struct store *s, bool reading, struct hz_error *err)
{
    static const struct {
        int option, value;
    } settings[] = {
        { SQLITE_DBCONFIG_DEFENSIVE, 1 }, { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 }, { SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
        { SQLITE_DBCONFIG_DQS_DML, 0 },   { SQLITE_DBCONFIG_DQS_DDL, 0 },
    };
    int rc = sqlite3_busy_timeout(s->db, STORE_BUSY_SECONDS * 1000);

    sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, STORE_VALUE_MAX);
    for (size_t i = 0; rc == SQLITE_OK && i < sizeof settings / sizeof settings[0]; i++)
        rc = sqlite3_db_config(s->db, settings[i].option, settings[i].value, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->db,
                          reading ? "PRAGMA query_only=ON; PRAGMA cell_size_check=ON;"
                                  : "PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; PRAGMA cell_size_check=ON;",
                          NULL, NULL, NULL);
    return rc == SQLITE_OK ? HZ_OK : store_error(s, rc, err);
}

static int open_with(struct store *s, const char *query, int flags, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf uri = BUF_INIT(32768);
    int rc = make_uri(&uri, s->path, query, err);

    if (rc != HZ_OK)
        return rc;
    rc = sqlite3_open_v2((const char *)uri.data, &s->db, flags | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc == SQLITE_OK)
        return harden(s, (flags & SQLITE_OPEN_READONLY) != 0, err);
    rc = store_error(s, rc, err);
    sqlite3_close(s->db);
    s->db = NULL;
    return rc;
}

/* Reads one page for certain, which opening alone does not. */
static int try_read(struct store *s, struct hz_error *err)
{
    int rc = sqlite3_exec(s->db, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL);

    return rc == SQLITE_OK ? HZ_OK : store_error(s, rc, err);
}

/* Only a file that is not there, or is empty, has nothing to add. */
static bool has_content(const struct store *s, const char *suffix)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(32768);
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    int rc;

    buf_printf(&path, "%s%s", s->path, suffix);
    if (buf_text(&path) == NULL)
        return true;
    rc = io_open_input((const char *)path.data, &fd, NULL);
    if (rc != HZ_OK)
        return rc != HZ_E_NOTFOUND;
    return io_statx(fd, &st, NULL) != HZ_OK || st.stx_size > 0;
}

/* A log whose changes are not in the file yet, or a journal that takes changes in the file back. */
static bool has_unfinished(const struct store *s)
{
    return has_content(s, "-wal") || has_content(s, "-journal");
}

/* A ledger in WAL mode on storage that cannot be written has no place for its shared memory: without one of these
 * beside it the file alone is the whole ledger and can be read without any lock. */
static int open_reading(struct store *s, struct hz_error *err)
{
    struct hz_error first = { 0 };
    int rc = open_with(s, "?mode=ro", SQLITE_OPEN_READONLY, &first);

    if (rc == HZ_OK)
        rc = try_read(s, &first);
    if (rc == HZ_OK)
        return HZ_OK;
    if (rc != HZ_E_DENIED || has_unfinished(s)) {
        *err = first;
        return rc;
    }
    sqlite3_close(s->db);
    s->db = NULL;
    s->immutable = true;
    rc = open_with(s, "?immutable=1", SQLITE_OPEN_READONLY, err);
    return rc == HZ_OK ? try_read(s, err) : rc;
}

static bool is_reading(const struct store *s)
{
    return sqlite3_db_readonly(s->db, "main") == 1;
}

/* What cannot be opened for writing SQLite opens for reading, whatever the reason; one that passes is no reason. */
static int open_writing(struct store *s, struct hz_error *err)
{
    int rc = open_with(s, "?mode=rw", SQLITE_OPEN_READWRITE, err);

    if (rc == HZ_OK && is_reading(s)) {
        sqlite3_close(s->db);
        s->db = NULL;
        rc = open_with(s, "?mode=rw", SQLITE_OPEN_READWRITE, err);
    }
    if (rc == HZ_OK && is_reading(s))
        return hz_error_set(err, HZ_E_DENIED, _("%s: the ledger cannot be written; nothing was recorded"), s->path);
    return rc == HZ_OK ? try_read(s, err) : rc;
}

/* No two threads use one connection: its locks cost as much as many a query. Refused, rightly, once SQLite is at work.
 * (It goes on to count its memory, for what is examined in the jail has a limit.) It takes and gives back 90 KiB for
 * every statement that writes, which is a fifth of what an entry costs when each time the kernel is asked for them. */
static void configure(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_vfs *files = sqlite3_vfs_find(NULL);
    if (files != NULL && files->iVersion >= 3) /* so that a file that could not be opened has its reason */
        (void)files->xSetSystemCall(files, "open", (sqlite3_syscall_ptr)io_open_again);
    (void)mallopt(M_TRIM_THRESHOLD, MEMORY_KEPT);
    (void)mallopt(M_TOP_PAD, MEMORY_KEPT / 4);
}

static int allocate(struct store **out, const char *path, struct hz_error *err)
{
    struct store *s = calloc(1, sizeof *s);

    configure();
    if (s != NULL)
        s->path = text_copy(path);
    if (s == NULL || s->path == NULL) {
        store_close(s);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    *out = s;
    return HZ_OK;
}

int store_open(struct store **out, const char *path, enum store_mode mode, struct hz_error *err)
{
    HZ_CLEANUP(close_store) struct store *s = NULL;
    int rc = allocate(&s, path, err);

    if (rc == HZ_OK)
        rc = look(s, mode, err);
    if (rc == HZ_OK)
        rc = mode == STORE_WRITE ? open_writing(s, err) : open_reading(s, err);
    if (rc == HZ_OK && mode != STORE_AUDIT)
        rc = store_check_schema(s, err); /* a view or trigger in it could answer or write anything */
    if (rc != HZ_OK)
        return rc;
    *out = s;
    s = NULL;
    return HZ_OK;
}

/* The file is not opened but by SQLite: to close it would give up the locks of the other connection (fcntl(2)). */
int store_again(struct store **out, const struct store *s, struct hz_error *err)
{
    HZ_CLEANUP(close_store) struct store *other = NULL;
    int rc = allocate(&other, s->path, err);

    if (rc == HZ_OK)
        rc = open_with(other, s->immutable ? "?immutable=1" : "?mode=ro", SQLITE_OPEN_READONLY, err);
    if (rc != HZ_OK)
        return rc;
    other->immutable = s->immutable;
    *out = other;
    other = NULL;
    return HZ_OK;
}

static int make_schema(struct store *s, const char *before, struct hz_error *err)
{
    int rc = sqlite3_exec(s->db, before, NULL, NULL, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->db, custody_schema, NULL, NULL, NULL);
    return rc == SQLITE_OK ? HZ_OK : store_error(s, rc, err);
}

int store_create(struct store **out, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(close_store) struct store *s = NULL;
    int rc = allocate(&s, path, err);

    if (rc == HZ_OK)
        rc = open_with(s, "?mode=rw", SQLITE_OPEN_READWRITE, err);
    if (rc == HZ_OK)
        rc = make_schema(s, "PRAGMA journal_mode=WAL", err);
    if (rc != HZ_OK)
        return rc;
    *out = s;
    s = NULL;
    return HZ_OK;
}

int store_scratch(struct store **out, struct hz_error *err)
{
    HZ_CLEANUP(close_store) struct store *s = NULL;
    int rc = allocate(&s, "", err);

    if (rc != HZ_OK)
        return rc;
    rc = sqlite3_open_v2("", &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, NULL);
    rc = rc == SQLITE_OK ? harden(s, false, err) : store_error(s, rc, err);
    /* Entries themselves are not copied into it, so that references to them lead nowhere. What is derived has no other
     * words than those of the rules, and to look each up in a list costs more than to write it. */
    if (rc == HZ_OK)
        rc = make_schema(s,
                         "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON; PRAGMA synchronous=OFF; PRAGMA "
                         "journal_mode=OFF;"
                         " PRAGMA cache_size=-16384",
                         err);
    if (rc != HZ_OK)
        return rc;
    *out = s;
    s = NULL;
    return HZ_OK;
}

int store_unchanged(const struct store *s, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    int rc;

    if (!s->immutable)
        return HZ_OK;
    rc = io_open_input(s->path, &fd, err);
    if (rc == HZ_OK)
        rc = io_statx(fd, &st, err);
    if (rc != HZ_OK)
        return rc;
    if (st.stx_size != s->size || st.stx_mtime.tv_sec != s->modified[0] || st.stx_mtime.tv_nsec != s->modified[1] ||
        has_unfinished(s))
        return hz_error_set(err, HZ_E_CHANGED, _("%s: was written while it was read; run the command again"), s->path);
    return HZ_OK;
}
