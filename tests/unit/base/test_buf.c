#include "base/buf.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/test.h"

static void appends_in_order(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(1000);
    buf_put(&b, "ab\0", 3);
    buf_puts(&b, "cd");
    buf_putc(&b, 'e');
    assert_int_equal(buf_printf(&b, "%d-%s", 42, "x"), HZ_OK);
    assert_int_equal(b.len, 10);
    assert_memory_equal(b.data, "ab\0cde42-x", 10);
    assert_string_equal(buf_text(&b) + 3, "cde42-x");
    assert_int_equal(b.len, 10);
}

static void grows_far_beyond_its_first_size(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(1 << 20);
    for (unsigned i = 0; i < 1 << 20; i++)
        buf_putc(&b, (char)(i * 7));
    assert_int_equal(buf_check(&b, NULL), HZ_OK);
    assert_int_equal(b.len, 1 << 20);
    for (unsigned i = 0; i < 1 << 20; i++)
        assert_int_equal(b.data[i], (unsigned char)(i * 7));
}

static void limit_is_exact_and_sticks(void **state)
{
    (void)state;
    struct hz_error err;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(4);
    assert_int_equal(buf_puts(&b, "abcd"), HZ_OK);
    assert_non_null(buf_text(&b));
    assert_int_equal(buf_put(&b, "", 0), HZ_OK);
    assert_int_equal(buf_putc(&b, 'e'), HZ_E_LIMIT);
    assert_int_equal(buf_put(&b, "", 0), HZ_E_LIMIT);
    assert_int_equal(buf_printf(&b, "x"), HZ_E_LIMIT);
    assert_null(buf_grow(&b, 1));
    assert_null(buf_text(&b));
    assert_int_equal(b.len, 4);
    assert_int_equal(buf_check(&b, &err), HZ_E_LIMIT);
    assert_string_equal(err.text, "more than 4 bytes");
    buf_reset(&b);
    assert_int_equal(buf_puts(&b, "wxyz"), HZ_OK);
    assert_memory_equal(b.data, "wxyz", 4);
}

static void printf_that_does_not_fit_adds_nothing(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(4);
    buf_puts(&b, "ab");
    assert_int_equal(buf_printf(&b, "%s", "cde"), HZ_E_LIMIT);
    assert_int_equal(b.len, 2);
}

static void huge_requests_do_not_wrap(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(SIZE_MAX);
    buf_puts(&b, "ab");
    assert_null(buf_grow(&b, SIZE_MAX - 2));
    assert_int_equal(b.failed, HZ_E_LIMIT);
}

/* With memory withheld: the failure sticks and nothing was lost. */
static void no_memory_is_told(void **state)
{
    (void)state;
    const struct rlimit little = { 1, 1 };
    struct hz_error err;
    pid_t pid = fork();
    if (pid == 0) {
        struct buf b = BUF_INIT(SIZE_MAX);
        buf_puts(&b, "ab");
        setrlimit(RLIMIT_AS, &little);
        bool good = buf_grow(&b, (size_t)1 << 30) == NULL && b.failed == HZ_E_NOMEM && b.len == 2;
        _exit(good && buf_check(&b, &err) == HZ_E_NOMEM && strcmp(err.text, "out of memory") == 0 ? 0 : 1);
    }
    int raw = -1;
    waitpid(pid, &raw, 0);
    assert_int_equal(raw, 0);
}

static void grow_gives_zeros(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(100);
    buf_puts(&b, "xxxxxxxxxx");
    buf_reset(&b);
    unsigned char *p = buf_grow(&b, 10);
    assert_memory_equal(p, "\0\0\0\0\0\0\0\0\0\0", 10);
    assert_int_equal(b.len, 10);
    buf_reset(&b);
    buf_puts(&b, "ab");
    memcpy(buf_grow(&b, 2), "cd", 2);
    assert_string_equal(buf_text(&b), "abcd");
}

static void free_leaves_a_usable_buffer(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(3);
    buf_puts(&b, "abc");
    buf_free(&b);
    assert_null(b.data);
    assert_int_equal(b.limit, 3);
    assert_string_equal(buf_text(&b), "");
    buf_free(&b);
    buf_free(NULL);
}

TEST_MAIN(cmocka_unit_test(appends_in_order), cmocka_unit_test(grows_far_beyond_its_first_size),
          cmocka_unit_test(limit_is_exact_and_sticks), cmocka_unit_test(printf_that_does_not_fit_adds_nothing),
          cmocka_unit_test(huge_requests_do_not_wrap), cmocka_unit_test(no_memory_is_told),
          cmocka_unit_test(grow_gives_zeros), cmocka_unit_test(free_leaves_a_usable_buffer))
