#include "collector/detached.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/test.h"

#define PIECES 2000

struct piece {
    atomic_bool go, over; /* go: may return */
    _Atomic pid_t thread;
    bool spoils;
};

static void work(void *context)
{
    struct piece *p = context;
    p->thread = (pid_t)syscall(SYS_gettid);
    while (!atomic_load(&p->go))
        sched_yield();
    if (p->spoils)
        detached_use_up();
    atomic_store(&p->over, true);
}

static void await_begin(struct piece *p)
{
    while (p->thread == 0)
        sched_yield();
}

static pid_t do_one(bool spoils)
{
    struct piece p = { .go = true, .spoils = spoils };
    struct detached *hold;
    assert_int_equal(detached_start(&hold, work, &p, true), 0);
    detached_join(hold);
    assert_true(atomic_load(&p.over));
    return p.thread;
}

static void one_after_the_other_is_one_thread(void **state)
{
    (void)state;
    pid_t first = do_one(false);
    for (int i = 0; i < 50; i++)
        assert_int_equal(do_one(false), first);
    assert_false(detached_any());
}

static void one_that_is_used_up_is_not_kept(void **state)
{
    (void)state;
    pid_t first = do_one(true);
    pid_t second = do_one(false); /* the first may be there still, but does nothing more */
    assert_int_not_equal(first, second);
    assert_int_equal(do_one(false), second);
}

static void what_is_given_up_counts_until_it_returns(void **state)
{
    (void)state;
    static struct piece p;
    struct detached *hold;
    assert_int_equal(detached_start(&hold, work, &p, true), 0);
    await_begin(&p);
    assert_false(detached_any());
    detached_give_up(hold);
    assert_true(detached_any());
    pid_t other = do_one(false); /* others go on meanwhile */
    atomic_store(&p.go, true);
    while (detached_any())
        sched_yield();
    assert_true(atomic_load(&p.over));
    assert_int_not_equal(other, p.thread);
}

static void given_up_when_it_was_over(void **state)
{
    (void)state;
    struct piece p = { .go = true };
    struct detached *hold;
    assert_int_equal(detached_start(&hold, work, &p, true), 0);
    while (!atomic_load(&p.over))
        sched_yield();
    detached_give_up(hold);
    while (detached_any())
        sched_yield();
}

static void many_at_a_time(void **state)
{
    (void)state;
    static struct piece p[8];
    struct detached *hold[8];
    for (int round = 0; round < PIECES / 8; round++) {
        for (int i = 0; i < 8; i++) {
            atomic_store(&p[i].over, false);
            atomic_store(&p[i].go, i % 2 == 0);
            assert_int_equal(detached_start(i < 4 ? &hold[i] : NULL, work, &p[i], true), 0);
        }
        for (int i = 1; i < 8; i += 2)
            atomic_store(&p[i].go, true);
        for (int i = 0; i < 4; i++)
            detached_join(hold[i]);
        while (detached_any())
            sched_yield();
        for (int i = 0; i < 8; i++)
            assert_true(atomic_load(&p[i].over));
    }
}

static void reserved_ones_do_work(void **state)
{
    (void)state;
    static struct piece p[6];
    struct detached *hold[6];
    assert_int_equal(detached_reserve(6), 0);
    for (int i = 0; i < 6; i++)
        assert_int_equal(detached_start(&hold[i], work, &p[i], false), 0);
    for (int i = 0; i < 6; i++)
        await_begin(&p[i]);
    for (int i = 0; i < 6; i++)
        atomic_store(&p[i].go, true);
    for (int i = 0; i < 6; i++)
        detached_join(hold[i]);
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < i; k++)
            assert_int_not_equal(p[i].thread, p[k].thread);
}

TEST_MAIN(cmocka_unit_test(one_after_the_other_is_one_thread), cmocka_unit_test(one_that_is_used_up_is_not_kept),
          cmocka_unit_test(what_is_given_up_counts_until_it_returns), cmocka_unit_test(given_up_when_it_was_over),
          cmocka_unit_test(many_at_a_time), cmocka_unit_test(reserved_ones_do_work))
