#include "collector/journal_header.h"

#include "base/error.h"
#include "tests/unit/test.h"

#define MICROSECONDS UINT64_C(1795224062153711) /* 2026-11-21T01:21:02.153711Z */

static void put(unsigned char *bytes, size_t at, uint64_t value)
{
    for (size_t i = 0; i < 8; i++)
        bytes[at + i] = (unsigned char)(value >> (8 * i));
}

/* As journald of Debian 12 leaves it when it rotates. */
static void sample(unsigned char bytes[JOURNAL_HEADER_SIZE])
{
    memset(bytes, 0, JOURNAL_HEADER_SIZE);
    memcpy(bytes, "LPKSHHRH", 8);
    bytes[16] = 2;
    put(bytes, 88, 264);
    put(bytes, 152, 4);
    put(bytes, 184, MICROSECONDS);
    put(bytes, 192, MICROSECONDS + 2700000000);
}

static int parse(const unsigned char *bytes, struct journal_header *out)
{
    return journal_header_parse(bytes, JOURNAL_HEADER_SIZE, 8388608, out);
}

static void what_it_says(void **state)
{
    (void)state;
    unsigned char bytes[JOURNAL_HEADER_SIZE];
    struct journal_header h;
    sample(bytes);
    assert_int_equal(parse(bytes, &h), HZ_OK);
    assert_false(h.online);
    assert_int_equal(h.entries, 4);
    assert_int_equal(h.head.seconds, 1795224062);
    assert_int_equal(h.head.nanoseconds, 153711000);
    assert_int_equal(h.tail.seconds, 1795226762);
    assert_int_equal(h.tail.nanoseconds, 153711000);
    bytes[16] = 1;
    assert_int_equal(parse(bytes, &h), HZ_OK);
    assert_true(h.online);
    bytes[16] = 0;
    assert_int_equal(parse(bytes, &h), HZ_OK);
    assert_false(h.online);
}

static void the_largest_times_are_times(void **state)
{
    (void)state;
    unsigned char bytes[JOURNAL_HEADER_SIZE];
    struct journal_header h;
    sample(bytes);
    put(bytes, 184, UINT64_MAX);
    put(bytes, 192, UINT64_MAX);
    assert_int_equal(parse(bytes, &h), HZ_OK);
    assert_int_equal(h.tail.seconds, 18446744073709);
    assert_int_equal(h.tail.nanoseconds, 551615000);
}

/* The borders of each rule: refused, and the nearest that is not. */
static void what_does_not_agree_with_itself(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint64_t refused, taken;
    } rows[] = {
        { 0, UINT64_C(0x48524848534b504d), UINT64_C(0x48524848534b504c) },
        { 16, 3, 2 },
        { 88, 207, 208 },
        { 88, 8388609, 8388608 },
        { 152, 0, 1 },
        { 184, 0, 1 },
        { 184, MICROSECONDS + 2700000001, MICROSECONDS + 2700000000 },
        { 192, MICROSECONDS - 1, MICROSECONDS },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned char bytes[JOURNAL_HEADER_SIZE];
        struct journal_header h = { .entries = 99 };
        sample(bytes);
        put(bytes, rows[i].at, rows[i].refused);
        assert_int_equal(parse(bytes, &h), HZ_E_FORMAT);
        assert_int_equal(h.entries, 99);
        put(bytes, rows[i].at, rows[i].taken);
        assert_int_equal(parse(bytes, &h), HZ_OK);
    }
}

static void short_files(void **state)
{
    (void)state;
    unsigned char bytes[JOURNAL_HEADER_SIZE];
    struct journal_header h;
    sample(bytes);
    for (size_t len = 0; len < sizeof bytes; len++)
        assert_int_equal(journal_header_parse(bytes, len, 8388608, &h), HZ_E_FORMAT);
    assert_int_equal(journal_header_parse(bytes, sizeof bytes, 264, &h), HZ_OK);
    assert_int_equal(journal_header_parse(bytes, sizeof bytes, 263, &h), HZ_E_FORMAT);
}

TEST_MAIN(cmocka_unit_test(what_it_says), cmocka_unit_test(the_largest_times_are_times),
          cmocka_unit_test(what_does_not_agree_with_itself), cmocka_unit_test(short_files))
