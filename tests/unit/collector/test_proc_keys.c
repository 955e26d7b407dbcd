#include "collector/processes/proc_keys.h"

#include <stdio.h>

#include "tests/unit/test.h"

static char seen[1000];

static int note(void *context, const struct key_change *change, struct hz_error *err)
{
    unsigned pid = 0;
    (void)context;
    (void)err;
    for (const char *p = strchr(change->text.data, ' ') + 1; *p >= '0' && *p <= '9'; p++)
        pid = pid * 10 + (unsigned)(*p - '0');
    size_t used = strlen(seen);
    snprintf(seen + used, sizeof seen - used, "%c%u ", change->appeared ? '+' : '-', pid);
    return HZ_OK;
}

/* The keys of a table of processes 1 to `last` but one, of which `not_begun` were not looked at. */
static void make(struct keys *k, uint32_t last, uint32_t without, uint32_t own, uint64_t not_begun)
{
    struct proc list[10] = { 0 };
    struct proc *pointers[10];
    struct proc_users users = { .text = BUF_INIT(1) };
    struct proc_table t = { .list = pointers, .not_begun = not_begun, .files = { .own = own } };
    struct hz_error err;
    for (uint32_t pid = 1; pid <= last; pid++) {
        if (pid == without)
            continue;
        list[t.count] = (struct proc) { .pid = pid, .views = PROC_VIEW_LIST, .stat = { .comm = "x", .comm_len = 1 } };
        pointers[t.count] = &list[t.count];
        t.count++;
    }
    assert_int_equal(proc_keys_add(k, &t, &users, &err), HZ_OK);
}

static const char *compare(uint64_t before_not_begun, uint64_t after_not_begun)
{
    struct keys before = { 0 }, after = { 0 };
    struct hz_error err;
    seen[0] = '\0';
    make(&before, 5, 2, 0, before_not_begun);
    make(&after, 5, 4, 0, after_not_begun);
    assert_int_equal(keys_compare(&before, &after, note, NULL, &err), HZ_OK);
    keys_free(&before);
    keys_free(&after);
    return seen;
}

/* What a look that was cut short did not get to has neither come nor gone. */
static void a_look_that_was_cut_short_denies_nothing(void **state)
{
    (void)state;
    assert_string_equal(compare(0, 0), "+2 -4 ");
    assert_string_equal(compare(0, 3), "+2 ");
    assert_string_equal(compare(1, 0), "-4 ");
}

static void this_program_is_not_among_them(void **state)
{
    struct keys k = { 0 };
    (void)state;
    make(&k, 5, 0, 3, 0);
    assert_int_equal(k.count, 4);
    keys_free(&k);
}

TEST_MAIN(cmocka_unit_test(a_look_that_was_cut_short_denies_nothing), cmocka_unit_test(this_program_is_not_among_them))
