#include "formats/write/bundle.h"

#include <fcntl.h>

#include "tests/unit/write/scratch.h"

static struct hz_error err;
static const char *const bundle_file[] = { "b.tar", NULL };

struct fixture {
    struct scratch t;
    int output;
    struct w_bundle *b;
    struct w_key *key;
};

static void start(struct fixture *f)
{
    f->output = -1;
    scratch_open(&f->t);
    assert_int_equal(io_create_new(f->t.directory, "b.tar", 0600, &f->output, &err), HZ_OK);
    const struct w_bundle_config config = {
        .name = "item", .output = f->output, .spool_directory = f->t.directory, .started = { 1700000000, 0 }
    };
    assert_int_equal(w_bundle_open(&f->b, &config, &err), HZ_OK);
    assert_int_equal(w_key_generate(&f->key, W_KEY_ED25519, W_KEY_COLLECT, &err), HZ_OK);
}

static void stop(struct fixture *f)
{
    w_bundle_free(f->b);
    w_key_free(f->key);
    io_close(&f->output);
    scratch_close(&f->t, bundle_file);
}

static struct w_acquisition acquisition(const struct w_source_summary *sources, size_t count)
{
    struct w_acquisition a = { .case_id = "C", .operator_name = "O", .sources = sources, .source_count = count };
    a.tool.name = "t";
    a.tool.version = "1";
    return a;
}

static const struct w_file sample = { .path = "data/files/a", .source = "files", .method = "read" };

/* After a failure nothing but free is left; that there is no signature is what counts. */
static void assert_broken(struct fixture *f)
{
    const struct w_absent absent = { .source = "files", .reason = "r" };
    const struct w_acquisition a = acquisition(NULL, 0);
    struct w_bundle_result r;
    assert_int_equal(w_bundle_produced(f->b, "system", "x", "generated", "", 0, &err), HZ_E_FORMAT);
    assert_int_equal(w_bundle_absent(f->b, &absent, &err), HZ_E_FORMAT);
    assert_int_equal(w_bundle_finish(f->b, &a, f->key, &r, &err), HZ_E_FORMAT);
    HZ_CLEANUP(buf_free) struct buf whole = BUF_INIT(1 << 24);
    assert_int_equal(io_rewind(f->output, &err), HZ_OK);
    assert_int_equal(io_read_all(f->output, &whole, &err), HZ_OK);
    assert_true(whole.len == 0 || memmem(whole.data, whole.len, "SSH SIGNATURE", 13) == NULL);
}

static void smallest_bundle(void **state)
{
    (void)state;
    struct fixture f;
    struct w_bundle_result r;
    struct w_counts counts;
    start(&f);
    w_bundle_counts(f.b, &counts);
    assert_int_equal(counts.collected, 1);
    const struct w_acquisition a = acquisition(NULL, 0);
    assert_int_equal(w_bundle_finish(f.b, &a, f.key, &r, &err), HZ_OK);
    assert_int_equal(r.files, 1);
    assert_int_equal(r.bytes, 65);
    assert_int_equal(r.file_bytes % 10240, 0);
    assert_int_equal(w_bundle_finish(f.b, &a, f.key, &r, &err), HZ_E_FORMAT); /* once only */
    stop(&f);
}

static void calls_out_of_order(void **state)
{
    (void)state;
    const struct w_absent absent = { .source = "files", .reason = "r" };
    const struct w_object object = { .source = "files" };
    const struct w_action action = { .action = "walk" };
    const struct w_acquisition a = acquisition(NULL, 0);
    struct w_bundle_result r;
    for (int i = 0; i < 7; i++) {
        struct fixture f;
        start(&f);
        if (i >= 2)
            assert_int_equal(w_bundle_file_begin(f.b, &sample, 3, &err), HZ_OK);
        int rc = i == 0   ? w_bundle_file_data(f.b, "x", 1, &err)
                 : i == 1 ? w_bundle_file_end(f.b, W_COLLECTED, &err)
                 : i == 2 ? w_bundle_file_begin(f.b, &sample, 3, &err)
                 : i == 3 ? w_bundle_object(f.b, &object, &err)
                 : i == 4 ? w_bundle_absent(f.b, &absent, &err)
                 : i == 5 ? w_bundle_action(f.b, &action, &err)
                          : w_bundle_finish(f.b, &a, f.key, &r, &err);
        assert_int_equal(rc, HZ_E_FORMAT);
        stop(&f);
    }
}

static void more_than_promised(void **state)
{
    (void)state;
    struct fixture f;
    start(&f);
    assert_int_equal(w_bundle_file_begin(f.b, &sample, 3, &err), HZ_OK);
    assert_int_equal(w_bundle_file_data(f.b, "ab", 2, &err), HZ_OK);
    assert_int_equal(w_bundle_file_data(f.b, "", 0, &err), HZ_OK);
    assert_int_equal(w_bundle_file_data(f.b, "cd", 2, &err), HZ_E_FORMAT);
    assert_non_null(strstr(err.text, "data/files/a"));
    assert_broken(&f);
    stop(&f);
}

static void files_that_no_catalog_holds(void **state)
{
    (void)state;
    static char origin[40000];
    memset(origin, 'a', sizeof origin);
    struct w_file bad[] = { sample, sample, sample, sample };
    static const int codes[] = { HZ_E_FORMAT, HZ_E_FORMAT, HZ_E_FORMAT, HZ_E_LIMIT };
    bad[0].path = "data/files/../a";
    bad[1].method = NULL;
    bad[2].source = "other";
    bad[3].origin = (struct w_bytes) { origin, sizeof origin };
    for (size_t i = 0; i < 4; i++) {
        struct fixture f;
        start(&f);
        assert_int_equal(w_bundle_file_begin(f.b, &bad[i], 0, &err), codes[i]);
        assert_broken(&f);
        stop(&f);
    }
}

static void summary_that_lies(void **state)
{
    (void)state;
    struct fixture f;
    struct w_bundle_result r;
    const struct w_source_summary said = { "system", true, { 2, 0, 0 } };
    start(&f);
    assert_int_equal(w_bundle_produced(f.b, "system", "x", "generated", "abc", 3, &err), HZ_OK);
    const struct w_acquisition a = acquisition(&said, 1);
    assert_int_equal(w_bundle_finish(f.b, &a, f.key, &r, &err), HZ_E_FORMAT);
    assert_broken(&f);
    stop(&f);
}

/* Whatever is said about a file, what was given decides what may be signed. */
static void statuses(void **state)
{
    (void)state;
    static const struct {
        enum w_file_status said;
        const char *whole, *part;
    } cases[] = { { W_COLLECTED, "collected", "shrunk" },
                  { W_CHANGED, "changed", "shrunk" },
                  { W_GREW, "grew", "shrunk" },
                  { W_SHRUNK, "changed", "shrunk" },
                  { W_LIMITED, "limited", "limited" } };
    struct fixture f;
    start(&f);
    for (size_t i = 0; i < 10; i++) {
        char path[32];
        struct w_file file = sample;
        snprintf(path, sizeof path, "data/files/%zu", i);
        file.path = path;
        assert_int_equal(w_bundle_file_begin(f.b, &file, 4, &err), HZ_OK);
        assert_int_equal(w_bundle_file_data(f.b, "abcd", i < 5 ? 4 : 3, &err), HZ_OK);
        assert_int_equal(w_bundle_file_end(f.b, cases[i % 5].said, &err), HZ_OK);
    }
    const struct w_source_summary said = { "files", true, { 10, 0, 0 } };
    const struct w_acquisition a = acquisition(&said, 1);
    struct w_bundle_result r;
    assert_int_equal(w_bundle_finish(f.b, &a, f.key, &r, &err), HZ_OK);
    HZ_CLEANUP(buf_free) struct buf whole = BUF_INIT(1 << 24);
    assert_int_equal(io_rewind(f.output, &err), HZ_OK);
    assert_int_equal(io_read_all(f.output, &whole, &err), HZ_OK);
    const char *p = memmem(whole.data, whole.len, "\"path\":\"data/files/0\"", 21);
    assert_non_null(p);
    for (size_t i = 0; i < 10; i++) {
        char expected[48];
        p = strstr(p, "\"status\":");
        assert_non_null(p);
        snprintf(expected, sizeof expected, "\"status\":\"%s\"", i < 5 ? cases[i].whole : cases[i - 5].part);
        assert_memory_equal(p, expected, strlen(expected));
        p++;
    }
    stop(&f);
}

static void names_of_items(void **state)
{
    (void)state;
    static const char *const bad[] = { "", "..", "a/b", "a.", NULL };
    for (size_t i = 0; i < 5; i++) {
        struct w_bundle *b = NULL;
        const struct w_bundle_config config = {
            .name = bad[i], .output = -1, .spool_directory = -1, .started = { 0, 0 }
        };
        assert_int_equal(w_bundle_open(&b, &config, &err), HZ_E_USAGE);
        assert_null(b);
    }
}

static void full_disk(void **state)
{
    (void)state;
    struct fixture f;
    struct w_bundle_result r;
    static unsigned char block[1 << 16];
    f.output = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(f.output >= 0);
    const struct w_bundle_config config = {
        .name = "item", .output = f.output, .spool_directory = -1, .spool_memory = 8 << 20, .started = { 0, 0 }
    };
    assert_int_equal(w_bundle_open(&f.b, &config, &err), HZ_OK); /* still buffered */
    struct w_file file = sample;
    assert_int_equal(w_bundle_file_begin(f.b, &file, 1 << 26, &err), HZ_OK);
    int rc = HZ_OK;
    for (int i = 0; i < 1024 && rc == HZ_OK; i++)
        rc = w_bundle_file_data(f.b, block, sizeof block, &err);
    assert_int_equal(rc, HZ_E_IO);
    assert_int_equal(err.sys_errno, 28); /* ENOSPC */
    assert_non_null(strstr(err.text, "item"));
    assert_int_equal(w_key_generate(&f.key, W_KEY_ED25519, W_KEY_COLLECT, &err), HZ_OK);
    const struct w_acquisition a = acquisition(NULL, 0);
    assert_int_equal(w_bundle_finish(f.b, &a, f.key, &r, &err), HZ_E_FORMAT);
    w_bundle_free(f.b);
    w_key_free(f.key);
    close(f.output);
    w_bundle_free(NULL);
}

/* A clock that is far out gives the time it shows in the records, and 0 in the headers. */
static void clock_far_out(void **state)
{
    (void)state;
    static const int64_t seconds[] = { -1, INT64_MIN, INT64_MAX, 8589934592, 8589934591 };
    for (size_t i = 0; i < 5; i++) {
        struct scratch t;
        struct w_bundle *b = NULL;
        struct w_key *key = NULL;
        struct w_bundle_result r;
        int output = -1;
        scratch_open(&t);
        assert_int_equal(io_create_new(t.directory, "b.tar", 0600, &output, &err), HZ_OK);
        const struct w_bundle_config config = {
            .name = "item", .output = output, .spool_directory = t.directory, .started = { seconds[i], 0 }
        };
        assert_int_equal(w_bundle_open(&b, &config, &err), HZ_OK);
        assert_int_equal(w_key_generate(&key, W_KEY_ED25519, W_KEY_COLLECT, &err), HZ_OK);
        const struct w_acquisition a = acquisition(NULL, 0);
        assert_int_equal(w_bundle_finish(b, &a, key, &r, &err), HZ_OK);
        char head[512];
        size_t got = 0;
        assert_int_equal(io_read_at(output, 0, head, sizeof head, &got, &err), HZ_OK);
        assert_memory_equal(head + 136, i == 4 ? "77777777777" : "00000000000", 12);
        w_bundle_free(b);
        w_key_free(key);
        io_close(&output);
        scratch_close(&t, bundle_file);
    }
}

TEST_MAIN(cmocka_unit_test(smallest_bundle), cmocka_unit_test(calls_out_of_order), cmocka_unit_test(more_than_promised),
          cmocka_unit_test(files_that_no_catalog_holds), cmocka_unit_test(summary_that_lies),
          cmocka_unit_test(statuses), cmocka_unit_test(names_of_items), cmocka_unit_test(full_disk),
          cmocka_unit_test(clock_far_out))
