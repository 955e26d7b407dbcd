#include "formats/write/spool.h"

#include <fcntl.h>

#include "base/text.h"
#include "tests/unit/write/scratch.h"

#define PIECE 100000

static struct hz_error err;

static unsigned char byte_at(uint64_t i)
{
    return (unsigned char)(i * 2654435761U >> 13);
}

static void fill(struct w_spool *s, size_t pieces)
{
    unsigned char *piece = malloc(PIECE);
    assert_non_null(piece);
    for (size_t p = 0; p < pieces; p++) {
        for (size_t i = 0; i < PIECE; i++)
            piece[i] = byte_at(p * PIECE + i);
        assert_int_equal(w_spool_put(s, piece, PIECE, &err), HZ_OK);
    }
    free(piece);
}

/* Reads everything, in the parts that come, and empties it. */
static void drain(struct w_spool *s, size_t pieces)
{
    struct w_spool_reader r;
    uint64_t at = 0;
    size_t len = 1;
    assert_int_equal(s->total, pieces * PIECE);
    assert_int_equal(w_spool_reader_open(&r, s, &err), HZ_OK);
    while (len > 0) {
        const void *bytes = NULL;
        assert_int_equal(w_spool_next(&r, &bytes, &len, &err), HZ_OK);
        for (size_t i = 0; i < len; i++)
            assert_int_equal(((const unsigned char *)bytes)[i], byte_at(at + i));
        at += len;
    }
    assert_int_equal(at, pieces * PIECE);
    w_spool_reader_close(&r);
    assert_int_equal(w_spool_reset(s, &err), HZ_OK);
    assert_int_equal(s->total, 0);
}

static void gives_back_what_came_in(void **state)
{
    (void)state;
    static const char *const nothing[] = { NULL };
    static const size_t pieces[] = { 0, 1, 2, 3, 40, 1, 7, 0, 3 }; /* shorter rounds after longer ones, too */
    struct scratch t;
    struct w_spool s;
    scratch_open(&t);
    w_spool_open(&s, t.directory, NULL);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        fill(&s, pieces[i]);
        assert_true((s.fd >= 0) == (i >= 3)); /* a few bytes need no file */
        drain(&s, pieces[i]);
    }
    w_spool_close(&s);
    scratch_close(&t, nothing);
}

static void says_when_there_is_no_room(void **state)
{
    (void)state;
    struct w_spool s;
    unsigned char piece[PIECE] = { 0 };
    int rc = HZ_OK;
    w_spool_open(&s, -1, NULL); /* no directory to spill into */
    for (int i = 0; i < 10 && rc == HZ_OK; i++)
        rc = w_spool_put(&s, piece, sizeof piece, &err);
    assert_int_not_equal(rc, HZ_OK);
    assert_non_null(strstr(err.text, "temporary file"));
    w_spool_close(&s);
}

/* In memory: the same, within the limit, and with all of it given back. */
static void waits_in_memory(void **state)
{
    (void)state;
    static const size_t pieces[] = { 0, 1, 2, 3, 40, 1, 7, 0, 3 };
    struct w_store store;
    struct w_spool s, other;
    assert_int_equal(w_store_open(&store, (size_t)8 << 20, &err), HZ_OK);
    size_t nothing = store.used;
    w_spool_open(&s, -1, &store);
    w_spool_open(&other, -1, &store);
    assert_int_equal(w_spool_put(&other, "other", 5, &err), HZ_OK);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        fill(&s, pieces[i]);
        assert_true(s.fd < 0);
        assert_true(pieces[i] < 2 || (store.used > nothing + W_STORE_BLOCK && store.used < store.limit));
        drain(&s, pieces[i]);
    }
    w_spool_close(&s);
    assert_int_equal(store.waiting, 5);
    w_spool_close(&other);
    assert_int_equal(store.used, nothing);
    assert_int_equal(store.waiting, 0);
    w_store_close(&store);
}

static void a_full_store_takes_nothing(void **state)
{
    (void)state;
    static unsigned char noise[5000];
    struct w_store store;
    struct w_spool s;
    uint64_t x = 1, puts = 0;
    int rc = HZ_OK;
    assert_int_equal(w_store_open(&store, (size_t)4 << 20, &err), HZ_OK);
    w_spool_open(&s, -1, &store);
    for (; rc == HZ_OK; puts++) {
        assert_int_equal(s.total, puts * sizeof noise);
        for (size_t i = 0; i < sizeof noise; i++)
            noise[i] = (unsigned char)((x = x * 6364136223846793005U + 1442695040888963407U) >> 56);
        rc = w_spool_put(&s, noise, sizeof noise, &err);
    }
    assert_int_equal(rc, HZ_E_LIMIT);
    assert_int_equal(s.total, (puts - 1) * sizeof noise); /* nothing of the last one */
    assert_true(s.total > (size_t)2 << 20 && s.total < store.limit);
    assert_int_equal(w_spool_put(&s, noise, sizeof noise, &err), HZ_E_LIMIT);
    assert_int_equal(w_spool_reset(&s, &err), HZ_OK);
    assert_int_equal(w_spool_put(&s, noise, sizeof noise, &err), HZ_OK);
    w_spool_close(&s);
    w_store_close(&store);
}

/* Lines and records of a fixed size across the edges of blocks. */
static void reads_lines_and_records(void **state)
{
    (void)state;
    enum { LINES = 20000 };
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(100);
    struct w_store store;
    struct w_spool s;
    struct w_spool_reader r;
    char text[64], back[64];
    assert_int_equal(w_store_open(&store, (size_t)8 << 20, &err), HZ_OK);
    w_spool_open(&s, -1, &store);
    for (int i = 0; i < LINES; i++) {
        size_t len = (size_t)snprintf(text, sizeof text, "%08d%*d\n", i, i % 40 + 1, i % 10);
        assert_int_equal(w_spool_put(&s, text, len, &err), HZ_OK);
    }
    assert_int_equal(w_spool_reader_open(&r, &s, &err), HZ_OK);
    for (int i = 0; i < LINES; i++) {
        snprintf(text, sizeof text, "%08d%*d", i, i % 40 + 1, i % 10);
        buf_reset(&line);
        assert_int_equal(w_spool_take(&r, back, 8, &err), HZ_OK);
        assert_memory_equal(back, text, 8);
        assert_int_equal(w_spool_take_until(&r, '\n', &line, &err), HZ_OK);
        assert_string_equal(buf_text(&line), text + 8);
    }
    assert_int_equal(w_spool_take(&r, back, 1, &err), HZ_E_FORMAT);
    assert_int_equal(w_spool_take_until(&r, '\n', &line, &err), HZ_E_FORMAT);
    w_spool_reader_close(&r);
    w_spool_close(&s);
    w_store_close(&store);
}

TEST_MAIN(cmocka_unit_test(gives_back_what_came_in), cmocka_unit_test(says_when_there_is_no_room),
          cmocka_unit_test(waits_in_memory), cmocka_unit_test(a_full_store_takes_nothing),
          cmocka_unit_test(reads_lines_and_records))
