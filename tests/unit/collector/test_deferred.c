#include "collector/deferred.h"

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

static void keeps_paths_in_the_order_of_the_bundle(void **state)
{
    (void)state;
    /* SHA-256: "/c" 2cab..., "/a" 4b22..., "/b" 6d4d... ; the last row's source sorts first */
    static const char *const paths[] = { "/a", "/b", "/c", "/z" };
    static const char *const sources[] = { "files", "files", "files", "Etc" };
    struct hz_error err;
    struct deferred d;
    struct buf path = BUF_INIT(100);
    int at = -1;
    assert_int_equal(io_open_directory(".", &at, &err), HZ_OK);
    deferred_init(&d, at);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(deferred_add(&d, sources[i], paths[i], 2, i == 1, &err), HZ_OK);
    deferred_sort(&d);
    assert_int_equal(d.count, 4);
    assert_string_equal(d.rows[0].source, "Etc");
    for (size_t i = 2; i < 4; i++)
        assert_true(memcmp(d.rows[i - 1].digest, d.rows[i].digest, sizeof d.rows[i].digest) < 0);
    for (size_t i = 1; i < 4; i++) {
        unsigned char digest[W_DIGEST_SIZE];
        assert_int_equal(deferred_path(&d, i, &path, &err), HZ_OK);
        assert_int_equal(w_digest_of(path.data, path.len, digest, &err), HZ_OK);
        assert_memory_equal(digest, d.rows[i].digest, sizeof digest);
        assert_int_equal(d.rows[i].named, path.data[1] == 'b');
    }
    assert_int_equal(deferred_path(&d, 0, &path, &err), HZ_OK);
    assert_string_equal((const char *)path.data, "/z");
    deferred_free(&d);
    buf_free(&path);
    io_close(&at);
}

static void costs_nothing_when_empty(void **state)
{
    (void)state;
    struct deferred d;
    deferred_init(&d, -1);
    deferred_sort(&d);
    assert_int_equal(d.spool, -1);
    deferred_free(&d);
}

TEST_MAIN(FOLDER_TEST(keeps_paths_in_the_order_of_the_bundle), cmocka_unit_test(costs_nothing_when_empty))
