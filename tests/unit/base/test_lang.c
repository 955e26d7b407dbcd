#include "base/lang.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/lang_table.h"
#include "base/text.h"
#include "tests/unit/test.h"

static enum lang with(const char *all, const char *messages, const char *lang)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *const values[] = { all, messages, lang };
    for (size_t i = 0; i < 3; i++) {
        unsetenv(names[i]);
        if (values[i] != NULL)
            setenv(names[i], values[i], 1);
    }
    return lang_from_environment();
}

static void the_first_variable_that_is_set_decides(void **state)
{
    (void)state;
    assert_int_equal(with(NULL, NULL, NULL), LANG_EN);
    assert_int_equal(with(NULL, NULL, "ja_JP.UTF-8"), LANG_JA);
    assert_int_equal(with(NULL, NULL, "ja"), LANG_JA);
    assert_int_equal(with(NULL, NULL, "ja.UTF-8"), LANG_JA);
    assert_int_equal(with(NULL, NULL, "jam_JM"), LANG_EN);
    assert_int_equal(with(NULL, NULL, "j"), LANG_EN);
    assert_int_equal(with("C", NULL, "ja_JP.UTF-8"), LANG_EN);
    assert_int_equal(with("", "", "ja_JP.UTF-8"), LANG_JA);
    assert_int_equal(with(NULL, "ja_JP", "C"), LANG_JA);
    assert_int_equal(with("ja_JP", "C", "C"), LANG_JA);
}

static void names(void **state)
{
    (void)state;
    enum lang lang = LANG_EN;
    assert_int_equal(lang_parse("ja", &lang), HZ_OK);
    assert_int_equal(lang, LANG_JA);
    assert_int_equal(lang_parse("JA", &lang), HZ_E_USAGE);
    assert_int_equal(lang_parse("", &lang), HZ_E_USAGE);
    assert_int_equal(lang, LANG_JA);
    assert_int_equal(lang_parse("en", &lang), HZ_OK);
    assert_int_equal(lang, LANG_EN);
}

static void every_entry_is_found(void **state)
{
    (void)state;
    assert_true(lang_table_len > 0);
    for (size_t i = 0; i < lang_table_len; i++) {
        assert_ptr_equal(lang_text_in(LANG_JA, lang_table[i].english), lang_table[i].japanese);
        assert_ptr_equal(lang_text_in(LANG_EN, lang_table[i].english), lang_table[i].english);
        assert_true(i == 0 || strcmp(lang_table[i - 1].english, lang_table[i].english) < 0);
    }
}

static void unknown_text_comes_back_itself(void **state)
{
    (void)state;
    const char *odd = "no such message %d";
    assert_ptr_equal(lang_text_in(LANG_JA, odd), odd);
}

static void selection_reaches_errors(void **state)
{
    (void)state;
    struct hz_error err;
    assert_int_equal(lang_selected(), LANG_EN);
    lang_select(LANG_JA);
    hz_error_sys(&err, HZ_E_NOTFOUND, 2, "%s", _("out of memory"));
    lang_select(LANG_EN);
    const char *first = lang_text_in(LANG_JA, "out of memory");
    const char *second = lang_text_in(LANG_JA, "No such file or directory");
    assert_string_not_equal(first, "out of memory");
    assert_string_not_equal(second, "No such file or directory");
    assert_memory_equal(err.text, first, strlen(first));
    assert_memory_equal(err.text + strlen(first), ": ", 2);
    assert_string_equal(err.text + strlen(first) + 2, second);
}

TEST_MAIN(cmocka_unit_test(the_first_variable_that_is_set_decides), cmocka_unit_test(names),
          cmocka_unit_test(every_entry_is_found), cmocka_unit_test(unknown_text_comes_back_itself),
          cmocka_unit_test(selection_reaches_errors))
