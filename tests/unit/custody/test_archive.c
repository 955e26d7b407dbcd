/* The archive's schedule, and what a policy asks of a case's copies. */
#include "custody/archive_held.h"
#include "tests/unit/test.h"

#define HOUR 3600

static struct archive_copy copy(int64_t made, int64_t checked)
{
    return (
        struct archive_copy) { .made_at.seconds = made, .checked_at.seconds = checked, .was_checked = checked != made };
}

static bool due(int64_t checked_hours, int64_t now_hours, const struct r_policy_archive *policy)
{
    struct archive_copy c = copy(1000, 1000 + checked_hours * HOUR);

    return archive_held_due(&c, policy, (struct stamp) { 1000 + now_hours * HOUR, 0 });
}

/* A day after it was made, a quarter after, then every year. */
static void test_usual(void **state)
{
    static const struct {
        int64_t checked, now;
        bool due;
    } rows[] = {
        { 0, 0, false },        { 0, 23, false },        { 0, 24, true },        { 0, 100000, true },
        { 24, 25, false },      { 23, 25, true },        { 24, 2159, false },    { 24, 2160, true },
        { 2160, 8759, false },  { 2160, 8760, true },    { 8760, 17519, false }, { 8760, 17520, true },
        { 17519, 17520, true }, { 17520, 17521, false }, { 17520, 26280, true }, { 26280, 26281, false },
        { 5, -5, false }, /* a clock that was set back */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (due(rows[i].checked, rows[i].now, NULL) != rows[i].due)
            fail_msg("checked after %d h, looked at after %d h", (int)rows[i].checked, (int)rows[i].now);
}

static void test_of_policy(void **state)
{
    const struct r_policy_archive weekly = { .hours = { 168 }, .hour_count = 1 }, silent = { .copies = 2 };

    (void)state;
    assert_false(due(0, 167, &weekly));
    assert_true(due(0, 168, &weekly));
    assert_false(due(168, 335, &weekly));
    assert_true(due(168, 336, &weekly));
    assert_true(due(0, 24, &silent));
}

static void test_case(void **state)
{
    struct r_policy p;

    (void)state;
    assert_int_equal(r_policy_parse(&p,
                                    "{\"archive\":[{\"case\":\"A\",\"copies\":3},{\"check_hours\":[1,2],\"media\":2},"
                                    "{\"case\":\"B\",\"targets\":[\"/a\",\"/b\"]}]}",
                                    NULL),
                     HZ_OK);
    assert_int_equal(r_policy_archive_of(&p, "A")->copies, 3);
    assert_int_equal(r_policy_archive_of(&p, "B")->target_count, 2);
    assert_int_equal(r_policy_archive_of(&p, "C")->media, 2);
    assert_int_equal(r_policy_archive_of(&p, NULL)->hours[1], 2);
    r_policy_free(&p);
    assert_int_equal(r_policy_parse(&p, "{\"archive\":[{\"case\":\"A\"}]}", NULL), HZ_OK);
    assert_null(r_policy_archive_of(&p, "C"));
    assert_null(r_policy_archive_of(&p, NULL));
    r_policy_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_usual), cmocka_unit_test(test_of_policy),
                                        cmocka_unit_test(test_case) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
