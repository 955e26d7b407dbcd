#include "collector/progress.h"

#include "base/lang.h"
#include "base/width.h"
#include "tests/unit/test.h"

#define SECOND INT64_C(1000000000)

static void line_is(const char *want, const struct progress_numbers *n, uint64_t rate, int64_t elapsed, int64_t left)
{
    struct buf out = BUF_INIT(1000);
    progress_line(&out, n, rate, elapsed, left, PROGRESS_COLUMNS);
    assert_string_equal(buf_text(&out), want);
    assert_true(width_text(buf_text(&out)) <= PROGRESS_COLUMNS);
    buf_free(&out);
}

static void one_line_says_how_far_it_is(void **state)
{
    (void)state;
    struct progress_numbers n = { .source = "files", .files = 12345, .bytes = 1610612736 };
    line_is("files: 12345 files  1.5 GiB  100 MiB/s  0:16", &n, 104857600, 16, -1);
    line_is("files: 12345 files  1.5 GiB  999 B/s  1:02:03  about 9:59 left", &n, 999, 3723, 599);
    n.bytes = 1023;
    line_is("files: 12345 files  1023 B  0 B/s  0:00  about 0:00 left", &n, 0, 0, 0);
}

static void it_never_wraps(void **state)
{
    (void)state;
    struct progress_numbers n = { .source = "a-source-with-the-longest-name-x",
                                  .files = UINT64_MAX,
                                  .bytes = UINT64_MAX };
    for (int lang = LANG_EN; lang <= LANG_JA; lang++) {
        struct buf out = BUF_INIT(1000);
        lang_select((enum lang)lang);
        progress_line(&out, &n, UINT64_MAX, INT64_C(10000000), INT64_C(999999999), PROGRESS_COLUMNS);
        assert_true(width_text(buf_text(&out)) <= PROGRESS_COLUMNS);
        assert_true(width_text(buf_text(&out)) > PROGRESS_COLUMNS - 15);
        buf_free(&out);
    }
    lang_select(LANG_EN);
}

/* The longest beginning that ends where a part does. */
static void where_there_is_no_room_whole_parts_are_left_out(void **state)
{
    (void)state;
    static const char *const parts[][6] = {
        { "files:", " 12345 files", "  1.5 GiB", "  100 MiB/s", "  0:16", "  about 9:59 left" },
        { "files:", " 12345 ファイル", "  1.5 GiB", "  100 MiB/s", "  0:16", "  残り約 9:59" }
    };
    const struct progress_numbers n = { .source = "files", .files = 12345, .bytes = 1610612736 };
    for (unsigned columns = 0; columns <= PROGRESS_COLUMNS; columns++) {
        for (int lang = LANG_EN; lang <= LANG_JA; lang++) {
            struct buf out = BUF_INIT(1000), want = BUF_INIT(1000);
            unsigned used = 0;
            for (size_t i = 0; i < 6; i++) {
                used += width_text(parts[lang][i]);
                if (used <= columns)
                    buf_puts(&want, parts[lang][i]);
            }
            lang_select((enum lang)lang);
            progress_line(&out, &n, 104857600, 16, 599, columns);
            assert_string_equal(buf_text(&out), buf_text(&want));
            buf_free(&out);
            buf_free(&want);
        }
    }
    lang_select(LANG_EN);
}

static void estimates_only_what_can_be_known(void **state)
{
    (void)state;
    const struct progress_numbers n = { .files = 100, .bytes = 1000000 };
    struct count_numbers all = { .files = 400, .bytes = 4000000, .complete = true };
    assert_int_equal(progress_left(&n, &all, 10 * SECOND), 30);
    assert_int_equal(progress_left(&n, &all, SECOND), -1);
    all.complete = false;
    assert_int_equal(progress_left(&n, &all, 10 * SECOND), -1);
    all = (struct count_numbers) { .files = 10, .bytes = 10, .complete = true };
    assert_int_equal(progress_left(&n, &all, 10 * SECOND), -1);
    all = (struct count_numbers) { .files = UINT64_MAX, .bytes = UINT64_MAX, .complete = true };
    assert_int_equal(progress_left(&n, &all, 10 * SECOND), -1);
}

TEST_MAIN(cmocka_unit_test(one_line_says_how_far_it_is), cmocka_unit_test(it_never_wraps),
          cmocka_unit_test(where_there_is_no_room_whole_parts_are_left_out),
          cmocka_unit_test(estimates_only_what_can_be_known))
