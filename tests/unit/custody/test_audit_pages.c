/* The file of a ledger looked at by another connection: it sees what the first one sees, finds what is wrong with the
 * pages alone, and does so without threads too. */
#include "custody/audit_pages.h"

#include <string.h>

#include "tests/unit/custody/folder.h"

static void put(struct store *s, uint64_t sequence)
{
    HZ_CLEANUP(query_close) struct query q;
    unsigned char leaf[32] = { 1 };

    query_open(&q, s, "INSERT INTO entry VALUES (?1, ?2, ?3)");
    query_int(&q, 1, sequence);
    query_blob(&q, 2, "entry", 5);
    query_blob(&q, 3, leaf, sizeof leaf);
    assert_int_equal(query_run(&q, NULL), HZ_OK);
}

static uint64_t count(struct store *s)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = false;

    query_open(&q, s, "SELECT count(*) FROM entry");
    assert_int_equal(query_row(&q, &row, NULL), HZ_OK);
    assert_true(row);
    return query_get_int(&q, 0);
}

static void test_same(void **state)
{
    const struct folder *f = *state;
    struct store *writer = create(f), *ledger = NULL, *other = NULL;

    put(writer, 0);
    assert_int_equal(store_open(&ledger, f->file, STORE_AUDIT, NULL), HZ_OK);
    assert_int_equal(store_again(&other, ledger, NULL), HZ_OK);
    for (uint64_t n = 1; n < 4; n++) {
        assert_int_equal(audit_pages_same(ledger, other, NULL), HZ_OK);
        put(writer, n);
        assert_int_equal(count(ledger), n);
        assert_int_equal(count(other), n);
        store_rollback(other);
        store_rollback(ledger);
    }
    store_close(other);
    store_close(ledger);
    store_close(writer);
}

/* A page that belongs to nothing: no row is wrong. */
static void add_page(const struct folder *f)
{
    FILE *file = fopen(f->file, "r+b");
    unsigned char size[4], page[4096] = { 0 };

    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    assert_int_equal(fwrite(page, 1, sizeof page, file), sizeof page);
    assert_int_equal(fseek(file, 28, SEEK_SET), 0); /* how many pages there are (SQLite's file format, section 1.3.7) */
    assert_int_equal(fread(size, 1, 4, file), 4);
    assert_true(size[3] < 255);
    size[3]++;
    assert_int_equal(fseek(file, 28, SEEK_SET), 0);
    assert_int_equal(fwrite(size, 1, 4, file), 4);
    assert_int_equal(fclose(file), 0);
}

static bool look(const struct folder *f, unsigned threads)
{
    struct audit_indexes indexes;
    struct audit_pages pages = { 0 };
    struct store *ledger = NULL, *other = NULL;
    struct r_pool *pool = NULL;
    bool whole = false;

    assert_int_equal(r_pool_start(&pool, threads, NULL), HZ_OK);
    assert_int_equal(audit_indexes_begin(&indexes, NULL), HZ_OK);
    assert_int_equal(store_open(&ledger, f->file, STORE_AUDIT, NULL), HZ_OK);
    assert_int_equal(store_again(&other, ledger, NULL), HZ_OK);
    assert_int_equal(audit_pages_same(ledger, other, NULL), HZ_OK);
    audit_pages_begin(&pages, pool, other, &indexes);
    assert_int_equal(audit_pages_end(&pages, &whole, NULL), HZ_OK);
    assert_true(!whole || audit_indexes_same(&indexes));
    audit_pages_stop(&pages); /* there is nothing to stop any more */
    store_close(other);
    store_close(ledger);
    r_pool_stop(pool);
    return whole;
}

static void test_whole(void **state)
{
    const struct folder *f = *state;

    for (unsigned threads = 0; threads < 3; threads++) {
        struct store *s = create(f);
        assert_int_equal(sqlite3_exec(s->db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL), SQLITE_OK);
        store_close(s);
        assert_true(look(f, threads));
        add_page(f);
        assert_false(look(f, threads));
    }
}

/* Ends at once, or when SQLite comes to it. */
static void test_stop(void **state)
{
    const struct folder *f = *state;
    struct audit_indexes indexes;
    struct audit_pages pages = { 0 };
    struct store *s = create(f);
    struct r_pool *pool = NULL;

    audit_pages_stop(&pages);
    assert_int_equal(r_pool_start(&pool, 1, NULL), HZ_OK);
    assert_int_equal(audit_indexes_begin(&indexes, NULL), HZ_OK);
    audit_pages_begin(&pages, pool, s, &indexes);
    audit_pages_stop(&pages);
    assert_null(pages.pool);
    r_pool_stop(pool);
    store_close(s);
}

TEST_MAIN(IN_FOLDER(test_same), IN_FOLDER(test_whole), IN_FOLDER(test_stop))
