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

/* Drains into out.bin, which then holds the same bytes again; gives both digests. */
static void drain(struct scratch *t, struct w_spool *s, size_t pieces)
{
    int fd = -1;
    struct w_stream *stream = NULL;
    struct w_digest *d = NULL;
    uint64_t written = 0;
    char by_stream[W_DIGEST_HEX], by_digest[W_DIGEST_HEX];
    HZ_CLEANUP(buf_free) struct buf back = BUF_INIT(64 << 20);
    assert_int_equal(s->total, pieces * PIECE);
    assert_int_equal(io_create_new(t->directory, "out.bin", 0600, &fd, &err), HZ_OK);
    const struct w_stream_config config = { .fd = fd };
    assert_int_equal(w_stream_open(&stream, &config, &err), HZ_OK);
    assert_int_equal(w_digest_new(&d, &err), HZ_OK);
    assert_int_equal(w_digest_start(d, &err), HZ_OK);
    assert_int_equal(w_spool_drain(s, stream, d, &err), HZ_OK);
    assert_int_equal(w_stream_end(stream, by_stream, &written, &err), HZ_OK);
    assert_int_equal(w_digest_end_hex(d, by_digest, &err), HZ_OK);
    assert_string_equal(by_stream, by_digest);
    assert_int_equal(s->total, 0);
    assert_int_equal(io_rewind(fd, &err), HZ_OK);
    assert_int_equal(io_read_all(fd, &back, &err), HZ_OK);
    assert_int_equal(back.len, pieces * PIECE);
    for (size_t i = 0; i < back.len; i++)
        assert_int_equal(back.data[i], byte_at(i));
    w_digest_free(d);
    w_stream_close(stream);
    io_close(&fd);
    assert_int_equal(unlinkat(t->directory, "out.bin", 0), 0);
}

static void gives_back_what_came_in(void **state)
{
    (void)state;
    static const char *const nothing[] = { NULL };
    static const size_t pieces[] = { 0, 1, 2, 3, 40, 1, 7, 0, 3 }; /* shorter rounds after longer ones, too */
    struct scratch t;
    struct w_spool s;
    scratch_open(&t);
    w_spool_open(&s, t.directory);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        fill(&s, pieces[i]);
        assert_true((s.fd >= 0) == (i >= 3)); /* a few bytes need no file */
        drain(&t, &s, pieces[i]);
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
    w_spool_open(&s, -1); /* no directory to spill into */
    for (int i = 0; i < 10 && rc == HZ_OK; i++)
        rc = w_spool_put(&s, piece, sizeof piece, &err);
    assert_int_not_equal(rc, HZ_OK);
    assert_non_null(strstr(err.text, "temporary file"));
    w_spool_close(&s);
}

TEST_MAIN(cmocka_unit_test(gives_back_what_came_in), cmocka_unit_test(says_when_there_is_no_room))
