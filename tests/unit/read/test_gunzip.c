/* The one gzip member of a bundle: its header has one form, its end holds, in pieces of any size. */
#include "formats/read/gunzip.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/buf.h"
#include "tests/unit/test.h"

#define CONTENT "the same words, the same words, the same words"
#define ROOM ((size_t)4096)

static void make(struct buf *out)
{
    static const unsigned char head[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
    unsigned char packed[256];
    z_stream z = {
        .next_in = (unsigned char *)CONTENT, .avail_in = sizeof CONTENT, .next_out = packed, .avail_out = sizeof packed
    };
    uLong crc = crc32(crc32(0, NULL, 0), (const unsigned char *)CONTENT, sizeof CONTENT);
    const unsigned char tail[8] = { (unsigned char)crc, (unsigned char)(crc >> 8), (unsigned char)(crc >> 16),
                                    (unsigned char)(crc >> 24), sizeof CONTENT };

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    buf_put(out, head, sizeof head);
    buf_put(out, packed, sizeof packed - z.avail_out);
    buf_put(out, tail, sizeof tail);
    deflateEnd(&z);
}

/* What comes of these bytes, so many at a time; made: how many came out. */
static enum r_gunzip_answer unpack(const unsigned char *bytes, size_t len, size_t piece, size_t *made)
{
    unsigned char *out = malloc(ROOM), *to = out;
    enum r_gunzip_answer answer = R_GUNZIP_MORE;
    struct r_gunzip *g = NULL;
    size_t room = ROOM;

    assert_non_null(out);
    assert_int_equal(r_gunzip_open(&g, NULL), HZ_OK);
    for (size_t at = 0; at < len && answer == R_GUNZIP_MORE;) {
        size_t n = len - at < piece ? len - at : piece, left = n;
        const unsigned char *in = bytes + at;

        answer = r_gunzip_take(g, &in, &left, &to, &room);
        assert_true(answer != R_GUNZIP_MORE || left < n); /* it comes on */
        at += n - left;
    }
    *made = (size_t)(to - out);
    assert_true(answer != R_GUNZIP_END || (*made == sizeof CONTENT && memcmp(out, CONTENT, *made) == 0));
    r_gunzip_close(g);
    free(out);
    return answer;
}

static void test_pieces(void **state)
{
    HZ_CLEANUP(buf_free) struct buf good = BUF_INIT(ROOM);
    size_t made;

    (void)state;
    make(&good);
    for (size_t piece = 1; piece <= good.len; piece++) {
        assert_int_equal(unpack(good.data, good.len, piece, &made), R_GUNZIP_END);
        for (size_t len = 0; len < good.len; len++)
            assert_int_equal(unpack(good.data, len, piece, &made), R_GUNZIP_MORE);
    }
    r_gunzip_close(NULL);
}

/* Any other byte in the header is refused where it stands, before anything is unpacked; so is one that is left out. */
static void test_header(void **state)
{
    HZ_CLEANUP(buf_free) struct buf good = BUF_INIT(ROOM);
    size_t made;

    (void)state;
    make(&good);
    for (size_t i = 0; i < 10; i++) {
        HZ_CLEANUP(buf_free) struct buf other = BUF_INIT(ROOM);

        for (unsigned bit = 0; bit < 8; bit++) {
            good.data[i] = (unsigned char)(good.data[i] ^ 1U << bit);
            assert_false(r_gunzip_is_ours(good.data, good.len));
            assert_int_equal(unpack(good.data, i + 1, 1, &made), R_GUNZIP_WRONG);
            assert_int_equal(unpack(good.data, good.len, good.len, &made), R_GUNZIP_WRONG);
            assert_int_equal(made, 0);
            good.data[i] = (unsigned char)(good.data[i] ^ 1U << bit);
        }
        buf_put(&other, good.data, i);
        buf_put(&other, good.data + i + 1, good.len - i - 1);
        if (memcmp(other.data, good.data, 10) != 0)
            assert_int_equal(unpack(other.data, other.len, other.len, &made), R_GUNZIP_WRONG);
    }
    assert_true(r_gunzip_is_ours(good.data, 10) && r_gunzip_is(good.data, 2));
    assert_false(r_gunzip_is_ours(good.data, 9) || r_gunzip_is(good.data, 1));
}

static void test_end(void **state)
{
    HZ_CLEANUP(buf_free) struct buf good = BUF_INIT(ROOM);
    size_t made;

    (void)state;
    make(&good);
    for (size_t i = good.len - 8; i < good.len; i++) { /* CRC-32 and length */
        good.data[i] ^= 1;
        assert_int_equal(unpack(good.data, good.len, good.len, &made), R_GUNZIP_WRONG);
        good.data[i] ^= 1;
    }
    buf_puts(&good, "more");
    assert_int_equal(unpack(good.data, good.len, good.len, &made), R_GUNZIP_END);
}

TEST_MAIN(cmocka_unit_test(test_pieces), cmocka_unit_test(test_header), cmocka_unit_test(test_end))
