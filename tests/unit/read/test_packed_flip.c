/* Compressed bundles: no bit of one can be flipped so that another tar is believed. */
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "formats/read/frame.h"
#include "tests/unit/read/sample.h"
#include "tests/unit/test.h"

#define TAR_MAX ((size_t)256 * 1024)

#ifdef HOZEN_SANITIZED
#define BITS_OF_A_BYTE 1
#else
#define BITS_OF_A_BYTE 8
#endif

/* What another decoder makes of the file; 0 when it refuses */
static size_t unpack(const struct buf *file, unsigned char *out)
{
    z_stream z = { .next_in = file->data, .avail_in = (uInt)file->len, .next_out = out, .avail_out = TAR_MAX };
    size_t n;

    if (r_frame_is(file->data, file->len)) {
        n = ZSTD_decompress(out, TAR_MAX, file->data, file->len);
        return ZSTD_isError(n) ? 0 : n;
    }
    assert_int_equal(inflateInit2(&z, 16 + MAX_WBITS), Z_OK);
    n = inflate(&z, Z_FINISH) == Z_STREAM_END ? (size_t)z.total_out : 0;
    inflateEnd(&z);
    return n;
}

static void flip_every_bit(const char *name)
{
    HZ_CLEANUP(buf_free) struct buf file = BUF_INIT(TAR_MAX);
    unsigned char *before = malloc(TAR_MAX), *after = malloc(TAR_MAX);
    size_t len, byte, whole = 0;
    unsigned bit;

    assert_true(before && after);
    sample_bytes(&file, name);
    len = unpack(&file, before);
    assert_int_not_equal(len, 0);
    for (byte = 0; byte < file.len; byte++)
        for (bit = 0; bit < BITS_OF_A_BYTE; bit++) {
            unsigned char flip = (unsigned char)(1U << (bit + byte * (8 / BITS_OF_A_BYTE) * 3) % 8);
            struct sample_run run;

            file.data[byte] ^= flip;
            sample_read(&run, file.data, file.len, 0);
            assert_int_equal(run.code, HZ_OK);
            if (sample_is_whole(&run) && (unpack(&file, after) != len || memcmp(before, after, len) != 0))
                fail_msg("%s: flip %02x of byte %zu: another tar is believed", name, flip, byte);
            whole += sample_is_whole(&run);
            sample_run_free(&run);
            file.data[byte] ^= flip;
        }
    assert_in_range(whole, 0, file.len / 8); /* the rest of what was flipped is noticed */
    free(before);
    free(after);
}

static void test_flip_zstd(void **state)
{
    (void)state;
    flip_every_bit("good/zstd.tar.zst");
}

static void test_flip_gzip(void **state)
{
    (void)state;
    flip_every_bit("good/gzip.tar.gz");
}

TEST_MAIN(cmocka_unit_test(test_flip_zstd), cmocka_unit_test(test_flip_gzip))
