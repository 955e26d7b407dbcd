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

static void sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t want;
    } good[] = { { "1", 1 },
                 { "4096", 4096 },
                 { "512K", 524288 },
                 { "50M", 52428800 },
                 { "20G", UINT64_C(21474836480) },
                 { "2T", UINT64_C(2199023255552) },
                 { "9223372036854775807", INT64_MAX } };
    static const char *const bad[] = { "",
                                       "0",
                                       "0K",
                                       "K",
                                       "01K",
                                       "1k",
                                       "1KB",
                                       "1 K",
                                       "-1M",
                                       "1.5G",
                                       "1P",
                                       "+1",
                                       "9007199254740992K",
                                       "9223372036854775808",
                                       "18446744073709551616",
                                       "18014398509481984K" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t got = 0;
        assert_int_equal(num_parse_size(good[i].text, &got), HZ_OK);
        assert_true(got == good[i].want);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t got = 77;
        assert_int_equal(num_parse_size(bad[i], &got), HZ_E_FORMAT);
        assert_true(got == 77);
    }
}

static void durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } good[] = { { "1ms", 1000000 },
                 { "500ms", 500000000 },
                 { "60s", INT64_C(60000000000) },
                 { "30m", INT64_C(1800000000000) },
                 { "24h", INT64_C(86400000000000) },
                 { "7d", INT64_C(604800000000000) },
                 { "106751d", INT64_C(9223286400000000000) } };
    static const char *const bad[] = { "",    "0",   "0s",   "60",  "s",       "1S", "1w",
                                       "1 s", "-1s", "1.5h", "1ns", "106752d", "01s" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t got = 0;
        assert_int_equal(num_parse_duration(good[i].text, &got), HZ_OK);
        assert_true(got == good[i].want);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t got = 77;
        assert_int_equal(num_parse_duration(bad[i], &got), HZ_E_FORMAT);
        assert_true(got == 77);
    }
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

TEST_MAIN(cmocka_unit_test(canonical_numbers), cmocka_unit_test(everything_else_is_refused), cmocka_unit_test(sizes),
          cmocka_unit_test(durations), cmocka_unit_test(checked_arithmetic))
