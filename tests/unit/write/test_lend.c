#include "formats/write/bundle.h"

#include "base/text.h"
#include "formats/write/catalog.h"
#include "formats/write/merkle.h"
#include "formats/write/name.h"
#include "formats/write/tarhead.h"
#include "tests/unit/write/scratch.h"

static struct hz_error err;
static const char *const bundle_file[] = { "b.tar", NULL };

struct fixture {
    struct scratch t;
    int output;
    struct w_bundle *b;
    struct w_digest *digest;
    struct w_loan loan;
    unsigned done;
    struct buf tar, line;
    size_t at; /* of the last file in tar, whose bytes stay where they are */
    char sha256[W_DIGEST_HEX], sha512[W_DIGEST_512_HEX];
    unsigned char leaf[W_DIGEST_SIZE];
};

static void loan_done(struct w_loan *loan)
{
    ((struct fixture *)((char *)loan - offsetof(struct fixture, loan)))->done++;
}

static void start(struct fixture *f, size_t memory, bool sha512)
{
    memset(f, 0, sizeof *f);
    f->output = -1;
    scratch_open(&f->t);
    buf_init(&f->tar, 1 << 25);
    assert_non_null(buf_grow(&f->tar, 1 << 25));
    f->tar.len = 0;
    buf_init(&f->line, 1 << 20);
    w_loan_init(&f->loan, loan_done);
    assert_int_equal(w_digest_new_both(&f->digest, &err), HZ_OK);
    assert_int_equal(io_create_new(f->t.directory, "b.tar", 0600, &f->output, &err), HZ_OK);
    const struct w_bundle_config config = { .name = "item",
                                            .output = f->output,
                                            .spool_directory = memory > 0 ? -1 : f->t.directory,
                                            .spool_memory = memory,
                                            .sha512 = sha512 };
    assert_int_equal(w_bundle_open(&f->b, &config, &err), HZ_OK);
}

static void stop(struct fixture *f)
{
    w_bundle_free(f->b);
    assert_int_equal(f->done, 0);
    w_loan_release(&f->loan);
    assert_int_equal(f->done, 1);
    w_digest_free(f->digest);
    buf_free(&f->tar);
    buf_free(&f->line);
    io_close(&f->output);
    scratch_close(&f->t, bundle_file);
}

/* Everything that a reader's thread would do. */
static struct w_ready render(struct fixture *f, const char *path, const void *content, size_t len)
{
    char name[W_NAME_PATH_MAX + 8];
    snprintf(name, sizeof name, "item/%s", path);
    buf_reset(&f->line);
    f->at = f->tar.len;
    assert_int_equal(w_tarhead_put(&f->tar, name, len, w_bundle_mtime(f->b), &err), HZ_OK);
    assert_int_equal(f->tar.len - f->at, w_tarhead_length(name, len));
    buf_put(&f->tar, content, len);
    buf_grow(&f->tar, w_tarhead_padding(len));
    assert_int_equal(buf_check(&f->tar, &err), HZ_OK);
    assert_int_equal(w_digest_start(f->digest, &err), HZ_OK);
    assert_int_equal(w_digest_update(f->digest, content, len, &err), HZ_OK);
    assert_int_equal(w_digest_end_hex(f->digest, f->sha256, &err), HZ_OK);
    assert_int_equal(w_digest_end_512_hex(f->digest, f->sha512, &err), HZ_OK);
    const struct w_file file = { .path = path, .source = "files", .origin = { "/x", 2 }, .method = "read" };
    const struct w_catalog_row row = { .file = &file, .size = len, .sha256 = f->sha256 };
    assert_int_equal(w_catalog_line(&f->line, &row, &err), HZ_OK);
    assert_int_equal(w_merkle_leaf(f->digest, f->line.data, f->line.len, f->leaf, &err), HZ_OK);
    buf_putc(&f->line, '\n');
    return (struct w_ready) { path, "files", len, f->sha256, f->sha512, f->line.data, f->line.len, f->leaf };
}

static int lend(struct fixture *f, size_t from, size_t len)
{
    return w_bundle_lend(f->b, f->tar.data + f->at + from, len, &f->loan, &err);
}

/* Records, files and the end only where no file is half given. */
static void lent_and_listed(void **state)
{
    (void)state;
    struct fixture f;
    struct w_counts counts;
    struct w_bundle_progress p;
    start(&f, 0, true);
    struct w_ready r = render(&f, "data/files/a", "abc", 3);
    assert_int_equal(lend(&f, 0, 100), HZ_OK);
    assert_int_equal(lend(&f, 100, f.tar.len - 100), HZ_OK);
    w_bundle_progress(f.b, &p);
    assert_true(p.in_flight >= 1024 && p.rows > 0);
    assert_int_equal(w_bundle_ready(f.b, &r, &err), HZ_OK);
    w_bundle_counts(f.b, &counts);
    assert_int_equal(counts.collected, 2);
    uint64_t rows = p.rows;
    w_bundle_progress(f.b, &p);
    /* the catalog line, and a line of each manifest */
    assert_int_equal(p.rows - rows, f.line.len + 64 + 128 + 2 * (strlen("data/files/a") + 3));
    assert_int_equal(w_bundle_produced(f.b, "files", "b", "generated", "b", 1, &err), HZ_OK);
    stop(&f);
}

static uint64_t payload(const struct fixture *f)
{
    struct w_bundle_progress p;
    w_bundle_progress(f->b, &p);
    return p.payload;
}

static void the_file_at_work_counts_as_far_as_it_is(void **state)
{
    (void)state;
    static const char content[100000];
    struct fixture f;
    const struct w_file file = { .path = "data/files/b", .source = "files", .method = "generated" };
    start(&f, 0, false);
    uint64_t before = payload(&f), last = before;
    struct w_ready r = render(&f, "data/files/a", content, sizeof content);
    for (size_t at = 0; at < f.tar.len; at += 512) {
        assert_int_equal(lend(&f, at, 512), HZ_OK);
        assert_true(payload(&f) >= last && payload(&f) <= before + at && payload(&f) + 8192 > before + at);
        last = payload(&f);
    }
    assert_int_equal(w_bundle_ready(f.b, &r, &err), HZ_OK);
    assert_int_equal(payload(&f), before + sizeof content);
    assert_int_equal(w_bundle_file_begin(f.b, &file, 10, &err), HZ_OK);
    assert_int_equal(w_bundle_file_data(f.b, "1234567", 7, &err), HZ_OK);
    assert_int_equal(payload(&f), before + sizeof content + 7);
    assert_int_equal(w_bundle_file_data(f.b, "890", 3, &err), HZ_OK);
    assert_int_equal(w_bundle_file_end(f.b, W_COLLECTED, &err), HZ_OK);
    assert_int_equal(payload(&f), before + sizeof content + 10);
    stop(&f);
}

static void bytes_that_are_not_the_files(void **state)
{
    (void)state;
    for (int i = 0; i < 7; i++) {
        struct fixture f;
        const struct w_action action = { .action = "walk" };
        start(&f, 0, false);
        struct w_ready r = render(&f, "data/files/b", "abc", 3);
        assert_int_equal(lend(&f, 0, i == 0 ? f.tar.len - 1 : f.tar.len), HZ_OK);
        r.size = i == 1 ? 600 : r.size;
        r.path = i == 2 ? "data/other/b" : r.path;
        r.sha256 = i == 3 ? "abc" : r.sha256;
        int rc = i == 4   ? w_bundle_action(f.b, &action, &err)
                 : i == 5 ? w_bundle_produced(f.b, "files", "c", "generated", "", 0, &err)
                          : w_bundle_ready(f.b, &r, &err);
        assert_int_equal(rc, i < 6 ? HZ_E_FORMAT : HZ_OK);
        if (i == 4 || i == 5) /* a call that was refused there and then has done no harm */
            assert_int_equal(w_bundle_ready(f.b, &r, &err), HZ_OK);
        assert_int_equal(w_bundle_ready(f.b, &r, &err), HZ_E_FORMAT); /* broken, or nothing lent since */
        stop(&f);
    }
}

static void order_of_lent_files(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, 0, false);
    struct w_ready r = render(&f, "data/files/b", "", 0);
    assert_int_equal(lend(&f, 0, f.tar.len), HZ_OK);
    assert_int_equal(w_bundle_ready(f.b, &r, &err), HZ_OK);
    r.path = "data/files/a"; /* same length */
    assert_int_equal(lend(&f, 0, f.tar.len), HZ_OK);
    assert_int_equal(w_bundle_ready(f.b, &r, &err), HZ_E_FORMAT);
    stop(&f);
}

/* Rows in a memory that is soon full: told beforehand, and what the end needs still fits. */
static void full_memory(void **state)
{
    (void)state;
    struct fixture f;
    struct w_key *key = NULL;
    struct w_bundle_result result;
    char path[64];
    const struct w_file file = { .path = "data/files/z", .source = "files", .method = "read" };
    struct w_object object = { .source = "files", .origin = { "/d", 2 } };
    const struct w_absent absent = {
        .source = "files", .origin = { "/rest", 5 }, .status = W_OVER_BUDGET, .reason = "r"
    };
    uint64_t files = 0;
    object.stat = (struct w_stat) { .known = true, .mode = 0040755 };
    start(&f, (size_t)5 << 19, false);
    assert_true(w_bundle_room(f.b, 0));
    assert_false(w_bundle_room(f.b, (size_t)3 << 20));
    assert_false(w_bundle_room(f.b, SIZE_MAX));
    for (; w_bundle_room(f.b, 0); files++) {
        snprintf(path, sizeof path, "data/files/%08u", (unsigned)files);
        struct w_ready r = render(&f, path, path, 20);
        assert_int_equal(lend(&f, 0, f.tar.len - f.at), HZ_OK);
        assert_int_equal(w_bundle_ready(f.b, &r, &err), HZ_OK);
    }
    assert_true(files > 4096);
    for (int i = 0; i < 2; i++) { /* the bundle is none the worse for it */
        assert_int_equal(lend(&f, 0, 1024), HZ_E_LIMIT);
        assert_int_equal(w_bundle_file_begin(f.b, &file, 0, &err), HZ_E_LIMIT);
        assert_int_equal(w_bundle_object(f.b, &object, &err), HZ_E_LIMIT);
        assert_int_equal(w_bundle_absent(f.b, &absent, &err), HZ_OK);
    }
    const struct w_source_summary said = { "files", false, { files, 0, 2 } };
    struct w_acquisition a = { .case_id = "C", .operator_name = "O", .sources = &said, .source_count = 1 };
    a.tool.name = "t";
    a.tool.version = "1";
    assert_int_equal(w_key_generate(&key, W_KEY_ED25519, W_KEY_COLLECT, &err), HZ_OK);
    assert_int_equal(w_bundle_finish(f.b, &a, key, &result, &err), HZ_OK);
    assert_int_equal(result.files, files + 1);
    w_key_free(key);
    stop(&f);
}

TEST_MAIN(cmocka_unit_test(lent_and_listed), cmocka_unit_test(the_file_at_work_counts_as_far_as_it_is),
          cmocka_unit_test(bytes_that_are_not_the_files), cmocka_unit_test(order_of_lent_files),
          cmocka_unit_test(full_memory))
