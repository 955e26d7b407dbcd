#include "base/error.h"

#include <errno.h>

#include "base/lang.h"
#include "base/text.h"
#include "tests/unit/test.h"

static void set_fills_everything(void **state)
{
    (void)state;
    struct hz_error err = { HZ_E_IO, 5, "old" };
    assert_int_equal(hz_error_set(&err, HZ_E_FORMAT, "line %d", 12), HZ_E_FORMAT);
    assert_int_equal(err.code, HZ_E_FORMAT);
    assert_int_equal(err.sys_errno, 0);
    assert_string_equal(err.text, "line 12");
}

static void sys_says_what_errno_means(void **state)
{
    (void)state;
    struct hz_error err;
    assert_int_equal(hz_error_sys(&err, HZ_E_NOTFOUND, ENOENT, "cannot open %s", "x"), HZ_E_NOTFOUND);
    assert_int_equal(err.sys_errno, ENOENT);
    assert_string_equal(err.text, "cannot open x: No such file or directory");
    hz_error_sys(&err, HZ_E_IO, 4000, "odd");
    assert_string_equal(err.text, "odd: unknown error");
}

/* base/po/errno.h gives the translator what the C library says. */
static void the_list_of_errno_texts_is_right(void **state)
{
    (void)state;
    static const struct {
        int number;
        const char *english;
    } list[] = {
#include "base/po/errno.h"
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        assert_string_equal(hz_error_meaning(list[i].number), list[i].english);
}

static void context_goes_in_front(void **state)
{
    (void)state;
    struct hz_error err;
    hz_error_sys(&err, HZ_E_IO, EIO, "cannot read");
    assert_int_equal(hz_error_context(&err, "line %d", 3), HZ_E_IO);
    assert_int_equal(hz_error_context(&err, "%s", "a.tar"), HZ_E_IO);
    assert_string_equal(err.text, "a.tar: line 3: cannot read: Input/output error");
    assert_int_equal(err.sys_errno, EIO);
}

static void arguments_may_be_the_text_itself(void **state)
{
    (void)state;
    struct hz_error err;
    hz_error_set(&err, HZ_E_IO, "inner");
    hz_error_set(&err, HZ_E_IO, "outer (%s)", err.text);
    assert_string_equal(err.text, "outer (inner)");
    hz_error_context(&err, "<%s>", err.text);
    assert_string_equal(err.text, "<outer (inner)>: outer (inner)");
}

static void null_is_legal(void **state)
{
    (void)state;
    assert_int_equal(hz_error_set(NULL, HZ_E_LIMIT, "x"), HZ_E_LIMIT);
    assert_int_equal(hz_error_sys(NULL, HZ_E_DENIED, EACCES, "x"), HZ_E_DENIED);
    assert_int_equal(hz_error_context(NULL, "x"), HZ_E_IO);
}

/* Whatever the length, what is left is valid UTF-8 and shows that it was cut. */
static void long_text_is_cut_between_characters(void **state)
{
    (void)state;
    for (size_t pad = 0; pad < 4; pad++) {
        char text[4000] = "";
        memset(text, 'x', pad);
        for (size_t i = pad; i + 4 < sizeof text; i += 3)
            memcpy(text + i, "\xE8\xA8\xBC", 4);
        struct hz_error err;
        hz_error_set(&err, HZ_E_IO, "%s", text);
        size_t len = strlen(err.text);
        assert_true(len <= sizeof err.text - 1 && len >= sizeof err.text - 4);
        assert_true(text_is_utf8(err.text, len));
        assert_string_equal(err.text + len - 3, "...");
        hz_error_context(&err, "yy");
        len = strlen(err.text);
        assert_true(text_is_utf8(err.text, len));
        assert_string_equal(err.text + len - 3, "...");
        assert_memory_equal(err.text, "yy: ", 4);
    }
}

static void text_that_just_fits_is_whole(void **state)
{
    (void)state;
    struct hz_error err;
    char text[sizeof err.text] = "";
    memset(text, 'x', sizeof text - 1);
    hz_error_set(&err, HZ_E_IO, "%s", text);
    assert_string_equal(err.text, text);
    hz_error_set(&err, HZ_E_IO, "%s+", text); /* one byte more than fits */
    assert_string_equal(err.text + sizeof err.text - 4, "...");
    hz_error_set(&err, HZ_E_IO, "%s", text + 3);
    hz_error_context(&err, "c"); /* "c: " fills it exactly */
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_string_equal(err.text + sizeof err.text - 4, "xxx");
    hz_error_context(&err, "%s", "");
    assert_string_equal(err.text + sizeof err.text - 4, "...");
}

static void exit_codes(void **state)
{
    (void)state;
    assert_int_equal(hz_error_exit(HZ_OK), 0);
    assert_int_equal(hz_error_exit(HZ_E_INVALID), 1);
    assert_int_equal(hz_error_exit(HZ_E_USAGE), 2);
    const int others[] = { HZ_E_IO, HZ_E_NOMEM, HZ_E_FORMAT, HZ_E_LIMIT, HZ_E_EXISTS, HZ_E_DENIED, HZ_E_TIMEOUT };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(hz_error_exit(others[i]), 3);
}

static void classes_of_errno(void **state)
{
    (void)state;
    assert_int_equal(hz_error_class(ENOENT), HZ_E_NOTFOUND);
    assert_int_equal(hz_error_class(ENOTDIR), HZ_E_NOTFOUND);
    assert_int_equal(hz_error_class(EACCES), HZ_E_DENIED);
    assert_int_equal(hz_error_class(EROFS), HZ_E_DENIED);
    assert_int_equal(hz_error_class(EEXIST), HZ_E_EXISTS);
    assert_int_equal(hz_error_class(ENOMEM), HZ_E_NOMEM);
    assert_int_equal(hz_error_class(ETIMEDOUT), HZ_E_TIMEOUT);
    assert_int_equal(hz_error_class(ENOSPC), HZ_E_IO);
    assert_true(hz_errno_is_full(ENOSPC) && hz_errno_is_full(EDQUOT) && hz_errno_is_full(EFBIG));
    assert_false(hz_errno_is_full(0) || hz_errno_is_full(EIO) || hz_errno_is_full(ENOMEM));
}

TEST_MAIN(cmocka_unit_test(set_fills_everything), cmocka_unit_test(sys_says_what_errno_means),
          cmocka_unit_test(the_list_of_errno_texts_is_right), cmocka_unit_test(context_goes_in_front),
          cmocka_unit_test(arguments_may_be_the_text_itself), cmocka_unit_test(null_is_legal),
          cmocka_unit_test(long_text_is_cut_between_characters), cmocka_unit_test(text_that_just_fits_is_whole),
          cmocka_unit_test(exit_codes), cmocka_unit_test(classes_of_errno))
