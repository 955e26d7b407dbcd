#include "collector/deferred.h"

#include <stdio.h>

#include "base/io_open.h"
#include "formats/write/digest.h"
#include "tests/unit/base/folder.h"

static void keeps_paths_in_the_order_of_the_bundle(void **state)
{
    (void)state;
    /* SHA-256: "/a" 6a50..., "/b" 9812..., "/c" facd... ; the last row's source sorts first */
    static const char *const paths[] = { "/a", "/b", "/c", "/z" }, *const sorted[] = { "/z", "/a", "/b", "/c" };
    static const char *const sources[] = { "files", "files", "files", "Etc" };
    struct deferred_row row;
    struct hz_error err;
    struct deferred d;
    struct buf path = BUF_INIT(100);
    bool more;
    int at = -1;
    assert_int_equal(io_open_directory(".", &at, &err), HZ_OK);
    deferred_init(&d, at);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(deferred_add(&d, sources[i], paths[i], 2, i == 1, &err), HZ_OK);
    assert_int_equal(d.count, 4);
    assert_int_equal(deferred_end(&d, &err), HZ_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(deferred_next(&d, &row, &path, &more, &err), HZ_OK);
        assert_true(more);
        assert_string_equal((const char *)path.data, sorted[i]);
        assert_string_equal(row.source, i == 0 ? "Etc" : "files");
        assert_int_equal(row.named, path.data[1] == 'b');
    }
    assert_int_equal(deferred_next(&d, &row, &path, &more, &err), HZ_OK);
    assert_false(more);
    deferred_free(&d);
    buf_free(&path);
    io_close(&at);
}

static void memory_does_not_grow_with_their_number(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct deferred_row row;
    struct hz_error err;
    struct deferred d;
    struct buf path = BUF_INIT(100);
    unsigned char last[W_DIGEST_SIZE] = { 0 }, digest[W_DIGEST_SIZE];
    char text[32];
    size_t count = 0;
    bool more = true;
    int at = -1;
    assert_int_equal(io_open_directory(".", &at, &err), HZ_OK);
    deferred_init(&d, at);
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "/path/%d", i);
        assert_int_equal(deferred_add(&d, "files", text, strlen(text), false, &err), HZ_OK);
        assert_true(sorter_store_memory(&d.store) <= (size_t)4 << 20);
    }
    assert_int_equal(deferred_end(&d, &err), HZ_OK);
    for (;; count++) {
        assert_int_equal(deferred_next(&d, &row, &path, &more, &err), HZ_OK);
        if (!more)
            break;
        assert_int_equal(w_digest_of(path.data, path.len, digest, &err), HZ_OK);
        assert_true(memcmp(last, digest, sizeof last) < 0);
        memcpy(last, digest, sizeof last);
    }
    assert_int_equal(count, COUNT);
    deferred_free(&d);
    buf_free(&path);
    io_close(&at);
}

static void in_memory_there_is_an_end(void **state)
{
    (void)state;
    static unsigned char path[30000];
    struct hz_error err;
    struct deferred d;
    deferred_init(&d, -1);
    size_t fit = DEFERRED_MEMORY / sizeof path;
    for (size_t i = 0; i < fit; i++) {
        path[0] = (unsigned char)i;
        assert_int_equal(deferred_add(&d, "files", path, sizeof path, false, &err), HZ_OK);
    }
    assert_int_equal(deferred_add(&d, "files", path, sizeof path, false, &err), HZ_E_LIMIT);
    assert_int_equal(d.count, fit);
    deferred_free(&d);
}

static void costs_nothing_when_empty(void **state)
{
    (void)state;
    struct deferred d;
    struct hz_error err;
    deferred_init(&d, -1);
    assert_int_equal(deferred_end(&d, &err), HZ_OK);
    assert_int_equal(d.spool, -1);
    deferred_free(&d);
}

TEST_MAIN(FOLDER_TEST(keeps_paths_in_the_order_of_the_bundle), FOLDER_TEST(memory_does_not_grow_with_their_number),
          cmocka_unit_test(in_memory_there_is_an_end), cmocka_unit_test(costs_nothing_when_empty))
