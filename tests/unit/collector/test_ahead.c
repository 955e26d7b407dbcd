#include "collector/ahead.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/test.h"

static int make_file(const char *text, size_t len)
{
    char path[] = "/tmp/hozen-ahead.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(write(fd, text, len), (ssize_t)len);
    return fd;
}

/* A file that is shorter than what is asked for looks as if the rest of it were not in the cache. */
static void many_misses_pay_and_are_forgotten(void **state)
{
    (void)state;
    struct ahead a = { 0 };
    char bytes[20];
    int fd = make_file("0123456789", 10), hits = 0;
    for (int i = 0; i < 16; i++) {
        assert_false(ahead_pays(&a));
        memset(bytes, 0, sizeof bytes);
        assert_int_equal(ahead_take(&a, NULL, fd, bytes, sizeof bytes), 10);
        assert_memory_equal(bytes, "0123456789", 11);
    }
    assert_true(ahead_pays(&a));
    for (; ahead_pays(&a); hits++)
        assert_int_equal(ahead_take(&a, NULL, fd, bytes, 10), 10);
    assert_true(hits > 0);
    close(fd);
}

static void rare_misses_do_not_pay(void **state)
{
    (void)state;
    struct ahead a = { 0 };
    char bytes[20];
    int fd = make_file("0123456789", 10);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(ahead_take(&a, NULL, fd, bytes, i % 100 == 0 ? 11 : 10), 10);
        assert_false(ahead_pays(&a));
    }
    close(fd);
}

static void what_cannot_be_told_is_not_asked_again(void **state)
{
    (void)state;
    struct ahead a = { 0 };
    char bytes[20];
    int ends[2], fd = make_file("0123456789", 10);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(ahead_take(&a, NULL, ends[0], bytes, sizeof bytes), 0);
    assert_int_equal(ahead_take(&a, NULL, fd, bytes, 10), 0);
    assert_false(ahead_pays(&a));
    close(ends[0]);
    close(ends[1]);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_misses_pay_and_are_forgotten),
        cmocka_unit_test(rare_misses_do_not_pay),
        cmocka_unit_test(what_cannot_be_told_is_not_asked_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
