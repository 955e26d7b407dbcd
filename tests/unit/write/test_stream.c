#include "formats/write/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <zlib.h>
#include <zstd.h>

#include "formats/write/frame.h"
#include "tests/unit/write/scratch.h"

#define LOANS 12
#define LOAN_BYTES ((size_t)5 << 18) /* more than a piece */

static struct hz_error err;

struct lent {
    struct w_loan loan;
    atomic_uint done;
    unsigned char *bytes;
};

static struct lent lent[LOANS];

static void count_done(struct w_loan *loan)
{
    atomic_fetch_add(&((struct lent *)loan)->done, 1);
}

/* 4 KiB that nothing packs, 4 KiB that pack well, in turn. */
static unsigned char byte_at(uint64_t i)
{
    uint64_t noise = (i + 1) * 0x9E3779B97F4A7C15U;
    noise = (noise ^ noise >> 32) * 0xD6E8FEB86659FD93U;
    return (unsigned char)((i >> 12 & 1) != 0 ? noise >> 56 : i >> 6);
}

static void make_lent(uint64_t *at)
{
    for (size_t i = 0; i < LOANS; i++) {
        w_loan_init(&lent[i].loan, count_done);
        atomic_store(&lent[i].done, 0);
        lent[i].bytes = malloc(LOAN_BYTES);
        assert_non_null(lent[i].bytes);
        for (size_t k = 0; k < LOAN_BYTES; k++)
            lent[i].bytes[k] = byte_at(*at + k);
        *at += LOAN_BYTES;
    }
}

/* Every loan is given back once: not while we hold it ourselves, and not twice. */
static void assert_given_back(void)
{
    for (size_t i = 0; i < LOANS; i++) {
        assert_int_equal(atomic_load(&lent[i].done), 0);
        w_loan_release(&lent[i].loan);
        assert_int_equal(atomic_load(&lent[i].done), 1);
        free(lent[i].bytes);
    }
}

struct sink {
    struct scratch t;
    int fd;
    struct w_stream *stream;
};

static const char *const left[] = { "out.bin", NULL };

static void sink_open(struct sink *s, enum w_compress how, unsigned threads, unsigned helpers)
{
    s->fd = -1;
    scratch_open(&s->t);
    assert_int_equal(io_create_new(s->t.directory, "out.bin", 0600, &s->fd, &err), HZ_OK);
    const struct w_stream_config config = { .fd = s->fd, .compress = how, .threads = threads, .helpers = helpers };
    assert_int_equal(w_stream_open(&s->stream, &config, &err), HZ_OK);
}

static void sink_close(struct sink *s)
{
    w_stream_close(s->stream);
    io_close(&s->fd);
    scratch_close(&s->t, left);
}

static void unpack_zstd(const struct buf *packed, struct buf *out)
{
    for (size_t at = 0; at < packed->len;) {
        size_t len = ZSTD_findFrameCompressedSize(packed->data + at, packed->len - at);
        assert_false(ZSTD_isError(len));
        unsigned long long size = ZSTD_getFrameContentSize(packed->data + at, len);
        assert_true(size > 0 && size <= W_FRAME_CONTENT);
        unsigned char *to = buf_grow(out, (size_t)size);
        assert_non_null(to);
        assert_int_equal(ZSTD_decompress(to, (size_t)size, packed->data + at, len), size);
        at += len;
    }
}

static void unpack_gzip(const struct buf *packed, struct buf *out)
{
    z_stream z = { 0 };
    unsigned char *to = buf_grow(out, (size_t)64 << 20);
    assert_non_null(to);
    assert_int_equal(inflateInit2(&z, 16 + MAX_WBITS), Z_OK);
    z.next_in = packed->data;
    z.avail_in = (uInt)packed->len;
    z.next_out = to;
    z.avail_out = 64U << 20;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.avail_in, 0);
    out->len = (size_t)z.total_out;
    inflateEnd(&z);
}

/* Ends the stream; gives back what a reader gets out of the file. */
static void end_and_unpack(struct sink *s, enum w_compress how, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf packed = BUF_INIT((size_t)64 << 20);
    char hex[W_DIGEST_HEX], expected[W_DIGEST_HEX];
    uint64_t written = 0, out_bytes = 0, in_flight = 1, offset = w_stream_offset(s->stream);
    assert_int_equal(w_stream_end(s->stream, hex, &written, &err), HZ_OK);
    w_stream_progress(s->stream, &out_bytes, &in_flight);
    assert_int_equal(in_flight, 0);
    assert_int_equal(io_rewind(s->fd, &err), HZ_OK);
    assert_int_equal(io_read_all(s->fd, &packed, &err), HZ_OK);
    assert_int_equal(packed.len, written);
    assert_true(written - out_bytes <= W_FRAME_EDGE);
    assert_int_equal(w_digest_hex_of(packed.data, packed.len, expected, &err), HZ_OK);
    assert_string_equal(hex, expected);
    if (how == W_COMPRESS_ZSTD)
        unpack_zstd(&packed, out);
    else if (how == W_COMPRESS_GZIP)
        unpack_gzip(&packed, out);
    else
        assert_int_equal(buf_put(out, packed.data, packed.len), HZ_OK);
    assert_int_equal(out->len, offset);
}

/* What was put, lent in parts small and large, and zeros, in turn; the same in `all`. */
static int give(struct w_stream *s, struct buf *all)
{
    static const size_t puts[] = { 1, 3 << 20, 0, 1 << 20, (1 << 20) - 1, 1, 5, 2 << 19, 7, 100, 4096, 70000 };
    static const size_t parts[] = { 512,  1,       LOAN_BYTES, 1 << 20, 300000, (1 << 20) - 1,
                                    7777, 1 << 19, 2048,       99,      65536,  3 };
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < LOANS; i++) {
        unsigned char *p = malloc(puts[i] + 1);
        assert_non_null(p);
        memset(p, (int)i, puts[i]);
        rc = w_stream_put(s, p, puts[i], &err);
        buf_put(all, p, puts[i]);
        free(p);
        for (size_t at = 0, part; rc == HZ_OK && at < LOAN_BYTES; at += part) {
            part = parts[i] < 16 ? 4001 : parts[i];
            part = part < LOAN_BYTES - at ? part : LOAN_BYTES - at;
            rc = w_stream_lend(s, lent[i].bytes + at, part, &lent[i].loan, &err);
            buf_put(all, lent[i].bytes + at, part);
        }
        if (rc == HZ_OK)
            rc = w_stream_zeros(s, i * 1000, &err);
        buf_grow(all, i * 1000);
    }
    return rc;
}

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

#define HELPERS 2

struct crew { /* threads of the caller's that work for the stream */
    struct w_stream *stream;
    enum w_compress how;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool over;
    unsigned told;
    atomic_uint jobs;
    pthread_t thread[HELPERS];
};

static void tell(void *context)
{
    struct crew *c = context;
    pthread_mutex_lock(&c->lock);
    c->told++;
    pthread_cond_broadcast(&c->woken);
    pthread_mutex_unlock(&c->lock);
}

static void *help(void *argument)
{
    struct crew *c = argument;
    struct w_frame *frame = NULL;
    bool over = false;
    assert_int_equal(w_frame_new(&frame, c->how, NULL), HZ_OK);
    while (!over) {
        pthread_mutex_lock(&c->lock);
        while (!c->over && w_stream_pending(c->stream) == W_JOB_NONE)
            pthread_cond_wait(&c->woken, &c->lock);
        over = c->over;
        pthread_mutex_unlock(&c->lock);
        atomic_fetch_add(&c->jobs, !over && w_stream_work(c->stream, frame));
    }
    w_frame_free(frame);
    return NULL;
}

static void crew_begin(struct crew *c, struct w_stream *stream, enum w_compress how)
{
    const struct w_call call = { tell, c };
    memset(c, 0, sizeof *c);
    c->stream = stream;
    c->how = how;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->woken, NULL);
    for (size_t i = 0; i < HELPERS; i++)
        assert_int_equal(pthread_create(&c->thread[i], NULL, help, c), 0);
    w_stream_call(stream, &call);
}

static void crew_end(struct crew *c)
{
    const struct w_call nobody = { NULL, NULL };
    pthread_mutex_lock(&c->lock);
    c->over = true;
    pthread_cond_broadcast(&c->woken);
    pthread_mutex_unlock(&c->lock);
    for (size_t i = 0; i < HELPERS; i++)
        pthread_join(c->thread[i], NULL);
    w_stream_call(c->stream, &nobody);
    pthread_cond_destroy(&c->woken);
    pthread_mutex_destroy(&c->lock);
}

static void others_work(void **state)
{
    (void)state;
    static const unsigned threads[] = { 0, 2, 4 };
    for (enum w_compress how = W_COMPRESS_NONE; how <= W_COMPRESS_ZSTD; how++) {
        for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
            HZ_CLEANUP(buf_free) struct buf all = BUF_INIT((size_t)64 << 20), out = BUF_INIT((size_t)64 << 20);
            struct crew crew;
            struct sink s;
            uint64_t at = 0;
            make_lent(&at);
            sink_open(&s, how, threads[i], HELPERS);
            crew_begin(&crew, s.stream, how);
            assert_int_equal(give(s.stream, &all), HZ_OK);
            end_and_unpack(&s, how, &out);
            crew_end(&crew);
            assert_memory_equal(out.data, all.data, all.len);
            assert_given_back();
            assert_true(crew.told > 20);
            assert_true(atomic_load(&crew.jobs) > 10);
            sink_close(&s);
        }
    }
}

static void tell_nobody(void *context)
{
    ++*(unsigned *)context;
}

/* The helpers hang, or have ended. */
static void what_others_leave_lying(void **state)
{
    (void)state;
    for (enum w_compress how = W_COMPRESS_NONE; how <= W_COMPRESS_ZSTD; how++) {
        for (unsigned ended = 0; ended < 2; ended++) {
            HZ_CLEANUP(buf_free) struct buf all = BUF_INIT((size_t)64 << 20), out = BUF_INIT((size_t)64 << 20);
            unsigned told = 0;
            const struct w_call call = { tell_nobody, &told }, nobody = { NULL, NULL };
            struct sink s;
            uint64_t at = 0;
            make_lent(&at);
            sink_open(&s, how, 2, HELPERS);
            w_stream_call(s.stream, &call);
            if (ended)
                w_stream_call(s.stream, &nobody);
            assert_int_equal(give(s.stream, &all), HZ_OK);
            end_and_unpack(&s, how, &out);
            assert_memory_equal(out.data, all.data, all.len);
            assert_given_back();
            assert_int_equal(told > 20, !ended);
            sink_close(&s);
        }
    }
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
          cmocka_unit_test(a_full_disk_is_told), cmocka_unit_test(a_reader_that_leaves), cmocka_unit_test(others_work),
          cmocka_unit_test(what_others_leave_lying), cmocka_unit_test(closed_without_an_end),
          cmocka_unit_test(buffers_go_round))
