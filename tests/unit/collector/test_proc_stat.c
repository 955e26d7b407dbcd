#include "collector/processes/proc_stat.h"

#include <stdio.h>

#include "base/error.h"
#include "tests/unit/test.h"

#define TAIL                                                                                                           \
    " S 1 4711 4711 34816 4711 4194304 120 0 3 0 250 17 0 0 20 0 5 0 3085879 2990080 411 18446744073709551615 1 1 0 "  \
    "0 "                                                                                                               \
    "0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"

static int parse(const char *text, struct proc_stat *out)
{
    return proc_stat_parse(text, strlen(text), out);
}

static void fields(void **state)
{
    (void)state;
    struct proc_stat s;
    assert_int_equal(parse("4711 (sleep)" TAIL, &s), HZ_OK);
    assert_int_equal(s.pid, 4711);
    assert_memory_equal(s.comm, "sleep", 5);
    assert_int_equal(s.comm_len, 5);
    assert_int_equal(s.state, 'S');
    assert_int_equal(s.ppid, 1);
    assert_int_equal(s.terminal, 34816);
    assert_int_equal(s.foreground, 4711);
    assert_int_equal(s.user_ticks, 250);
    assert_int_equal(s.system_ticks, 17);
    assert_int_equal(s.priority, 20);
    assert_int_equal(s.threads, 5);
    assert_int_equal(s.start_ticks, 3085879);
    assert_int_equal(s.virtual_bytes, 2990080);
    assert_int_equal(s.resident_pages, 411);
    assert_int_equal(s.processor, 1);
}

static void any_name(void **state)
{
    (void)state;
    struct proc_stat s;
    static const char *const names[] = { "", ")", "(", ") R 99 (", "a b", "\n", "\xff\x1b[31m", ") S 1 1 1 1 1" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[400];
        snprintf(text, sizeof text, "7 (%s)" TAIL, names[i]);
        assert_int_equal(parse(text, &s), HZ_OK);
        assert_int_equal(s.comm_len, strlen(names[i]));
        assert_memory_equal(s.comm, names[i], s.comm_len);
        assert_int_equal(s.ppid, 1);
    }
}

static void every_prefix_is_refused(void **state)
{
    (void)state;
    const char text[] = "4711 (sleep)" TAIL;
    const char *policy = strstr(text, " 17 1 0 0 0"); /* field 41 is the last that is needed */
    struct proc_stat s;
    assert_non_null(policy);
    for (size_t len = 0; len < (size_t)(policy - text) + 8; len++)
        assert_int_equal(proc_stat_parse(text, len, &s), HZ_E_FORMAT);
}

static void what_is_no_stat(void **state)
{
    (void)state;
    struct proc_stat s;
    static const char *const texts[] = { "",
                                         "x (sleep)" TAIL,
                                         "-1 (sleep)" TAIL,
                                         "4294967296 (sleep)" TAIL,
                                         "(sleep)" TAIL,
                                         "7 sleep" TAIL,
                                         "7 (12345678901234567890123456789012345678901234567890123456789012345)" TAIL };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(parse(texts[i], &s), HZ_E_FORMAT);
    assert_int_equal(
        parse("7 (sleep) SS 1 4711 4711 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0", &s),
        HZ_E_FORMAT);
}

static void negative_numbers(void **state)
{
    (void)state;
    struct proc_stat s;
    assert_int_equal(
        parse(
            "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 -51 -20 1 0 9 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 3 99 1 0",
            &s),
        HZ_OK);
    assert_int_equal(s.foreground, -1);
    assert_int_equal(s.priority, -51);
    assert_int_equal(s.nice, -20);
    assert_int_equal(s.realtime_priority, 99);
}

static void status_lines(void **state)
{
    (void)state;
    const char text[] = "Name:\tx\nUid:\t1\t2\t3\t4\nGroups:\t5 6 \nNSpid:\t9\nCapEff:\t00ff\nUidX:\t7\nTail:\t8";
    uint64_t n[4];
    struct w_bytes v = proc_status_value(text, sizeof text - 1, "CapEff");
    assert_int_equal(v.len, 4);
    assert_memory_equal(v.data, "00ff", 4);
    assert_int_equal(proc_status_numbers(proc_status_value(text, sizeof text - 1, "Uid"), n, 4), 4);
    assert_int_equal(n[1], 2);
    assert_int_equal(proc_status_numbers(proc_status_value(text, sizeof text - 1, "Groups"), n, 4), 2);
    assert_int_equal(proc_status_numbers(proc_status_value(text, sizeof text - 1, "Uid"), n, 2), 2);
    assert_int_equal(proc_status_numbers(proc_status_value(text, sizeof text - 1, "Tail"), n, 4), 1);
    assert_null(proc_status_value(text, sizeof text - 1, "Nothing").data);
    assert_null(proc_status_value(text, 3, "Name").data);
    assert_int_equal(proc_status_numbers(proc_status_value(text, sizeof text - 1, "Name"), n, 4), 0);
}

TEST_MAIN(cmocka_unit_test(fields), cmocka_unit_test(any_name), cmocka_unit_test(every_prefix_is_refused),
          cmocka_unit_test(what_is_no_stat), cmocka_unit_test(negative_numbers), cmocka_unit_test(status_lines))
