/* Entries read ahead of the audit: in their order, whole, with threads and where none can be had. */
#include "custody/audit_ahead.h"

#include <errno.h>
#include <pthread.h>

#include "formats/read/hash.h"
#include "formats/read/proof.h"
#include "tests/unit/custody/folder.h"

#define ENTRIES 500
#define LARGE 123 /* longer than a batch takes */
#define HUGE 321  /* longer than any entry */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*body)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*body)(void *), void *argument);
static int threads_left;

/* Linked with --wrap. */
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*body)(void *), void *argument)
{
    if (threads_left == 0)
        return EAGAIN;
    threads_left--;
    return __real_pthread_create(thread, how, body, argument);
}

static size_t size_of(unsigned i)
{
    return i == LARGE ? 300000 : i == HUGE ? (1 << 20) + 1 : 1 + i * 7 % 2000;
}

static unsigned char *bytes_of(unsigned i)
{
    unsigned char *bytes = malloc(size_of(i));

    assert_non_null(bytes);
    memset(bytes, 'a' + (int)(i % 26), size_of(i));
    return bytes;
}

static void put(struct store *s, uint64_t sequence, unsigned i)
{
    HZ_CLEANUP(query_close) struct query q;
    unsigned char leaf[32], *bytes = bytes_of(i);

    assert_int_equal(r_proof_leaf(bytes, size_of(i), leaf, NULL), HZ_OK);
    query_open(&q, s, "INSERT INTO entry VALUES (?1, ?2, ?3)");
    query_int(&q, 1, sequence);
    query_blob(&q, 2, bytes, size_of(i));
    query_blob(&q, 3, leaf, sizeof leaf);
    assert_int_equal(query_run(&q, NULL), HZ_OK);
    free(bytes);
}

static struct store *fill(const struct folder *f)
{
    struct store *s = create(f);

    assert_int_equal(r_hash_start(NULL), HZ_OK);
    assert_int_equal(store_begin(s, NULL), HZ_OK);
    for (unsigned i = 0; i < ENTRIES; i++)
        put(s, i, i);
    assert_int_equal(store_commit(s, NULL), HZ_OK);
    return s;
}

static void check(const struct audit_row *row, unsigned i)
{
    unsigned char leaf[32], *bytes = bytes_of(i);

    assert_non_null(row);
    assert_int_equal(row->sequence, i);
    assert_int_equal(row->len, i == HUGE ? 0 : size_of(i));
    assert_int_equal(row->leaf_len, 32);
    if (i != HUGE) {
        assert_memory_equal(row->bytes, bytes, row->len);
        assert_int_equal(r_proof_leaf(bytes, row->len, leaf, NULL), HZ_OK);
        assert_memory_equal(row->leaf, leaf, 32);
        assert_memory_equal(row->real_leaf, leaf, 32);
    }
    assert_false(row->read); /* it is no entry */
    assert_int_equal(row->parsed, HZ_E_FORMAT);
    assert_int_equal(row->signers.count, 0);
    free(bytes);
}

static void read_all(struct store *s)
{
    struct audit_ahead *ahead = NULL;
    const struct audit_row *row = NULL;

    assert_int_equal(audit_ahead_begin(&ahead, s, NULL), HZ_OK);
    for (unsigned i = 0; i < ENTRIES; i++) {
        assert_int_equal(audit_ahead_next(ahead, &row, NULL), HZ_OK);
        check(row, i);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(audit_ahead_next(ahead, &row, NULL), HZ_OK);
        assert_null(row);
    }
    audit_ahead_end(ahead);
}

static void test_in_order(void **state)
{
    struct store *s = fill(*state);

    threads_left = 100;
    read_all(s);
    assert_true(threads_left < 100);
    store_close(s);
}

/* No thread at all, or not as many as are wanted: it takes longer, and is the same. */
static void test_without_threads(void **state)
{
    struct store *s = fill(*state);

    for (int i = 0; i < 2; i++) {
        threads_left = i;
        read_all(s);
        assert_int_equal(threads_left, 0);
    }
    store_close(s);
}

static void test_left_early(void **state)
{
    struct store *s = fill(*state);

    for (int threads = 0; threads < 2; threads++)
        for (unsigned rows = 0; rows < 60; rows += 7) {
            struct audit_ahead *ahead = NULL;
            const struct audit_row *row;
            threads_left = 100 * threads;
            assert_int_equal(audit_ahead_begin(&ahead, s, NULL), HZ_OK);
            for (unsigned i = 0; i < rows; i++)
                assert_int_equal(audit_ahead_next(ahead, &row, NULL), HZ_OK);
            audit_ahead_end(ahead);
        }
    audit_ahead_end(NULL);
    store_close(s);
}

static void test_empty(void **state)
{
    struct store *s = create(*state);
    struct audit_ahead *ahead = NULL;
    const struct audit_row *row;

    threads_left = 100;
    assert_int_equal(audit_ahead_begin(&ahead, s, NULL), HZ_OK);
    assert_int_equal(audit_ahead_next(ahead, &row, NULL), HZ_OK);
    assert_null(row);
    audit_ahead_end(ahead);
    store_close(s);
}

/* A number that no entry can have is given, and is the last. */
static void test_number_too_large(void **state)
{
    struct store *s = create(*state);
    struct audit_ahead *ahead = NULL;
    const struct audit_row *row;

    assert_int_equal(r_hash_start(NULL), HZ_OK);
    assert_int_equal(run(s, "DROP TRIGGER entry_next"), HZ_OK);
    put(s, 0, 0);
    put(s, AUDIT_SEQUENCE_MAX + 1, 1);
    put(s, AUDIT_SEQUENCE_MAX + 2, 2);
    threads_left = 100;
    assert_int_equal(audit_ahead_begin(&ahead, s, NULL), HZ_OK);
    assert_int_equal(audit_ahead_next(ahead, &row, NULL), HZ_OK);
    check(row, 0);
    assert_int_equal(audit_ahead_next(ahead, &row, NULL), HZ_OK);
    assert_non_null(row);
    assert_int_equal(row->sequence, AUDIT_SEQUENCE_MAX + 1);
    assert_false(row->read);
    assert_int_equal(audit_ahead_next(ahead, &row, NULL), HZ_OK);
    assert_null(row);
    audit_ahead_end(ahead);
    store_close(s);
}

/* A page in the midst of the entries is none: those before it are given, then the failure. */
static void test_damaged(void **state)
{
    const struct folder *f = *state;
    struct store *s = fill(f);
    struct audit_ahead *ahead = NULL;
    const struct audit_row *row;
    struct hz_error err = { 0 };
    FILE *file;
    unsigned met = 0;
    int rc;

    assert_int_equal(sqlite3_exec(s->db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL), SQLITE_OK);
    store_close(s);
    file = fopen(f->file, "r+");
    assert_non_null(file);
    for (long page = 60; page < 75; page++) {
        assert_int_equal(fseek(file, page * 4096, SEEK_SET), 0);
        assert_int_equal(fwrite("\0\0\0\0\0\0\0\0", 1, 8, file), 8);
    }
    fclose(file);
    assert_int_equal(store_open(&s, f->file, STORE_AUDIT, NULL), HZ_OK);
    threads_left = 100;
    assert_int_equal(audit_ahead_begin(&ahead, s, NULL), HZ_OK);
    while ((rc = audit_ahead_next(ahead, &row, &err)) == HZ_OK && row != NULL)
        check(row, met++);
    assert_int_equal(rc, HZ_E_FORMAT);
    assert_non_null(strstr(err.text, "damaged"));
    assert_true(met > 0 && met < ENTRIES);
    audit_ahead_end(ahead);
    store_close(s);
}

TEST_MAIN(IN_FOLDER(test_in_order), IN_FOLDER(test_without_threads), IN_FOLDER(test_left_early), IN_FOLDER(test_empty),
          IN_FOLDER(test_number_too_large), IN_FOLDER(test_damaged))
