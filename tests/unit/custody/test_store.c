/* The SQLite file: its schema, its triggers, and what is refused as a ledger. */
#include "tests/unit/custody/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static void test_append_only(void **state)
{
    static const char *const forbidden[] = {
        "UPDATE entry SET bytes = x'02'",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry VALUES (0, x'03', zeroblob(32))",
        "INSERT INTO entry VALUES (5, x'03', zeroblob(32))",
        "INSERT INTO entry VALUES (1, x'03', zeroblob(31))",
        "UPDATE checkpoint SET text = 'x'",
        "DELETE FROM checkpoint",
        "INSERT OR REPLACE INTO checkpoint VALUES (1, 'b', 'k', 's')",
        "DELETE FROM statement",
        "UPDATE statement SET type = 'x'",
        "DELETE FROM node",
        "DELETE FROM witness",
        "DELETE FROM person",
        "UPDATE person SET name = 'x'",
        "DELETE FROM item",
        "DELETE FROM copy",
        "DELETE FROM hold",
        "DELETE FROM fact",
        "DELETE FROM cosigner",
        "UPDATE cosigner SET key = 'x'",
        "DELETE FROM ended",
        "UPDATE ended SET reason = 'retired'",
        "DELETE FROM policy",
        "UPDATE policy SET rules = '[]'",
        "INSERT INTO node VALUES (1, 9, zeroblob(32), 77)",
    };
    struct store *s = create(*state);

    assert_int_equal(run(s, "INSERT INTO entry VALUES (0, x'01', zeroblob(32))"), HZ_OK);
    assert_int_equal(run(s, "INSERT INTO checkpoint VALUES (1, 'a', 'k', 's')"), HZ_OK);
    assert_int_equal(run(s, "INSERT INTO statement VALUES (0, 'd', 't', 'a', 't', 'r', NULL, NULL, NULL, NULL, NULL)"),
                     HZ_OK);
    assert_int_equal(run(s, "INSERT INTO node VALUES (1, 0, zeroblob(32), 0)"), HZ_OK);
    assert_int_equal(run(s, "INSERT INTO witness VALUES ('l', 1, 't', 'k', 's', 0)"), HZ_OK);
    assert_int_equal(
        run(s, "INSERT INTO person (key, name, public_key, checkpoint_signer, entry) VALUES ('k', 'n', 'p', 0, 0)"),
        HZ_OK);
    assert_int_equal(run(s, "INSERT INTO item (item, kind, state, custodian, moved, integrity, decided, entry)"
                            " VALUES ('i', 'bundle', 'held', 'k', 'm', 'intact', 0, 0)"),
                     HZ_OK);
    assert_int_equal(run(s, "INSERT INTO copy (item, copy, role, state, integrity, decided, made, entry)"
                            " VALUES ('i', 'c', 'working', 'there', 'intact', 0, 0, 0)"),
                     HZ_OK);
    assert_int_equal(run(s, "INSERT INTO hold VALUES ('i', 'h', 'a', 'r', NULL, NULL, 0)"), HZ_OK);
    assert_int_equal(run(s, "INSERT INTO cosigner VALUES (0, 'k')"), HZ_OK);
    assert_int_equal(run(s, "INSERT INTO ended VALUES ('k', 'lost', NULL, NULL, 0)"), HZ_OK);
    assert_int_equal(run(s, "INSERT INTO policy VALUES (0, '{}')"), HZ_OK);
    assert_int_equal(run(s, "INSERT INTO fact VALUES ('c', 'n', 'v', 0)"), HZ_OK);
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
        if (run(s, forbidden[i]) == HZ_OK)
            fail_msg("allowed: %s", forbidden[i]);
    assert_int_equal(run(s, "UPDATE item SET state = 'offered'"), HZ_OK);
    store_close(s);
}

static void test_settings(void **state)
{
    static const struct {
        const char *sql;
        uint64_t value;
    } settings[] = { { "PRAGMA synchronous", 2 },
                     { "PRAGMA recursive_triggers", 1 },
                     { "PRAGMA foreign_keys", 1 },
                     { "PRAGMA trusted_schema", 0 },
                     { "PRAGMA application_id", STORE_APPLICATION_ID },
                     { "PRAGMA user_version", 1 } };
    struct store *s = create(*state);
    struct query q;
    bool row;

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        query_open(&q, s, settings[i].sql);
        assert_int_equal(query_row(&q, &row, NULL), HZ_OK);
        assert_true(row);
        if (query_get_int(&q, 0) != settings[i].value)
            fail_msg("%s is %llu", settings[i].sql, (unsigned long long)query_get_int(&q, 0));
        query_close(&q);
    }
    query_open(&q, s, "PRAGMA journal_mode");
    assert_int_equal(query_row(&q, &row, NULL), HZ_OK);
    assert_string_equal(query_get_text(&q, 0), "wal");
    query_close(&q);
    /* Defensive mode: the schema itself cannot be written. */
    assert_int_not_equal(run(s, "DELETE FROM sqlite_schema"), HZ_OK);
    store_close(s);
}

static void test_reading_writes_nothing(void **state)
{
    struct folder *f = *state;
    struct store *s = create(f);

    store_close(s);
    assert_int_equal(store_open(&s, f->file, STORE_READ, NULL), HZ_OK);
    assert_int_not_equal(run(s, "INSERT INTO entry VALUES (0, x'01', zeroblob(32))"), HZ_OK);
    store_close(s);
    {
        char beside[128];
        snprintf(beside, sizeof beside, "%s-wal", f->file);
        unlink(beside);
        snprintf(beside, sizeof beside, "%s-shm", f->file);
        unlink(beside);
    }
}

static void put(const char *path, const char *bytes, size_t len)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

static void test_not_a_ledger(void **state)
{
    struct folder *f = *state;
    struct store *s = NULL;
    char header[100] = "SQLite format 3";

    assert_int_equal(store_open(&s, f->file, STORE_READ, NULL), HZ_E_NOTFOUND);
    assert_int_equal(store_open(&s, f->path, STORE_READ, NULL), HZ_E_FORMAT);
    put(f->file, "", 0);
    assert_int_equal(store_open(&s, f->file, STORE_WRITE, NULL), HZ_E_FORMAT);
    put(f->file, "garbage", 7);
    assert_int_equal(store_open(&s, f->file, STORE_READ, NULL), HZ_E_FORMAT);
    put(f->file, header, sizeof header); /* some other database */
    assert_int_equal(store_open(&s, f->file, STORE_READ, NULL), HZ_E_FORMAT);
    memcpy(header + 68, "HzL1", 4);
    header[63] = 2;
    put(f->file, header, sizeof header);
    assert_int_equal(store_open(&s, f->file, STORE_READ, NULL), HZ_E_UNSUPPORTED);
    assert_null(s);
}

/* Where the schema has changed, the digest in store.h changes with it: each opening of a ledger is then as fast again.
 */
static void test_digest_of_schema(void **state)
{
    struct store *s = create(*state);
    char digest[R_SHA256_HEX];

    assert_int_equal(store_schema_digest(s, digest, NULL), HZ_OK);
    assert_string_equal(digest, STORE_SCHEMA_SHA256);
    assert_int_equal(run(s, "DROP INDEX statement_by_case"), HZ_OK);
    assert_int_equal(store_schema_digest(s, digest, NULL), HZ_OK);
    assert_string_not_equal(digest, STORE_SCHEMA_SHA256);
    store_close(s);
}

static void test_scratch_has_the_same_schema(void **state)
{
    struct store *s = create(*state), *scratch = NULL;
    static const char sql[] = "SELECT group_concat(name || sql, ';') FROM (SELECT * FROM sqlite_schema ORDER BY name)";
    struct query a, b;
    bool row;

    assert_int_equal(store_scratch(&scratch, NULL), HZ_OK);
    query_open(&a, s, sql);
    query_open(&b, scratch, sql);
    assert_int_equal(query_row(&a, &row, NULL), HZ_OK);
    assert_int_equal(query_row(&b, &row, NULL), HZ_OK);
    assert_string_equal(query_get_text(&a, 0), query_get_text(&b, 0));
    query_close(&a);
    query_close(&b);
    store_close(s);
    store_close(scratch);
}

static uint64_t step(struct query *q)
{
    bool row;

    assert_int_equal(query_row(q, &row, NULL), HZ_OK);
    return row ? query_get_int(q, 0) : 0;
}

/* A statement that waits for its next use has nothing of the one before, and two of one text do not share. */
static void test_kept_statements(void **state)
{
    static const char sql[] = "SELECT 1 UNION SELECT 2 UNION SELECT coalesce(?1, 3)";
    struct query outer, inner;
    struct store *s = NULL;

    (void)state;
    assert_int_equal(store_scratch(&s, NULL), HZ_OK);
    for (int i = 0; i < 3; i++) {
        query_open(&outer, s, sql);
        if (i == 1)
            query_int(&outer, 1, 7);
        assert_int_equal(step(&outer), 1);
        query_open(&inner, s, sql);
        assert_int_equal(step(&inner), 1);
        assert_int_equal(step(&outer), 2);
        query_close(&outer);
        assert_int_equal(step(&inner), 2);
        assert_int_equal(step(&inner), 3);
        query_close(&inner);
    }
    query_open(&outer, s, "SELECT nothing");
    assert_int_not_equal(query_run(&outer, NULL), HZ_OK);
    query_close(&outer);
    store_close(s);
}

/* Many of one text at a time have one place, so that there is one for others. */
static void test_kept_once(void **state)
{
    struct query many[20];
    struct store *s = NULL;
    unsigned places = 0;

    (void)state;
    assert_int_equal(store_scratch(&s, NULL), HZ_OK);
    for (size_t i = 0; i < 20; i++) {
        query_open(&many[i], s, "SELECT 4");
        assert_int_equal(step(&many[i]), 4);
    }
    for (size_t i = 0; i < STORE_KEPT; i++)
        places += s->kept[i].busy;
    assert_int_equal(places, 1);
    for (size_t i = 0; i < 20; i++)
        query_close(&many[i]);
    store_close(s);
}

static bool is_beside(int fd, const char *suffix)
{
    char link[64], path[256] = "";
    ssize_t len;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    len = readlink(link, path, sizeof path - 1);
    return len > 4 && strcmp(path + len - 4, suffix) == 0;
}

/* Which file cannot be opened for writing, how often, and why. */
static struct {
    const char *suffix;
    unsigned times;
    int reason;
} closed;

int __wrap_io_open_again(const char *path, int flags, int mode);
int __real_io_open_again(const char *path, int flags, int mode);

int __wrap_io_open_again(const char *path, int flags, int mode)
{
    const char *suffix = closed.suffix != NULL ? strrchr(path, closed.suffix[0]) : NULL;

    if (suffix == NULL || closed.times == 0 || (flags & O_ACCMODE) == O_RDONLY || strcmp(suffix, closed.suffix) != 0)
        return __real_io_open_again(path, flags, mode);
    closed.times--;
    errno = closed.reason;
    return -1;
}

/* No lock on the memory that is shared, as where a file server has none. */
static int no_locks(int fd, int command, void *argument)
{
    if (command == F_SETLK && is_beside(fd, "-shm")) {
        errno = ENOLCK;
        return -1;
    }
    return fcntl(fd, command, argument);
}

static int no_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

/* SQLite says "unable to open database file" and "locking protocol"; the kernel's reason is told. */
static void test_reasons(void **state)
{
    static const char *const beside[] = { "-wal", "-shm" };
    const struct folder *f = *state;
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    int (*sleep)(sqlite3_vfs *, int) = vfs->xSleep;
    struct store *s = create(f);
    struct hz_error err = { 0 };

    store_close(s);
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) { /* SQLite then looks whether there is one to read */
        closed.suffix = beside[i];
        closed.times = 1;
        closed.reason = EMFILE;
        assert_int_equal(store_open(&s, f->file, STORE_WRITE, &err), HZ_E_IO);
        assert_int_equal(err.sys_errno, EMFILE);
        assert_int_equal(closed.times, 0);
    }
    closed.suffix = ".db";
    closed.times = 1;
    assert_int_equal(store_open(&s, f->file, STORE_WRITE, &err), HZ_OK); /* what passes is no reason to read alone */
    store_close(s);
    closed.times = 2;
    assert_int_equal(store_open(&s, f->file, STORE_WRITE, &err), HZ_E_DENIED);
    assert_int_equal(closed.times, 0);
    assert_int_equal(vfs->xSetSystemCall(vfs, "fcntl", (sqlite3_syscall_ptr)no_locks), SQLITE_OK);
    vfs->xSleep = no_sleep;
    assert_int_equal(store_open(&s, f->file, STORE_WRITE, &err), HZ_E_IO);
    assert_int_equal(err.sys_errno, ENOLCK);
    assert_int_equal(vfs->xSetSystemCall(vfs, "fcntl", NULL), SQLITE_OK);
    vfs->xSleep = sleep;
    assert_int_equal(store_open(&s, f->file, STORE_WRITE, &err), HZ_OK);
    store_close(s);
}

TEST_MAIN(IN_FOLDER(test_append_only), IN_FOLDER(test_reasons), IN_FOLDER(test_settings),
          IN_FOLDER(test_reading_writes_nothing), IN_FOLDER(test_not_a_ledger),
          IN_FOLDER(test_scratch_has_the_same_schema), IN_FOLDER(test_digest_of_schema),
          cmocka_unit_test(test_kept_statements), cmocka_unit_test(test_kept_once))
