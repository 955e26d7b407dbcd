/* A bundle of 260 KiB, made by the writing side: single bits of it, and of the same compressed. A slice of them, evenly
 * spread; FLIPS=FIRST:STEP takes others, 0:1 all two million. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/num.h"
#include "tests/hostile/making.h"
#include "tests/unit/read/flip.h"
#include "tests/unit/test.h"

#define ROOM ((size_t)1024 * 1024)
#define WANTED ((size_t)256 * 1024)

#ifdef HOZEN_SANITIZED
#define STEP 10007
#else
#define STEP 1009
#endif

static void make(struct buf *out, enum w_compress compress)
{
    const struct making m = { .files = 60, .size = 3000, .compress = compress };
    struct hz_error err = { .code = HZ_OK };

    buf_init(out, ROOM);
    if (making_in_memory(&m, out, &err))
        fail_msg("%s", err.text);
}

/* FIRST:STEP of the environment */
static void slice(uint64_t *first, uint64_t *step)
{
    const char *text = getenv("FLIPS"), *colon = text ? strchr(text, ':') : NULL;

    *first = 0;
    *step = STEP;
    if (!colon)
        return;
    assert_int_equal(num_parse_u64(text, (size_t)(colon - text), UINT64_MAX, first), HZ_OK);
    assert_int_equal(num_parse_u64(colon + 1, strlen(colon + 1), UINT64_MAX, step), HZ_OK);
    assert_int_not_equal(*step, 0);
}

static void test_tar(void **state)
{
    struct sample s = { .members = NULL };
    uint64_t bit, step, tried = 0;

    (void)state;
    make(&s.bytes, W_COMPRESS_NONE);
    assert_in_range(s.bytes.len, WANTED, WANTED + 20480);
    sample_index(&s);
    for (slice(&bit, &step); bit < 8 * (uint64_t)s.bytes.len; bit += step, tried++)
        flip_check(&s, (size_t)(bit / 8), (unsigned)(bit % 8));
    print_message("%llu of %zu bits flipped\n", (unsigned long long)tried, 8 * s.bytes.len);
    sample_free(&s);
}

/* What a stock decoder makes of it: how many bytes, 0 when it refuses. */
typedef size_t unpacker(const struct buf *file, unsigned char *out);

/* Frames follow each other. */
static size_t from_zstd(const struct buf *file, unsigned char *out)
{
    size_t n = ZSTD_decompress(out, ROOM, file->data, file->len);

    return ZSTD_isError(n) ? 0 : n;
}

static size_t from_gzip(const struct buf *file, unsigned char *out)
{
    z_stream z = { .next_in = file->data, .avail_in = (uInt)file->len, .next_out = out, .avail_out = (uInt)ROOM };
    size_t n;

    assert_int_equal(inflateInit2(&z, 16 + MAX_WBITS), Z_OK);
    n = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0 ? z.total_out : 0;
    inflateEnd(&z);
    return n;
}

static void flip_packed(enum w_compress compress, unpacker *unpack)
{
    unsigned char *before = malloc(ROOM), *after = malloc(ROOM);
    struct buf file;
    uint64_t bit, step, tried = 0, whole = 0;
    size_t len;

    make(&file, compress);
    assert_true(before && after);
    len = unpack(&file, before);
    assert_in_range(len, WANTED, ROOM);
    for (slice(&bit, &step); bit < 8 * (uint64_t)file.len; bit += step, tried++) {
        unsigned char flip = (unsigned char)(1U << bit % 8);
        struct sample_run run;

        file.data[bit / 8] ^= flip;
        sample_read(&run, file.data, file.len, 0);
        assert_int_equal(run.code, HZ_OK);
        if (sample_is_whole(&run) && (unpack(&file, after) != len || memcmp(before, after, len) != 0))
            fail_msg("bit %llu: another tar is believed", (unsigned long long)bit);
        whole += sample_is_whole(&run);
        sample_run_free(&run);
        file.data[bit / 8] ^= flip;
    }
    print_message("%llu of %zu bits of the compressed file flipped, %llu of them without effect\n",
                  (unsigned long long)tried, 8 * file.len, (unsigned long long)whole);
    assert_in_range(whole, 0, tried / 100);
    buf_free(&file);
    free(before);
    free(after);
}

static void test_zstd(void **state)
{
    (void)state;
    flip_packed(W_COMPRESS_ZSTD, from_zstd);
}

static void test_gzip(void **state)
{
    (void)state;
    flip_packed(W_COMPRESS_GZIP, from_gzip);
}

TEST_MAIN(cmocka_unit_test(test_tar), cmocka_unit_test(test_zstd), cmocka_unit_test(test_gzip))
