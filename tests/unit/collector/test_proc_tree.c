#include "collector/processes/proc_tree.h"

#include <stdlib.h>

#include "collector/processes/proc_pids.h"
#include "collector/processes/proc_users.h"
#include "tests/unit/test.h"

#define MANY 5000

static void make(struct proc_table *t, const uint32_t (*of)[2], size_t count)
{
    *t = (struct proc_table) { .files = { .fd = -1, .mounted = -1 } };
    t->list = calloc(count, sizeof(struct proc *));
    for (size_t i = 0; i < count; i++) {
        struct proc *p = t->list[t->count++] = calloc(1, sizeof *p);
        p->pid = of[i][0];
        p->stat.ppid = of[i][1];
    }
}

static void expect(const uint32_t (*of)[2], size_t count, const uint32_t *pids, const unsigned *depths)
{
    struct proc_table t;
    struct proc_branch *b = NULL;
    struct hz_error err;
    make(&t, of, count);
    assert_int_equal(proc_tree_order(&t, &b, &err), HZ_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(b[i].p->pid, pids[i]);
        assert_int_equal(b[i].depth, depths[i]);
        assert_ptr_equal(t.list[b[i].no], b[i].p);
    }
    free(b);
    proc_table_free(&t);
}

static void parents_first(void **state)
{
    (void)state;
    static const uint32_t of[][2] = { { 1, 0 }, { 2, 0 }, { 3, 1 }, { 4, 2 }, { 5, 3 }, { 6, 1 } };
    expect(of, 6, (const uint32_t[]) { 1, 3, 5, 6, 2, 4 }, (const unsigned[]) { 0, 1, 2, 1, 0, 1 });
}

static void parents_with_higher_numbers(void **state)
{
    (void)state;
    static const uint32_t of[][2] = { { 1, 0 }, { 2, 9 }, { 9, 1 } };
    expect(of, 3, (const uint32_t[]) { 1, 9, 2 }, (const unsigned[]) { 0, 1, 2 });
}

static void orphans_and_loops(void **state)
{
    (void)state;
    static const uint32_t of[][2] = { { 1, 0 }, { 5, 4 }, { 6, 7 }, { 7, 8 }, { 8, 6 }, { 9, 9 } };
    expect(of, 6, (const uint32_t[]) { 1, 5, 6, 8, 7, 9 }, (const unsigned[]) { 0, 0, 0, 1, 2, 0 });
}

static void deeper_than_is_drawn(void **state)
{
    (void)state;
    static uint32_t of[MANY][2];
    struct proc_table t;
    struct proc_branch *b = NULL;
    struct hz_error err;
    for (uint32_t i = 0; i < MANY; i++) {
        of[i][0] = i + 1;
        of[i][1] = i;
    }
    make(&t, of, MANY);
    assert_int_equal(proc_tree_order(&t, &b, &err), HZ_OK);
    assert_int_equal(b[MANY - 1].depth, MANY - 1);
    free(b);
    proc_table_free(&t);
}

static void users(void **state)
{
    (void)state;
    static const char text[] =
        "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n# no\n:x:5:5\nno:uid\nlate:x:07:1:\nbig:x:4294967296:0:\n"
        "sato:x:1000:1000:Sato Hanako:/home:/bin/sh\nlast:x:33:33:";
    struct proc_users u = { .text = BUF_INIT(PROC_USERS_BYTES) };
    struct hz_error err;
    buf_put(&u.text, text, sizeof text - 1);
    assert_int_equal(proc_users_parse(&u, &err), HZ_OK);
    assert_int_equal(u.count, 4);
    assert_memory_equal(proc_users_name(&u, 0).data, "root", 4);
    assert_int_equal(proc_users_name(&u, 1000).len, 4);
    assert_memory_equal(proc_users_name(&u, 33).data, "last", 4);
    assert_null(proc_users_name(&u, 7).data);
    assert_null(proc_users_name(&u, 5).data);
    proc_users_free(&u);
    assert_null(proc_users_name(&u, 0).data);
}

static void pids(void **state)
{
    (void)state;
    struct proc_pids p = { 0 };
    struct hz_error err;
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(proc_pids_add(&p, (i * 7) % 500, &err), HZ_OK);
    proc_pids_sort(&p);
    assert_int_equal(p.count, 500);
    assert_true(proc_pids_has(&p, 499) && proc_pids_has(&p, 0) && !proc_pids_has(&p, 500));
    proc_pids_free(&p);
    assert_false(proc_pids_has(&p, 0));
}

TEST_MAIN(cmocka_unit_test(parents_first), cmocka_unit_test(parents_with_higher_numbers),
          cmocka_unit_test(orphans_and_loops), cmocka_unit_test(deeper_than_is_drawn), cmocka_unit_test(users),
          cmocka_unit_test(pids))
