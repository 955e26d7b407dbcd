#include "base/num.h"

#include "base/error.h"
#include "tests/unit/test.h"

static void u64_accepts(const char *text, uint64_t max, uint64_t want)
{
    uint64_t got = 0;
    assert_int_equal(num_parse_u64(text, strlen(text), max, &got), HZ_OK);
    assert_true(got == want);
}

static void u64_refuses(const char *text, size_t len, uint64_t max)
{
    uint64_t got = 77;
    assert_int_equal(num_parse_u64(text, len, max, &got), HZ_E_FORMAT);
    assert_int_equal(got, 77);
}

static void canonical_numbers(void **state)
{
    (void)state;
    u64_accepts("0", 0, 0);
    u64_accepts("10", 10, 10);
    u64_accepts("18446744073709551615", UINT64_MAX, UINT64_MAX);
    uint64_t got = 0;
    assert_int_equal(num_parse_u64("123x", 3, 1000, &got), HZ_OK);
    assert_int_equal(got, 123);
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       "00",
                                       "01",
                                       "-1",
                                       "+1",
                                       " 1",
                                       "1 ",
                                       "1.",
                                       "0x1",
                                       "1e3",
                                       "a",
                                       "/",
                                       ":",
                                       "18446744073709551616",
                                       "99999999999999999999",
                                       "184467440737095516150" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        u64_refuses(bad[i], strlen(bad[i]), UINT64_MAX);
    u64_refuses("11", 2, 10);
    u64_refuses("1\0", 2, 10);
}

static void checked_arithmetic(void **state)
{
    (void)state;
    uint64_t u = 0;
    size_t s = 0;
    assert_true(num_add_u64(UINT64_MAX - 1, 1, &u) && u == UINT64_MAX);
    assert_false(num_add_u64(UINT64_MAX, 1, &u));
    assert_false(num_mul_u64(UINT64_MAX / 2, 3, &u));
    assert_true(num_mul_size(6, 7, &s) && s == 42);
    assert_false(num_add_size(SIZE_MAX, 1, &s));
    assert_false(num_mul_size(SIZE_MAX, 2, &s));
}

TEST_MAIN(cmocka_unit_test(canonical_numbers), cmocka_unit_test(everything_else_is_refused),
          cmocka_unit_test(checked_arithmetic))
