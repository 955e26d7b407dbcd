#include "collector/observe.h"

#include "collector/run.h"
#include "tests/unit/test.h"

static struct run run;

static int begin(void **state)
{
    (void)state;
    memset(&run, 0, sizeof run);
    run.source = "kernel";
    return 0;
}

static int end(void **state)
{
    (void)state;
    observe_free(&run.observations);
    return 0;
}

static void see(const char *code, const void *subject, size_t len, const char *detail)
{
    struct hz_error err = { .code = HZ_OK };
    assert_int_equal(observe(&run, code, (struct w_bytes) { subject, len }, detail, &err), HZ_OK);
}

static void much_of_one_code_hides_no_other(void **state)
{
    (void)state;
    const struct observations *o = &run.observations;
    for (int i = 0; i < 100000; i++)
        see("one", "x", 1, "y");
    see("two", "last", 4, NULL);
    assert_int_equal(o->code_count, 2);
    assert_int_equal(o->count, OBSERVE_EACH + 1);
    assert_int_equal(o->dropped, 100000 - OBSERVE_EACH);
    assert_int_equal(o->codes[0].times, 100000);
    assert_int_equal(o->codes[1].times, 1);
    assert_int_equal(o->codes[1].first, OBSERVE_EACH);
    assert_memory_equal(o->list[o->codes[1].first].subject.data, "last", 4);
    assert_string_equal(o->list[0].source, "kernel");
}

static void long_subjects_stay_within_memory_and_the_first_is_kept(void **state)
{
    (void)state;
    static char path[OBSERVE_EACH_BYTES + 1];
    const struct observations *o = &run.observations;
    memset(path, 'a', sizeof path);
    see("long", path, sizeof path, NULL);
    see("long", "short", 5, NULL);
    see("many", path, OBSERVE_EACH_BYTES / 2, NULL);
    see("many", path, OBSERVE_EACH_BYTES / 2, NULL);
    see("many", path, 1, NULL);
    assert_int_equal(o->count, 3);
    assert_int_equal(o->list[0].subject.len, sizeof path);
    assert_int_equal(o->dropped, 2);
    assert_int_equal(o->codes[0].times, 2);
}

TEST_MAIN(cmocka_unit_test_setup_teardown(much_of_one_code_hides_no_other, begin, end),
          cmocka_unit_test_setup_teardown(long_subjects_stay_within_memory_and_the_first_is_kept, begin, end))
