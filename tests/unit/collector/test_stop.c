#include "collector/stop.h"

#include <unistd.h>

#include "tests/unit/test.h"

static void the_first_reason_stays(void **state)
{
    (void)state;
    struct stop s;
    stop_begin(&s, 0, NULL);
    assert_int_equal(stop_poll(&s), STOP_NONE);
    stop_set(&s, STOP_SIZE);
    stop_set(&s, STOP_SIGNAL);
    assert_int_equal(stop_poll(&s), STOP_SIZE);
}

static void deadlines(void **state)
{
    (void)state;
    struct stop s;
    stop_begin(&s, INT64_C(600000000000), NULL);
    assert_int_equal(stop_poll(&s), STOP_NONE);
    stop_begin(&s, INT64_C(50000000), NULL);
    usleep(60000);
    assert_int_equal(stop_poll(&s), STOP_TIMEOUT);
    stop_begin(&s, INT64_MAX, NULL); /* no overflow */
    assert_int_equal(stop_poll(&s), STOP_NONE);
}

static void signals(void **state)
{
    (void)state;
    struct stop s;
    struct interrupt i;
    interrupt_begin(&i);
    stop_begin(&s, 0, &i);
    assert_int_equal(stop_poll(&s), STOP_NONE);
    raise(SIGTERM);
    for (int n = 0; n < 100 && stop_poll(&s) == STOP_NONE; n++)
        usleep(1000);
    assert_int_equal(stop_poll(&s), STOP_SIGNAL);
    interrupt_end(&i);
}

static void words_for_the_record(void **state)
{
    (void)state;
    for (int why = STOP_SIGNAL; why <= STOP_NO_SPACE; why++)
        assert_true(strlen(stop_text((enum stop_reason)why)) > 10);
    assert_int_equal(stop_status(STOP_SIGNAL), W_TIMEOUT);
    assert_int_equal(stop_status(STOP_TIMEOUT), W_TIMEOUT);
    assert_int_equal(stop_status(STOP_SIZE), W_OVER_BUDGET);
    assert_int_equal(stop_status(STOP_NO_SPACE), W_OVER_BUDGET);
}

TEST_MAIN(cmocka_unit_test(the_first_reason_stays), cmocka_unit_test(deadlines), cmocka_unit_test(signals),
          cmocka_unit_test(words_for_the_record))
