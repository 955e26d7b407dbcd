#include "base/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/unit/test.h"

static void expect(int64_t seconds, uint32_t nanoseconds, const char *want)
{
    char text[STAMP_SIZE];
    struct stamp back;
    stamp_format(text, (struct stamp) { seconds, nanoseconds });
    assert_string_equal(text, want);
    assert_int_equal(stamp_parse(&back, text, strlen(text)), HZ_OK);
    assert_true(back.seconds == seconds && back.nanoseconds == nanoseconds);
}

static void known_moments(void **state)
{
    (void)state;
    expect(0, 0, "1970-01-01T00:00:00.000000000Z");
    expect(-1, 999999999, "1969-12-31T23:59:59.999999999Z");
    expect(951782400, 1, "2000-02-29T00:00:00.000000001Z");
    expect(1795178096, 1, "2026-11-20T12:34:56.000000001Z");
    expect(4107542399, 0, "2100-02-28T23:59:59.000000000Z");
    expect(4107542400, 0, "2100-03-01T00:00:00.000000000Z");
    expect(-62135596800, 0, "0001-01-01T00:00:00.000000000Z");
    expect(253402300799, 999999999, "9999-12-31T23:59:59.999999999Z");
    expect(-62135596801, 7, "@-62135596801.000000007");
    expect(253402300800, 0, "@253402300800.000000000");
    expect(INT64_MAX, 999999999, "@9223372036854775807.999999999");
    expect(INT64_MIN, 0, "@-9223372036854775808.000000000");
}

/* Every day of ten thousand years against the C library. */
static void every_day_agrees_with_gmtime(void **state)
{
    (void)state;
    for (int64_t s = -62135596800 + 45296; s < 253402300800; s += 86400) {
        time_t t = s;
        struct tm tm;
        char want[80], got[STAMP_SIZE];
        assert_non_null(gmtime_r(&t, &tm));
        snprintf(want, sizeof want, "%04d%02d%02dT%02d%02d%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                 tm.tm_hour, tm.tm_min, tm.tm_sec);
        stamp_format_compact(got, (struct stamp) { s, 0 });
        assert_string_equal(got, want);
        struct stamp back;
        assert_int_equal(stamp_from_civil(&back, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 12, 34, 56), HZ_OK);
        assert_true(back.seconds == s);
    }
}

static void days_that_do_not_exist(void **state)
{
    (void)state;
    static const int bad[][6] = { { 0, 1, 1, 0, 0, 0 },     { 10000, 1, 1, 0, 0, 0 }, { 2026, 0, 1, 0, 0, 0 },
                                  { 2026, 13, 1, 0, 0, 0 }, { 2026, 1, 0, 0, 0, 0 },  { 2026, 1, 32, 0, 0, 0 },
                                  { 2026, 2, 29, 0, 0, 0 }, { 2100, 2, 29, 0, 0, 0 }, { 2026, 4, 31, 0, 0, 0 },
                                  { 2026, 1, 1, 24, 0, 0 }, { 2026, 1, 1, 0, 60, 0 }, { 2026, 1, 1, 0, 0, 60 },
                                  { 2026, 1, 1, -1, 0, 0 }, { 2026, 1, 1, 0, -1, 0 }, { 2026, 1, 1, 0, 0, -1 } };
    struct stamp t = { 5, 5 };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const int *d = bad[i];
        assert_int_equal(stamp_from_civil(&t, d[0], d[1], d[2], d[3], d[4], d[5]), HZ_E_FORMAT);
    }
    assert_true(t.seconds == 5 && t.nanoseconds == 5);
    assert_int_equal(stamp_from_civil(&t, 2000, 2, 29, 0, 0, 0), HZ_OK);
}

static void parse_is_strict(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       "2026-11-20T12:34:56Z",
                                       "2026-11-20T12:34:56.1Z",
                                       "2026-11-20T12:34:56.000000001",
                                       "2026-11-20T12:34:56.000000001+00:00",
                                       "2026-11-20t12:34:56.000000001Z",
                                       "2026-11-20 12:34:56.000000001Z",
                                       "2026-11-20T12:34:56,000000001Z",
                                       "2026-11-20T12:34:56.000000001Zx",
                                       " 2026-11-20T12:34:56.000000001Z",
                                       "2026-11-20T12:34:60.000000000Z",
                                       "0000-01-01T00:00:00.000000000Z",
                                       "2026-1-20T12:34:56.000000001Z",
                                       "@0.000000000",
                                       "@-0.000000000",
                                       "@253402300799.000000000",
                                       "@0253402300800.000000000",
                                       "@+253402300800.000000000",
                                       "@253402300800",
                                       "@253402300800.0",
                                       "@253402300800.00000000x",
                                       "@9223372036854775808.000000000",
                                       "@-9223372036854775809.000000000",
                                       "@.000000000",
                                       "@-.000000000" };
    struct stamp t = { 5, 5 };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(stamp_parse(&t, bad[i], strlen(bad[i])), HZ_E_FORMAT);
    assert_true(t.seconds == 5 && t.nanoseconds == 5);
}

/* Every shorter text is refused, and nothing is read behind it (seen by the address sanitizer). */
static void cut_short(void **state)
{
    (void)state;
    static const char *const whole[] = { "2026-11-20T12:34:56.000000001Z", "2026-11-20T21:34:56+09:00",
                                         "@-62135596801.000000007" };
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        for (size_t len = 0; len < strlen(whole[i]); len++) {
            struct stamp t;
            int minutes;
            char *text = malloc(len + 1), *exact = malloc(len == 0 ? 1 : len);
            memcpy(exact, whole[i], len);
            memcpy(text, whole[i], len);
            text[len] = '\0';
            assert_int_equal(stamp_parse(&t, exact, len), HZ_E_FORMAT);
            assert_int_equal(stamp_parse_offset(&t, &minutes, exact, len), HZ_E_FORMAT);
            assert_int_equal(stamp_parse_lenient(&t, text), HZ_E_FORMAT);
            free(exact);
            free(text);
        }
    }
}

static void offsets_at_the_ends_of_time(void **state)
{
    (void)state;
    char text[STAMP_SIZE];
    stamp_format_offset(text, (struct stamp) { 253402300799, 0 }, 1);
    assert_string_equal(text, "@253402300799.000000000");
    stamp_format_offset(text, (struct stamp) { 253402300800, 0 }, -1);
    assert_string_equal(text, "@253402300800.000000000");
    stamp_format_offset(text, (struct stamp) { -62135596800, 0 }, -1);
    assert_string_equal(text, "@-62135596800.000000000");
    stamp_format_compact(text, (struct stamp) { 253402300800, 0 });
    assert_string_equal(text, "@253402300800.000000000");
}

static void offsets(void **state)
{
    (void)state;
    static const struct {
        int minutes;
        const char *want;
    } cases[] = { { 540, "2026-11-20T21:34:56+09:00" },   { 0, "2026-11-20T12:34:56+00:00" },
                  { -90, "2026-11-20T11:04:56-01:30" },   { 1439, "2026-11-21T12:33:56+23:59" },
                  { -1439, "2026-11-19T12:35:56-23:59" }, { -1, "2026-11-20T12:33:56-00:01" } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[STAMP_SIZE];
        struct stamp back;
        int minutes;
        stamp_format_offset(text, (struct stamp) { 1795178096, 123 }, cases[i].minutes);
        assert_string_equal(text, cases[i].want);
        assert_int_equal(stamp_parse_offset(&back, &minutes, text, strlen(text)), HZ_OK);
        assert_true(back.seconds == 1795178096 && back.nanoseconds == 0 && minutes == cases[i].minutes);
    }
    static const char *const bad[] = { "2026-11-20T12:34:56-00:00",   "2026-11-20T12:34:56Z",
                                       "2026-11-20T12:34:56+24:00",   "2026-11-20T12:34:56+09:60",
                                       "2026-11-20T12:34:56.5+09:00", "2026-11-20T12:34:56+0900",
                                       "0001-01-01T00:00:00+00:01",   "9999-12-31T23:59:59-00:01",
                                       "2026-11-20T12:34:56+09:00 " };
    struct stamp t;
    int minutes;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(stamp_parse_offset(&t, &minutes, bad[i], strlen(bad[i])), HZ_E_FORMAT);
}

static void what_people_type(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
        uint32_t nanoseconds;
    } good[] = { { "2026-11-20T12:34:56Z", 1795178096, 0 },
                 { "2026-11-20T21:34:56+09:00", 1795178096, 0 },
                 { "2026-11-20T12:34:56.5Z", 1795178096, 500000000 },
                 { "2026-11-20T12:34:56.123456789Z", 1795178096, 123456789 },
                 { "2026-11-20T11:04:56.012-01:30", 1795178096, 12000000 } };
    struct stamp t;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(stamp_parse_lenient(&t, good[i].text), HZ_OK);
        assert_true(t.seconds == good[i].seconds && t.nanoseconds == good[i].nanoseconds);
    }
    int offset = 1;
    assert_int_equal(stamp_parse_stated(&t, &offset, "2026-11-20T12:34:56Z"), HZ_OK);
    assert_int_equal(offset, 0);
    assert_int_equal(stamp_parse_stated(&t, &offset, "2026-11-20T11:04:56.012-01:30"), HZ_OK);
    assert_int_equal(offset, -90);
    static const char *const bad[] = { "",
                                       "2026-11-20",
                                       "2026-11-20T12:34:56",
                                       "2026-11-20T12:34:56.Z",
                                       "yesterday",
                                       "1795178096",
                                       "2026-11-20T12:34:56.1234567890Z",
                                       "2026-11-20T12:34:56Zz" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(stamp_parse_lenient(&t, bad[i]), HZ_E_FORMAT);
}

static void compare_and_add(void **state)
{
    (void)state;
    const struct stamp a = { 1, 5 }, b = { 1, 6 }, c = { 2, 0 };
    assert_int_equal(stamp_compare(a, a), 0);
    assert_int_equal(stamp_compare(a, b), -1);
    assert_int_equal(stamp_compare(b, a), 1);
    assert_int_equal(stamp_compare(b, c), -1);
    assert_int_equal(stamp_compare(c, a), 1);
    assert_true(stamp_add(a, -2).seconds == -1);
    assert_true(stamp_add((struct stamp) { INT64_MAX, 0 }, 1).seconds == INT64_MAX);
    assert_true(stamp_add((struct stamp) { INT64_MIN, 0 }, -1).seconds == INT64_MIN);
}

static void clocks_run(void **state)
{
    (void)state;
    struct stamp first = stamp_boottime();
    assert_true(stamp_now().seconds > 1700000000);
    assert_true(stamp_compare(stamp_boottime(), first) >= 0);
}

int __real_clock_gettime(clockid_t clock, struct timespec *at);
int __wrap_clock_gettime(clockid_t clock, struct timespec *at);
static unsigned looks, interrupted; /* interrupted: before this one; 0: none is */

int __wrap_clock_gettime(clockid_t clock, struct timespec *at)
{
    if (++looks == interrupted)
        usleep(300000);
    return __real_clock_gettime(clock, at);
}

/* Between the looks at the two clocks anything may come. */
static void the_time_of_the_boot(void **state)
{
    (void)state;
    const struct stamp at = stamp_boot();
    const unsigned all = looks;
    for (interrupted = all + 1; interrupted <= all + 8; interrupted++) {
        looks = all;
        const struct stamp again = stamp_boot();
        int64_t off = (again.seconds - at.seconds) * 1000 + ((int64_t)again.nanoseconds - at.nanoseconds) / 1000000;
        if (off < -100 || off > 100)
            fail_msg("interrupted before look %u, it is %d ms off", interrupted - all, (int)off);
    }
    interrupted = 0;
}

static void local_offset(void **state)
{
    (void)state;
    setenv("TZ", "JST-9", 1);
    tzset();
    assert_int_equal(stamp_local_offset((struct stamp) { 1795178096, 0 }), 540);
    setenv("TZ", "XXX+3:30", 1);
    tzset();
    assert_int_equal(stamp_local_offset((struct stamp) { 1795178096, 0 }), -210);
    unsetenv("TZ");
    tzset();
}

TEST_MAIN(cmocka_unit_test(known_moments), cmocka_unit_test(every_day_agrees_with_gmtime),
          cmocka_unit_test(days_that_do_not_exist), cmocka_unit_test(parse_is_strict), cmocka_unit_test(offsets),
          cmocka_unit_test(offsets_at_the_ends_of_time), cmocka_unit_test(cut_short),
          cmocka_unit_test(what_people_type), cmocka_unit_test(compare_and_add), cmocka_unit_test(clocks_run),
          cmocka_unit_test(the_time_of_the_boot), cmocka_unit_test(local_offset))
