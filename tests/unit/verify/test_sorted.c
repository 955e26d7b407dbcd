#include "tests/unit/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/error.h"
#include "verify/sorted.h"

static struct sorted_row row_of(unsigned char kind, const char *name, const char *value)
{
    return (struct sorted_row) { kind, (const unsigned char *)name, (const unsigned char *)value, strlen(name),
                                 strlen(value) };
}

static void add(struct sorted *s, unsigned char kind, const char *name, const char *value)
{
    struct sorted_row row = row_of(kind, name, value);

    assert_int_equal(sorted_add(s, &row, NULL), HZ_OK);
}

static void expect(struct sorted *s, unsigned char kind, const char *name, const char *value)
{
    struct sorted_row row;
    bool more;

    assert_int_equal(sorted_next(s, &row, &more, NULL), HZ_OK);
    assert_true(more);
    assert_int_equal(row.kind, kind);
    assert_int_equal(row.name_len, strlen(name));
    assert_memory_equal(row.name, name, row.name_len);
    assert_int_equal(row.value_len, strlen(value));
    assert_memory_equal(row.value, value, row.value_len);
}

static void expect_end(struct sorted *s)
{
    struct sorted_row row;
    bool more;

    assert_int_equal(sorted_next(s, &row, &more, NULL), HZ_OK);
    assert_false(more);
}

static void test_order(void **state)
{
    struct sorted s;

    (void)state;
    assert_int_equal(sorted_open(&s, (size_t)1 << 20, NULL), HZ_OK);
    add(&s, 1, "a", "");
    add(&s, 0, "b", "2");
    add(&s, 0, "ab", "x");
    add(&s, 0, "b", "1");
    add(&s, 0, "b", "1");
    add(&s, 0, "a", "");
    add(&s, 0, "\xff", "");
    assert_int_equal(sorted_finish(&s, NULL), HZ_OK);
    for (int pass = 0; pass < 2; pass++) {
        expect(&s, 0, "a", "");
        expect(&s, 0, "ab", "x");
        expect(&s, 0, "b", "1");
        expect(&s, 0, "b", "1");
        expect(&s, 0, "b", "2");
        expect(&s, 0, "\xff", "");
        expect(&s, 1, "a", "");
        expect_end(&s);
        sorted_rewind(&s);
    }
    sorted_close(&s);
}

static void test_empty(void **state)
{
    struct sorted s;

    (void)state;
    assert_int_equal(sorted_open(&s, (size_t)1 << 20, NULL), HZ_OK);
    assert_int_equal(sorted_finish(&s, NULL), HZ_OK);
    expect_end(&s);
    sorted_close(&s);
    s = (struct sorted) { .spool = -1 };
    sorted_close(&s);
}

/* The name of the i-th of so many rows, put in in an order of its own */
static void name_of(char out[32], uint64_t i)
{
    snprintf(out, 32, "%012llu", (unsigned long long)i);
}

/* Larger rows among small ones: a run's buffer has to grow */
static void put_many(struct sorted *s, uint64_t count, char *value, size_t value_len)
{
    for (uint64_t i = 0; i < count; i++) {
        char name[32];
        struct sorted_row row;

        name_of(name, i * 7919 % count);
        memset(value, 'a' + (int)(i * 7919 % count % 26), value_len);
        row = row_of((unsigned char)(i * 7919 % count >= count / 2), name, "");
        row.value = (unsigned char *)value;
        row.value_len = i % 1000 == 0 ? value_len : 40;
        assert_int_equal(sorted_add(s, &row, NULL), HZ_OK);
    }
}

static void test_spilled(void **state)
{
    enum { COUNT = 60000, VALUE = 100000 };
    char *value = malloc(VALUE);
    struct sorted s;

    (void)state;
    assert_non_null(value);
    assert_int_equal(sorted_open(&s, (size_t)1 << 20, NULL), HZ_OK);
    put_many(&s, COUNT, value, VALUE);
    assert_int_equal(sorted_finish(&s, NULL), HZ_OK);
    assert_true(s.run_count > 4);
    for (int pass = 0; pass < 2; pass++) {
        uint64_t large = 0;

        for (uint64_t i = 0; i < COUNT; i++) {
            struct sorted_row row;
            char name[32];
            bool more;

            name_of(name, i);
            assert_int_equal(sorted_next(&s, &row, &more, NULL), HZ_OK);
            assert_true(more);
            assert_int_equal(row.kind, i >= COUNT / 2);
            assert_memory_equal(row.name, name, 12);
            assert_int_equal(row.value[0], 'a' + (int)(i % 26));
            assert_int_equal(row.value[row.value_len - 1], 'a' + (int)(i % 26));
            large += row.value_len == VALUE;
        }
        assert_int_equal(large, COUNT / 1000);
        expect_end(&s);
        sorted_rewind(&s);
    }
    sorted_close(&s);
    free(value);
}

static void test_bounds(void **state)
{
    size_t memory = (size_t)1 << 20;
    unsigned char *value = calloc(1, memory);
    struct sorted s;
    struct sorted_row row = { 0, value, value, 1, memory / 2 - 10 };

    (void)state;
    assert_non_null(value);
    assert_int_equal(sorted_open(&s, memory, NULL), HZ_OK);
    for (int i = 0; i < SORTED_RUNS; i++)
        assert_int_equal(sorted_add(&s, &row, NULL), HZ_OK);
    row.value_len++;
    assert_int_equal(sorted_add(&s, &row, NULL), HZ_E_LIMIT);
    row.value_len--;
    for (int i = 0; i < SORTED_RUNS + 2; i++)
        assert_int_equal(sorted_add(&s, &row, NULL), HZ_OK);
    assert_int_equal(sorted_add(&s, &row, NULL), HZ_E_LIMIT);
    sorted_close(&s);
    free(value);
}

/* Rows until there is no place for them; the folder is named */
static void fill(const char *folder)
{
    struct sorted s;
    struct hz_error err;
    char name[32];
    int code = HZ_OK;

    setenv("TMPDIR", folder, 1);
    assert_int_equal(sorted_open(&s, (size_t)1 << 20, NULL), HZ_OK);
    for (uint64_t i = 0; i < 100000 && !code; i++) {
        struct sorted_row row;

        name_of(name, i);
        row = row_of(0, name, "value");
        code = sorted_add(&s, &row, &err);
    }
    assert_int_not_equal(code, HZ_OK);
    assert_non_null(strstr(err.text, folder));
    sorted_close(&s);
    unsetenv("TMPDIR");
}

static void test_no_place(void **state)
{
    (void)state;
    fill("/nonexistent/folder");
}

static void test_no_room(void **state)
{
    struct rlimit was, little;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    little = (struct rlimit) { 16384, was.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    fill("/var/tmp");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    signal(SIGXFSZ, SIG_DFL);
}

TEST_MAIN(cmocka_unit_test(test_order), cmocka_unit_test(test_empty), cmocka_unit_test(test_spilled),
          cmocka_unit_test(test_bounds), cmocka_unit_test(test_no_place), cmocka_unit_test(test_no_room))
