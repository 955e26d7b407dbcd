/* How large a bundle is going to be, told while it is written (w_bundle_progress, _settle, _measure). */
#include <sys/stat.h>

#include "base/stamp.h"
#include "formats/write/bundle.h"
#include "tests/unit/write/scratch.h"

#define NEAR ((uint64_t)64 << 10) /* what the end has beside rows, packed */

static struct hz_error err;
static const char *const bundle_file[] = { "b.tar", NULL };

static struct w_bundle *start(struct scratch *t, int *output, enum w_compress how, bool memory)
{
    struct w_bundle *b = NULL;
    scratch_open(t);
    assert_int_equal(io_create_new(t->directory, "b.tar", 0600, output, &err), HZ_OK);
    const struct w_bundle_config config = { .name = "item",
                                            .output = *output,
                                            .spool_directory = memory ? -1 : t->directory,
                                            .spool_memory = (size_t)40 << 20,
                                            .compress = how,
                                            .sha512 = true,
                                            .started = { 1767225600, 0 } };
    assert_int_equal(w_bundle_open(&b, &config, &err), HZ_OK);
    return b;
}

static void put_files(struct w_bundle *b, unsigned from, unsigned to)
{
    char name[64], link[64];
    for (unsigned i = from; i < to; i++) {
        assert_true(snprintf(name, sizeof name, "some-folder/a-file-%06u.log", i) < (int)sizeof name);
        assert_int_equal(w_bundle_produced(b, "system", name, "generated", name, strlen(name), &err), HZ_OK);
        assert_true(snprintf(link, sizeof link, "/srv/some-folder/link-%06u", i) < (int)sizeof link);
        const struct w_object object = { .source = "system",
                                         .origin = { link, strlen(link) },
                                         .target = { "a", 1 },
                                         .stat = { .known = true, .mode = 0120777 } };
        assert_int_equal(w_bundle_object(b, &object, &err), HZ_OK);
    }
}

static uint64_t told(struct w_bundle *b)
{
    struct w_bundle_progress p;
    w_bundle_progress(b, &p);
    return p.written + p.in_flight + p.rows_out;
}

static uint64_t finish(struct w_bundle *b)
{
    struct w_key *key = NULL;
    struct w_bundle_result r;
    struct w_counts counts;
    w_bundle_source_counts(b, "system", &counts);
    const struct w_source_summary said = { "system", true, counts };
    struct w_acquisition a = { .case_id = "C", .operator_name = "O", .sources = &said, .source_count = 1 };
    a.tool.name = "t";
    a.tool.version = "1";
    assert_int_equal(w_key_generate(&key, W_KEY_P256, W_KEY_COLLECT, &err), HZ_OK);
    assert_int_equal(w_bundle_finish(b, &a, key, &r, &err), HZ_OK);
    w_key_free(key);
    return r.file_bytes;
}

/* 4,096 lines make a segment of the catalog: the second half begins another one than was measured. */
static void size_is_told(enum w_compress how, bool memory)
{
    struct scratch t;
    int output = -1;
    struct w_bundle_progress p;
    struct w_bundle *b = start(&t, &output, how, memory);
    put_files(b, 0, 5000);
    assert_int_equal(w_bundle_settle(b, &err), HZ_OK);
    uint64_t before = told(b);
    assert_int_equal(w_bundle_measure(b, &err), HZ_OK);
    w_bundle_progress(b, &p);
    assert_int_equal(p.rows_rest, 0);
    assert_int_equal(p.rows_out < p.rows / 2, how != W_COMPRESS_NONE);
    assert_true(told(b) <= before + NEAR);
    put_files(b, 5000, 10000);
    assert_true(told(b) > before); /* what was not measured counts as large as it is */
    assert_int_equal(w_bundle_settle(b, &err), HZ_OK);
    assert_int_equal(w_bundle_measure(b, &err), HZ_OK);
    uint64_t said = told(b), is = finish(b);
    if (is < said || is > said + NEAR)
        fail_msg("%llu bytes, not %llu", (unsigned long long)is, (unsigned long long)said);
    w_bundle_free(b);
    io_close(&output);
    scratch_close(&t, bundle_file);
}

static void size_of_zstd(void **state)
{
    (void)state;
    size_is_told(W_COMPRESS_ZSTD, false);
}

static void size_of_gzip_from_memory(void **state)
{
    (void)state;
    size_is_told(W_COMPRESS_GZIP, true);
}

static void size_of_tar(void **state)
{
    (void)state;
    size_is_told(W_COMPRESS_NONE, false);
}

/* Between the bytes of a file, too. */
static void what_was_given_is_written(void **state)
{
    (void)state;
    struct scratch t;
    int output = -1;
    struct w_bundle_progress p;
    static unsigned char zeros[300000];
    const struct w_file file = { .path = "data/system/zeros", .source = "system", .method = "generated" };
    struct w_bundle *b = start(&t, &output, W_COMPRESS_ZSTD, false);
    assert_int_equal(w_bundle_file_begin(b, &file, 2 * sizeof zeros, &err), HZ_OK);
    assert_int_equal(w_bundle_file_data(b, zeros, sizeof zeros, &err), HZ_OK);
    w_bundle_progress(b, &p);
    assert_true(p.in_flight > sizeof zeros);
    assert_int_equal(w_bundle_settle(b, &err), HZ_OK);
    w_bundle_progress(b, &p);
    assert_true(p.written + p.in_flight < 4000);
    assert_int_equal(w_bundle_file_data(b, zeros, sizeof zeros, &err), HZ_OK);
    assert_int_equal(w_bundle_file_end(b, W_COLLECTED, &err), HZ_OK);
    finish(b);
    w_bundle_free(b);
    io_close(&output);
    scratch_close(&t, bundle_file);
}

TEST_MAIN(cmocka_unit_test(size_of_zstd), cmocka_unit_test(size_of_gzip_from_memory), cmocka_unit_test(size_of_tar),
          cmocka_unit_test(what_was_given_is_written))
