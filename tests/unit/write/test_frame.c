#include "formats/write/frame.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/unit/test.h"

static struct hz_error err;
static unsigned char content[W_FRAME_CONTENT], packed[W_FRAME_CONTENT * 2], back[W_FRAME_CONTENT + 1];
static const size_t sizes[] = { 1,      255,    256,    257,    65535,  65536,      65791,         65792,
                                131071, 131072, 131073, 262144, 262145, 1000 * 999, (1 << 20) - 1, W_FRAME_CONTENT };
#define SIZES (sizeof sizes / sizeof sizes[0])

enum kind { ZEROS, TEXT, NOISE };

static void fill(enum kind kind)
{
    uint64_t x = 88172645463325252U;
    for (size_t i = 0; i < sizeof content; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        content[i] = kind == ZEROS ? 0 : kind == TEXT ? (unsigned char)("evidence of "[x % 12]) : (unsigned char)x;
    }
}

static uint64_t little(const unsigned char *p, size_t count)
{
    uint64_t value = 0;
    for (size_t i = count; i-- > 0;)
        value = value << 8 | p[i];
    return value;
}

/* What formats/spec/bundle.md, section 2, rule 7 asks of a frame of `size` bytes. */
static void assert_frame(const unsigned char *p, size_t len, size_t size)
{
    unsigned char descriptor = p[4];
    bool single = (descriptor & 0x20) != 0;
    size_t at = single ? 5 : 6, width = (size_t[]) { single ? 1 : 0, 2, 4, 8 }[descriptor >> 6];
    assert_int_equal(little(p, 4), 0xFD2FB528);
    assert_int_equal(descriptor & 0x1F, 4);
    assert_true(width > 0);
    assert_int_equal(little(p + at, width) + (width == 2 ? 256 : 0), size);
    uint64_t window = single ? size : (uint64_t)1 << (10 + (p[5] >> 3));
    assert_true(window <= (uint64_t)8 << 20);
    assert_true(len <= size + size / 256 + 64);
    bool last = false;
    for (at += width; !last;) {
        uint64_t head = little(p + at, 3);
        last = (head & 1) != 0;
        unsigned type = head >> 1 & 3;
        assert_true(type != 3 && head >> 3 <= 131072 && head >> 3 <= window);
        assert_true(head >> 3 > 0 || (last && type == 0));
        at += 3 + (type == 1 ? 1 : head >> 3);
        assert_true(at + 4 <= len);
    }
    assert_int_equal(at + 4, len);
}

static void zstd_frames(void **state)
{
    (void)state;
    struct w_frame *f = NULL;
    assert_int_equal(w_frame_new(&f, W_COMPRESS_ZSTD, &err), HZ_OK);
    assert_true(w_frame_room(f) <= sizeof packed);
    for (enum kind kind = ZEROS; kind <= NOISE; kind++) {
        fill(kind);
        for (size_t i = 0; i < SIZES; i++) {
            size_t len = 0;
            uint32_t crc = 7;
            assert_int_equal(w_frame_pack(f, content, sizes[i], packed, &len, &crc, &err), HZ_OK);
            assert_int_equal(crc, 0);
            assert_frame(packed, len, sizes[i]);
            assert_int_equal(ZSTD_decompress(back, sizeof back, packed, len), sizes[i]);
            assert_memory_equal(back, content, sizes[i]);
            packed[len - 1] ^= 1; /* the checksum is there and counts */
            assert_true(ZSTD_isError(ZSTD_decompress(back, sizeof back, packed, len)));
        }
    }
    w_frame_free(f);
    unsigned char edge[W_FRAME_EDGE];
    const struct w_frame_sum sum = { 0, 0 };
    assert_int_equal(w_frame_head(W_COMPRESS_ZSTD, edge), 0);
    assert_int_equal(w_frame_tail(W_COMPRESS_ZSTD, &sum, edge), 0);
}

/* All pieces behind each other are one member that any gunzip reads. */
static void gzip_member(enum kind kind, size_t *whole_len)
{
    static unsigned char whole[SIZES * (W_FRAME_CONTENT + 4096)];
    struct w_frame *f = NULL;
    struct w_frame_sum sum = { 0, 0 };
    z_stream z = { 0 };
    size_t at = w_frame_head(W_COMPRESS_GZIP, whole);
    fill(kind);
    assert_int_equal(at, 10);
    assert_memory_equal(whole, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    assert_int_equal(w_frame_new(&f, W_COMPRESS_GZIP, &err), HZ_OK);
    for (size_t i = 0; i < SIZES; i++) {
        size_t len = 0;
        uint32_t crc = 0;
        assert_int_equal(w_frame_pack(f, content, sizes[i], packed, &len, &crc, &err), HZ_OK);
        assert_true(len <= w_frame_room(f));
        assert_memory_equal(packed + len - 4, "\0\0\xff\xff", 4); /* ends on a byte: RFC 1951 section 3.2.4 */
        w_frame_add(&sum, crc, sizes[i]);
        memcpy(whole + at, packed, len);
        at += len;
    }
    at += w_frame_tail(W_COMPRESS_GZIP, &sum, whole + at);
    w_frame_free(f);
    assert_int_equal(inflateInit2(&z, 16 + MAX_WBITS), Z_OK);
    z.next_in = whole;
    z.avail_in = (uInt)at;
    for (size_t i = 0; i < SIZES; i++) {
        z.next_out = back;
        z.avail_out = (uInt)sizes[i];
        int rc = inflate(&z, Z_NO_FLUSH);
        assert_true(rc == Z_OK || (rc == Z_STREAM_END && i + 1 == SIZES));
        assert_int_equal(z.avail_out, 0);
        assert_memory_equal(back, content, sizes[i]);
    }
    z.avail_out = 1;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END); /* checks CRC32 and ISIZE */
    assert_int_equal(z.avail_in, 0);
    inflateEnd(&z);
    *whole_len = at;
}

static void gzip_pieces(void **state)
{
    (void)state;
    size_t zeros = 0, text = 0, noise = 0;
    gzip_member(ZEROS, &zeros);
    gzip_member(TEXT, &text);
    gzip_member(NOISE, &noise);
    assert_true(zeros < text && text < noise);
}

/* ISIZE is the length modulo 2^32. */
static void gzip_of_more_than_4_gib(void **state)
{
    (void)state;
    struct w_frame_sum sum = { 0, 0 };
    unsigned char tail[W_FRAME_EDGE];
    uint32_t crc = (uint32_t)crc32(0, content, W_FRAME_CONTENT);
    for (int i = 0; i < 4097; i++)
        w_frame_add(&sum, crc, W_FRAME_CONTENT);
    assert_int_equal(w_frame_tail(W_COMPRESS_GZIP, &sum, tail), 10);
    assert_int_equal(little(tail + 6, 4), W_FRAME_CONTENT);
}

TEST_MAIN(cmocka_unit_test(zstd_frames), cmocka_unit_test(gzip_pieces), cmocka_unit_test(gzip_of_more_than_4_gib))
