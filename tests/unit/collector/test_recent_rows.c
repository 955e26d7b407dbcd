/* Rows of recent files: any number in bounded memory, one order, each said once; where a run of them may be cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/io_open.h"
#include "collector/recent_part.h"
#include "collector/recent_queue.h"
#include "collector/recent_rows.h"

static int spool_directory(void)
{
    int fd = -1;
    struct hz_error err;
    assert_int_equal(io_open_directory("/tmp", &fd, &err), HZ_OK);
    return fd;
}

static void add(struct recent_rows *r, const char *path, bool absent, int wanted)
{
    HZ_CLEANUP(buf_free) struct buf packed = BUF_INIT((size_t)4 << 20);
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT((size_t)1 << 20);
    struct hz_error err;
    buf_printf(&body, "body of %s", path);
    const struct recent_row row = { .absent = absent,
                                    .regular = true,
                                    .origin = { path, strlen(path) },
                                    .kept = { body.data, absent ? 0 : body.len },
                                    .body = absent ? 0 : 7,
                                    .json = absent ? 0 : (uint32_t)strlen(path),
                                    .absence = { .status = W_DENIED, .sys_errno = 13 } };
    assert_int_equal(recent_rows_pack(&packed, &row, &err), HZ_OK);
    assert_int_equal(recent_rows_add(r, packed.data, packed.len, &err), wanted);
}

/* The paths in order, one behind the other, each with what its row says. */
static char *order(struct recent_rows *r)
{
    HZ_CLEANUP(recent_pass_end) struct recent_pass *pass = NULL;
    struct buf out;
    struct hz_error err;
    const struct recent_row *row = NULL;
    buf_init(&out, (size_t)1 << 20);
    assert_int_equal(recent_pass_begin(r, &pass, &err), HZ_OK);
    for (;;) {
        assert_int_equal(recent_pass_next(pass, &row, &err), HZ_OK);
        if (row == NULL)
            break;
        buf_printf(&out, "%s%.*s", row->absent ? " !" : " ", (int)row->origin.len, (const char *)row->origin.data);
        if (row->kept.len > 0) {
            assert_int_equal(row->kept.len, row->origin.len + strlen("body of "));
            assert_memory_equal((const char *)row->kept.data + strlen("body of "), row->origin.data, row->origin.len);
            assert_int_equal(row->body, 7);
            assert_int_equal(row->json, row->origin.len);
        }
    }
    assert_int_equal(recent_pass_next(pass, &row, &err), HZ_OK);
    assert_null(row);
    assert_non_null(buf_text(&out));
    return (char *)out.data;
}

static void assert_order(struct recent_rows *r, const char *wanted)
{
    char *got = order(r);
    assert_string_equal(got, wanted);
    free(got);
}

static void rows_come_in_the_order_of_the_bundle(void **state)
{
    (void)state;
    struct recent_rows r;
    recent_rows_init(&r, -1);
    static const char *const paths[] = { "/b",  "/a+b", "/a/y", "/A/x", "/",   "/a",      "/A",
                                         "/aa", "/Ab",  "/aB",  "/ab",  "/.x", "/\xff/z", "/a/Y" };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        add(&r, paths[i], false, HZ_OK);
    for (unsigned i = 0; i < 2; i++) /* as often as asked for */
        assert_order(&r, " / /.x /\xff/z /A /A/x /a /a/Y /a/y /a+b /aa /Ab /aB /ab /b");
    recent_rows_free(&r);
}

static void a_path_is_said_once_and_an_absence_beside_it(void **state)
{
    (void)state;
    struct recent_rows r;
    recent_rows_init(&r, -1);
    for (unsigned i = 0; i < 3; i++) {
        add(&r, "/x", true, HZ_OK);
        add(&r, "/x", false, HZ_OK);
        add(&r, "/y", false, HZ_OK);
    }
    assert_order(&r, " /x !/x /y");
    recent_rows_free(&r);
}

static void nothing_is_nothing(void **state)
{
    (void)state;
    struct recent_rows r;
    recent_rows_init(&r, -1);
    assert_order(&r, "");
    recent_rows_free(&r);
}

static void what_memory_does_not_hold_goes_through_the_spool(void **state)
{
    (void)state;
    struct recent_rows r;
    int directory = spool_directory();
    recent_rows_init(&r, directory);
    r.room = 5000; /* some twenty rows */
    struct buf wanted;
    buf_init(&wanted, (size_t)1 << 20);
    for (unsigned i = 0; i < 1000; i++) {
        char path[32];
        snprintf(path, sizeof path, "/%04u", (i * 7919) % 1000);
        add(&r, path, false, HZ_OK);
        if (i % 3 == 0)
            add(&r, path, false, HZ_OK);
        buf_printf(&wanted, " /%04u", i);
    }
    assert_true(r.run_count > 10);
    assert_order(&r, buf_text(&wanted));
    assert_order(&r, buf_text(&wanted));
    buf_free(&wanted);
    recent_rows_free(&r);
    io_close(&directory);
}

static void without_a_spool_there_is_an_end(void **state)
{
    (void)state;
    struct recent_rows r;
    recent_rows_init(&r, -1);
    r.room = 2000;
    add(&r, "/a", false, HZ_OK);
    add(&r, "/b", false, HZ_OK);
    for (unsigned i = 0; i < 20; i++)
        if (r.pile.bytes.len + 600 < r.room)
            add(&r, "/c", false, HZ_OK);
    char path[2001] = "/";
    memset(path + 1, 'x', sizeof path - 2);
    path[sizeof path - 1] = '\0';
    add(&r, path, false, HZ_E_LIMIT);
    char *got = order(&r);
    assert_int_equal(strncmp(got, " /a /b", 6), 0);
    free(got);
    recent_rows_free(&r);
}

static void the_bound_is_that_of_the_lines(void **state)
{
    (void)state;
    struct recent_rows r;
    char path[40];
    recent_rows_init(&r, -1);
    recent_rows_bound(&r, 1, false);
    assert_int_equal(r.most, RECENT_ROWS_LEAST);
    r.most = 100 * (7 + 4);
    for (unsigned i = 100; i < 200; i++) {
        snprintf(path, sizeof path, "/%03u", i);
        add(&r, path, false, HZ_OK);
    }
    add(&r, "/200", false, HZ_E_LIMIT);
    assert_int_equal(r.weight, r.most);
    recent_rows_free(&r);
}

static void rows_go_into_the_spool_beside_others(void **state)
{
    (void)state;
    struct recent_rows r;
    struct recent_load load;
    struct hz_error err;
    struct buf packed;
    size_t used;
    int directory = spool_directory();
    recent_rows_init(&r, directory);
    recent_load_init(&load);
    buf_init(&packed, (size_t)1 << 20);
    r.room = 300;
    for (unsigned i = 0; i < 9; i++) {
        char path[] = { '/', (char)('i' - i), '\0' };
        const struct recent_row row = { .origin = { path, 2 } };
        assert_int_equal(recent_rows_pack(&packed, &row, &err), HZ_OK);
    }
    assert_int_equal(recent_rows_put(&r, packed.data, packed.len, &used, &load, &err), HZ_OK);
    assert_true(used > 0 && used < packed.len && load.spool >= 0);
    recent_rows_add(&r, packed.data + used, packed.len - used, &err); /* written before that which went first */
    assert_int_equal(recent_load_write(&load, &err), HZ_OK);
    assert_int_equal(load.spool, -1);
    assert_order(&r, " /a /b /c /d /e /f /g /h /i");
    buf_free(&packed);
    recent_load_free(&load);
    recent_rows_free(&r);
    io_close(&directory);
}

static void the_longest_path_has_a_row(void **state)
{
    (void)state;
    struct recent_rows r;
    int directory = spool_directory();
    recent_rows_init(&r, directory);
    r.room = 1000;
    char *path = malloc(32769);
    assert_non_null(path);
    for (size_t i = 0; i < 32768; i++)
        path[i] = i % 100 == 0 ? '/' : '\xff';
    path[32768] = '\0';
    add(&r, path, false, HZ_OK);
    add(&r, "/a", false, HZ_OK);
    add(&r, path, false, HZ_OK);
    char *got = order(&r);
    assert_int_equal(strlen(got), 32768 + 1 + 3);
    free(got);
    free(path);
    recent_rows_free(&r);
    io_close(&directory);
}

static bool apart(struct recent_part *p, const char *path)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT((size_t)1 << 20);
    struct hz_error err;
    bool answer = false;
    assert_int_equal(recent_rows_key(&key, (struct w_bytes) { path, strlen(path) }, &err), HZ_OK);
    assert_int_equal(recent_part_next(p, (struct w_bytes) { key.data, key.len }, &answer, &err), HZ_OK);
    return answer;
}

static void a_part_ends_where_no_suffix_can_move_a_name(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool apart;
    } steps[] = {
        { "/A/x", true },   { "/a/x", false },    { "/a/y", false }, { "/a+b", false },  { "/ab/c", false },
        { "/ab/d", false }, { "/b/a", true },     { "/b/b", true },  { "/b/ba", false }, { "/b/bb", false },
        { "/b/c", true },   { "/b/c0/x", false }, { "/c/x", true },  { "/c/y/a", true }, { "/c/z", true },
    };
    struct recent_part p;
    recent_part_init(&p);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (apart(&p, steps[i].path) != steps[i].apart)
            fail_msg("%s", steps[i].path);
    recent_part_free(&p);
}

static void push(struct recent_queue *q, uint32_t root, const char *path, int wanted)
{
    HZ_CLEANUP(buf_free) struct buf packed = BUF_INIT((size_t)1 << 20);
    struct hz_error err;
    assert_int_equal(recent_queue_pack(&packed, root, path, strlen(path)), HZ_OK);
    assert_int_equal(recent_queue_push(q, packed.data, packed.len, &err), wanted);
}

static void folders_come_back_last_in_first_out_however_many(void **state)
{
    (void)state;
    struct recent_queue q;
    struct recent_folder f = { .path = BUF_INIT(65536) };
    struct hz_error err;
    int directory = spool_directory();
    char path[64];
    recent_queue_init(&q, directory);
    assert_true(recent_queue_is_empty(&q));
    for (uint32_t i = 0; i < 300000; i++) {
        snprintf(path, sizeof path, "folder/number/%u/with some length", i);
        push(&q, i % 3, i == 7 ? "" : path, HZ_OK);
    }
    assert_true(q.block_count > 1);
    assert_true(q.bytes.len <= RECENT_QUEUE_MEMORY + 100);
    for (uint32_t i = 300000; i-- > 0;) {
        assert_false(recent_queue_is_empty(&q));
        assert_int_equal(recent_queue_pop(&q, &f, &err), HZ_OK);
        snprintf(path, sizeof path, "folder/number/%u/with some length", i);
        assert_string_equal((const char *)f.path.data, i == 7 ? "" : path);
        assert_int_equal(f.root, i % 3);
        if (i % 1000 == 0) { /* up and down at the bound */
            push(&q, 1, "again", HZ_OK);
            assert_int_equal(recent_queue_pop(&q, &f, &err), HZ_OK);
            assert_string_equal((const char *)f.path.data, "again");
        }
    }
    assert_true(recent_queue_is_empty(&q));
    buf_free(&f.path);
    recent_queue_free(&q);
    io_close(&directory);
}

static void without_a_spool_folders_have_an_end(void **state)
{
    (void)state;
    struct recent_queue q;
    recent_queue_init(&q, -1);
    char path[1001];
    memset(path, 'x', sizeof path);
    path[1000] = '\0';
    while (q.bytes.len <= RECENT_QUEUE_MEMORY)
        push(&q, 0, path, HZ_OK);
    push(&q, 0, path, HZ_E_LIMIT);
    recent_queue_free(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_in_the_order_of_the_bundle),
        cmocka_unit_test(a_path_is_said_once_and_an_absence_beside_it),
        cmocka_unit_test(nothing_is_nothing),
        cmocka_unit_test(what_memory_does_not_hold_goes_through_the_spool),
        cmocka_unit_test(without_a_spool_there_is_an_end),
        cmocka_unit_test(the_bound_is_that_of_the_lines),
        cmocka_unit_test(rows_go_into_the_spool_beside_others),
        cmocka_unit_test(the_longest_path_has_a_row),
        cmocka_unit_test(a_part_ends_where_no_suffix_can_move_a_name),
        cmocka_unit_test(folders_come_back_last_in_first_out_however_many),
        cmocka_unit_test(without_a_spool_folders_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
