#include "base/reason.h"

#include "base/lang.h"
#include "tests/unit/test.h"

static const char *known = "No such file or directory"; /* one that is translated */

static void is_shown(const char *reason, size_t len, const char *before, const char *after)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1000);
    assert_int_equal(reason_put(&out, reason, len), HZ_OK);
    assert_int_equal(out.len, strlen(before) + strlen(after));
    assert_memory_equal(out.data, before, strlen(before));
    assert_memory_equal(out.data + strlen(before), after, strlen(after));
}

static void text_is_shown(const char *reason, const char *before, const char *after)
{
    is_shown(reason, strlen(reason), before, after);
}

static void what_is_known_is_translated_wherever_it_ends(void **state)
{
    (void)state;
    const char *there = lang_text_in(LANG_JA, known);
    assert_string_not_equal(there, known);
    lang_select(LANG_JA);
    text_is_shown("No such file or directory", "", there);
    text_is_shown("ss: No such file or directory", "ss: ", there);
    text_is_shown("a: b: : No such file or directory", "a: b: : ", there);
    text_is_shown("a:No such file or directory", "a:No such file or directory", "");
    text_is_shown("No such file or directory: and more", "No such file or directory: and more", "");
    text_is_shown("", "", "");
    text_is_shown(": ", ": ", "");
    lang_select(LANG_EN);
    text_is_shown("ss: No such file or directory", "ss: No such file or directory", "");
}

static void any_bytes_stay(void **state)
{
    (void)state;
    static const char raw[] = "x\0: No such file or directory";
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1000);
    HZ_CLEANUP(buf_free) struct buf small = BUF_INIT(2);
    lang_select(LANG_JA);
    assert_int_equal(reason_put(&out, raw, sizeof raw - 1), HZ_OK);
    assert_int_equal(out.len, sizeof raw - 1);
    assert_memory_equal(out.data, raw, sizeof raw - 1);
    assert_int_equal(reason_put(&small, known, strlen(known)), HZ_E_LIMIT);
    lang_select(LANG_EN);
}

TEST_MAIN(cmocka_unit_test(what_is_known_is_translated_wherever_it_ends), cmocka_unit_test(any_bytes_stay))
