#include "collector/closing/close_self.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/test.h"

/* proc(5): fields 1 to 22, and what follows. */
#define REST " 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 "

static bool parse(const char *text, struct close_process *p, int64_t *parent)
{
    return close_self_stat(text, strlen(text), p, parent);
}

static void a_line_is_read(void **state)
{
    struct close_process p;
    int64_t parent;
    (void)state;
    assert_true(parse("4711 (hozen) S 12" REST "99887 1 2\n", &p, &parent));
    assert_int_equal(p.pid, 4711);
    assert_int_equal(parent, 12);
    assert_string_equal(p.name, "hozen");
    assert_int_equal(p.start_ticks, 99887);
}

static void a_name_may_try_to_look_like_fields(void **state)
{
    struct close_process p;
    int64_t parent;
    (void)state;
    assert_true(parse("4711 (a) S 1 (b) R 12" REST "5 1\n", &p, &parent));
    assert_string_equal(p.name, "a) S 1 (b");
    assert_int_equal(parent, 12);
}

static void what_is_no_such_line_is_refused(void **state)
{
    const char *const bad[] = { "",
                                "4711",
                                "4711 (x",
                                "(x) S 1",
                                " (x) S 1" REST "5",
                                "4711 (x) S",
                                "4711 (x) S 12 1 2 3",
                                "4711 (x) S -1" REST "5",
                                "99999999999 (x) S 1" REST "5",
                                "1) (" };
    struct close_process p;
    int64_t parent;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(parse(bad[i], &p, &parent));
}

static void our_own_process_is_found(void **state)
{
    struct close_self s;
    (void)state;
    int root = open("/", O_RDONLY | O_DIRECTORY);
    assert_true(close_self_look(&s, root));
    close(root);
    assert_int_equal(s.process.pid, getpid());
    assert_true(s.parent_count == 0 || s.parents[0].pid == getppid());
    assert_true(s.has_memory && s.memory_kib > 100);
    assert_true(!s.has_io || s.read_bytes > 0);
}

TEST_MAIN(cmocka_unit_test(a_line_is_read), cmocka_unit_test(a_name_may_try_to_look_like_fields),
          cmocka_unit_test(what_is_no_such_line_is_refused), cmocka_unit_test(our_own_process_is_found))
