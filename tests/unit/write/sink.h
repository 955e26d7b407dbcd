/* A stream into a file, what goes into it, and what a reader gets out of it. */
#ifndef HZ_TESTS_WRITE_SINK_H
#define HZ_TESTS_WRITE_SINK_H

#include <zlib.h>
#include <zstd.h>

#include "formats/write/frame.h"
#include "formats/write/stream.h"
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

static inline void count_done(struct w_loan *loan)
{
    atomic_fetch_add(&((struct lent *)loan)->done, 1);
}

/* 4 KiB that nothing packs, 4 KiB that pack well, in turn. */
static inline unsigned char byte_at(uint64_t i)
{
    uint64_t noise = (i + 1) * 0x9E3779B97F4A7C15U;
    noise = (noise ^ noise >> 32) * 0xD6E8FEB86659FD93U;
    return (unsigned char)((i >> 12 & 1) != 0 ? noise >> 56 : i >> 6);
}

static inline void make_lent(uint64_t *at)
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
static inline void assert_given_back(void)
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

static inline void sink_open(struct sink *s, enum w_compress how, unsigned threads, unsigned helpers)
{
    s->fd = -1;
    scratch_open(&s->t);
    assert_int_equal(io_create_new(s->t.directory, "out.bin", 0600, &s->fd, &err), HZ_OK);
    const struct w_stream_config config = { .fd = s->fd, .compress = how, .threads = threads, .helpers = helpers };
    assert_int_equal(w_stream_open(&s->stream, &config, &err), HZ_OK);
}

static inline void sink_close(struct sink *s)
{
    w_stream_close(s->stream);
    io_close(&s->fd);
    scratch_close(&s->t, left);
}

static inline void unpack_zstd(const struct buf *packed, struct buf *out)
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

static inline void unpack_gzip(const struct buf *packed, struct buf *out)
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
static inline void end_and_unpack(struct sink *s, enum w_compress how, struct buf *out)
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
static inline int give(struct w_stream *s, struct buf *all)
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

#endif
