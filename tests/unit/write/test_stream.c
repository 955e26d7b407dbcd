#include "formats/write/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

#include "tests/unit/write/sink.h"

static void round_trip(enum w_compress how, unsigned threads)
{
    HZ_CLEANUP(buf_free) struct buf all = BUF_INIT((size_t)64 << 20), out = BUF_INIT((size_t)64 << 20);
    struct sink s;
    uint64_t at = 0;
    make_lent(&at);
    sink_open(&s, how, threads, 0);
    assert_int_equal(give(s.stream, &all), HZ_OK);
    assert_int_equal(w_stream_offset(s.stream), all.len);
    end_and_unpack(&s, how, &out);
    assert_int_equal(out.len, all.len);
    assert_memory_equal(out.data, all.data, all.len);
    assert_given_back(); /* already: nothing is on its way */
    sink_close(&s);
}

static void what_goes_in_comes_out(void **state)
{
    (void)state;
    static const unsigned threads[] = { 0, 1, 2, 3, 8, 100 };
    for (enum w_compress how = W_COMPRESS_NONE; how <= W_COMPRESS_ZSTD; how++) {
        for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++)
            round_trip(how, threads[i]);
    }
}

/* Neighbours of one loan are one frame; another loan, a gap, a put or 1 MiB begin the next. */
static void pieces_are_cut_where_they_should(void **state)
{
    (void)state;
    static const unsigned long long expected[] = { 3000, 1000, 1000, 2, W_FRAME_CONTENT, 24, 500 };
    HZ_CLEANUP(buf_free) struct buf packed = BUF_INIT((size_t)64 << 20);
    struct sink s;
    char hex[W_DIGEST_HEX];
    uint64_t at = 0, written = 0;
    make_lent(&at);
    sink_open(&s, W_COMPRESS_ZSTD, 2, 0);
    for (size_t i = 0; i < 3; i++) /* 3000 */
        assert_int_equal(w_stream_lend(s.stream, lent[0].bytes + i * 1000, 1000, &lent[0].loan, &err), HZ_OK);
    assert_int_equal(w_stream_lend(s.stream, lent[0].bytes + 4000, 1000, &lent[0].loan, &err), HZ_OK); /* a gap */
    assert_int_equal(w_stream_lend(s.stream, lent[1].bytes, 1000, &lent[1].loan, &err), HZ_OK);        /* another */
    assert_int_equal(w_stream_put(s.stream, "a", 1, &err), HZ_OK);
    assert_int_equal(w_stream_put(s.stream, "b", 1, &err), HZ_OK);
    assert_int_equal(w_stream_lend(s.stream, lent[2].bytes, W_FRAME_CONTENT + 24, &lent[2].loan, &err), HZ_OK);
    assert_int_equal(w_stream_lend(s.stream, lent[3].bytes, 0, &lent[3].loan, &err), HZ_OK); /* nothing */
    assert_int_equal(w_stream_zeros(s.stream, 500, &err), HZ_OK);
    assert_int_equal(w_stream_end(s.stream, hex, &written, &err), HZ_OK);
    assert_int_equal(io_rewind(s.fd, &err), HZ_OK);
    assert_int_equal(io_read_all(s.fd, &packed, &err), HZ_OK);
    size_t from = 0, frames = 0;
    for (; from < packed.len; frames++) {
        assert_true(frames < sizeof expected / sizeof expected[0]);
        assert_int_equal(ZSTD_getFrameContentSize(packed.data + from, packed.len - from), expected[frames]);
        from += ZSTD_findFrameCompressedSize(packed.data + from, packed.len - from);
    }
    assert_int_equal(frames, sizeof expected / sizeof expected[0]);
    assert_given_back();
    sink_close(&s);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    for (enum w_compress how = W_COMPRESS_NONE; how <= W_COMPRESS_ZSTD; how++) {
        HZ_CLEANUP(buf_free) struct buf all = BUF_INIT((size_t)64 << 20);
        struct w_stream *stream = NULL;
        char hex[W_DIGEST_HEX];
        uint64_t written = 0, at = 0;
        int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
        const struct w_stream_config config = { .fd = fd, .compress = how, .threads = 2 };
        make_lent(&at);
        assert_true(fd >= 0);
        assert_int_equal(w_stream_open(&stream, &config, &err), HZ_OK);
        assert_int_equal(give(stream, &all), HZ_E_IO);
        assert_int_equal(err.sys_errno, ENOSPC);
        assert_int_equal(w_stream_zeros(stream, 3 << 20, &err), HZ_E_IO); /* still */
        memset(&err, 0, sizeof err);
        assert_int_equal(w_stream_end(stream, hex, &written, &err), HZ_E_IO);
        assert_int_equal(err.sys_errno, ENOSPC);
        w_stream_close(stream);
        assert_given_back();
        close(fd);
    }
}

struct reader {
    int fd;
    size_t wanted;
};

static void *read_some(void *argument)
{
    struct reader *r = argument;
    static unsigned char block[65536];
    for (size_t got = 0; got < r->wanted;) {
        ssize_t n = read(r->fd, block, sizeof block);
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    close(r->fd);
    return NULL;
}

/* The other end of a pipe goes away in the middle: EPIPE, and no signal. */
static void a_reader_that_leaves(void **state)
{
    (void)state;
    for (enum w_compress how = W_COMPRESS_NONE; how <= W_COMPRESS_ZSTD; how++) {
        HZ_CLEANUP(buf_free) struct buf all = BUF_INIT((size_t)64 << 20);
        struct w_stream *stream = NULL;
        int ends[2];
        pthread_t thread;
        uint64_t at = 0;
        make_lent(&at);
        assert_int_equal(pipe(ends), 0);
        struct reader r = { ends[0], 1 << 19 };
        assert_int_equal(pthread_create(&thread, NULL, read_some, &r), 0);
        const struct w_stream_config config = { .fd = ends[1], .compress = how, .threads = 2 };
        assert_int_equal(w_stream_open(&stream, &config, &err), HZ_OK);
        int rc = give(stream, &all);
        if (rc == HZ_OK) {
            char hex[W_DIGEST_HEX];
            uint64_t written = 0;
            rc = w_stream_end(stream, hex, &written, &err);
        }
        assert_int_equal(rc, HZ_E_IO);
        assert_int_equal(err.sys_errno, EPIPE);
        w_stream_close(stream);
        assert_given_back();
        pthread_join(thread, NULL);
        close(ends[1]);
    }
}

/* Given up at any point, with pieces on their way. */
static void closed_without_an_end(void **state)
{
    (void)state;
    for (enum w_compress how = W_COMPRESS_NONE; how <= W_COMPRESS_ZSTD; how++) {
        for (size_t stop = 0; stop <= LOANS; stop++) {
            struct sink s;
            uint64_t at = 0;
            make_lent(&at);
            sink_open(&s, how, 2, 0);
            for (size_t i = 0; i < stop; i++) {
                assert_int_equal(w_stream_lend(s.stream, lent[i].bytes, LOAN_BYTES - i, &lent[i].loan, &err), HZ_OK);
                if (i % 2 == 1)
                    assert_int_equal(w_stream_put(s.stream, "x", 1, &err), HZ_OK);
            }
            sink_close(&s);
            assert_given_back();
        }
    }
    w_stream_close(NULL);
}

/* A buffer that is lent again and again, as soon as it is back. */
struct slot {
    struct w_loan loan;
    pthread_mutex_t lock;
    pthread_cond_t back;
    bool busy;
    unsigned char bytes[200000];
};

static void slot_back(struct w_loan *loan)
{
    struct slot *s = (struct slot *)loan;
    pthread_mutex_lock(&s->lock);
    s->busy = false;
    pthread_cond_signal(&s->back);
    pthread_mutex_unlock(&s->lock);
}

static void buffers_go_round(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT((size_t)64 << 20);
    static struct slot slot[2];
    struct sink s;
    sink_open(&s, W_COMPRESS_ZSTD, 2, 0);
    for (int i = 0; i < 2; i++) {
        pthread_mutex_init(&slot[i].lock, NULL);
        pthread_cond_init(&slot[i].back, NULL);
    }
    for (size_t round = 0; round < 200; round++) {
        struct slot *one = &slot[round % 2];
        pthread_mutex_lock(&one->lock);
        while (one->busy)
            pthread_cond_wait(&one->back, &one->lock);
        one->busy = true;
        pthread_mutex_unlock(&one->lock);
        memset(one->bytes, (int)round, sizeof one->bytes);
        w_loan_init(&one->loan, slot_back);
        assert_int_equal(w_stream_lend(s.stream, one->bytes, sizeof one->bytes, &one->loan, &err), HZ_OK);
        w_loan_release(&one->loan);
    }
    end_and_unpack(&s, W_COMPRESS_ZSTD, &out);
    assert_int_equal(out.len, 200 * sizeof slot[0].bytes);
    for (size_t i = 0; i < out.len; i += 1000)
        assert_int_equal(out.data[i], i / sizeof slot[0].bytes);
    assert_false(slot[0].busy || slot[1].busy);
    sink_close(&s);
}

TEST_MAIN(cmocka_unit_test(what_goes_in_comes_out), cmocka_unit_test(pieces_are_cut_where_they_should),
          cmocka_unit_test(a_full_disk_is_told), cmocka_unit_test(a_reader_that_leaves),
          cmocka_unit_test(closed_without_an_end), cmocka_unit_test(buffers_go_round))
