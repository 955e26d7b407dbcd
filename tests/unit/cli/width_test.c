#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/width.h"

static void counts_columns(void **state)
{
    (void)state;
    assert_int_equal(width_text(""), 0);
    assert_int_equal(width_text("abc"), 3);
    assert_int_equal(width_text("証拠保全"), 8);
    assert_int_equal(width_text("カナ、。（）"), 12);
    assert_int_equal(width_text("ｶﾅ"), 2);
    assert_int_equal(width_text("か\u3099"), 2); /* a letter and its combining mark */
    assert_int_equal(width_text("e\u0301"), 1);
    assert_int_equal(width_text("\U00020bb7"), 2);
    assert_int_equal(width_text("é→\xff"), 3);
}

static void wraps(const char *text, unsigned at, unsigned indent, unsigned columns, const char *expected)
{
    char *got = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&got, &len);

    assert_non_null(stream);
    width_wrap(stream, text, at, indent, columns);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(got, expected);
    free(got);
}

static void breaks_at_blanks(void **state)
{
    (void)state;
    wraps("one two three", 0, 0, 9, "one two\nthree\n");
    wraps("one two three", 0, 0, 7, "one two\nthree\n");
    wraps("one two three", 0, 2, 6, "one\n  two\n  three\n");
    wraps("one two", 5, 2, 12, "one two\n");
    wraps("one two", 6, 2, 12, "one\n  two\n");
    wraps("overlongword x", 0, 0, 4, "overlongword\nx\n");
    wraps("a b\n\nc", 0, 2, 10, "a b\n\n  c\n");
    wraps("a  b ", 0, 0, 10, "a  b\n"); /* a name that has two is not one that has one */
    wraps("ab   cd", 0, 0, 6, "ab\ncd\n");
}

static void breaks_between_wide_characters(void **state)
{
    (void)state;
    wraps("証拠を保全する", 0, 0, 6, "証拠を\n保全す\nる\n");
    wraps("証拠を保全する", 0, 0, 7, "証拠を\n保全す\nる\n");
    wraps("証拠を、保全", 0, 0, 6, "証拠\nを、保\n全\n"); /* no line begins with a closing mark */
    wraps("証拠（保全）", 0, 0, 6, "証拠\n（保\n全）\n"); /* no line ends with an opening one */
    wraps("この鍵とログ", 0, 0, 10, "この鍵と\nログ\n");  /* a word in katakana stays whole */
    wraps("様々な", 0, 0, 3, "様々\nな\n");
    wraps("か\u3099き", 0, 0, 2, "か\u3099\nき\n"); /* a combining mark stays with its letter */
    wraps("鍵 key を", 0, 0, 7, "鍵 key\nを\n");
    wraps("鍵SHA256の値", 0, 0, 8, "鍵SHA256\nの値\n");
}

TEST_MAIN(cmocka_unit_test(counts_columns), cmocka_unit_test(breaks_at_blanks),
          cmocka_unit_test(breaks_between_wide_characters))
