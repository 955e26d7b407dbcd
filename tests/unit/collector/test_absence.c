#include "collector/absence.h"

#include <errno.h>

#include "tests/unit/test.h"

static void classifies(void **state)
{
    (void)state;
    assert_int_equal(absence_status(ENOENT), W_VANISHED);
    assert_int_equal(absence_status(ESTALE), W_UNAVAILABLE); /* it may be there, under another handle */
    assert_int_equal(absence_status(EACCES), W_DENIED);
    assert_int_equal(absence_status(EPERM), W_DENIED);
    assert_int_equal(absence_status(ETIMEDOUT), W_TIMEOUT);
    assert_int_equal(absence_status(EAGAIN), W_UNAVAILABLE);
    assert_int_equal(absence_status(EIO), W_IO_ERROR);
    assert_int_equal(absence_status(EUCLEAN), W_IO_ERROR);
    assert_true(absence_is_ours(EMFILE) && absence_is_ours(ENOMEM) && absence_is_ours(ENFILE));
    assert_false(absence_is_ours(EIO) || absence_is_ours(0));
}

static void speaks(void **state)
{
    (void)state;
    assert_string_equal(absence_reason(EACCES), "Permission denied");
    assert_string_equal(absence_reason(0), "unknown error");
    assert_string_equal(absence_reason(99999), "unknown error");
    assert_string_equal(absence_name(W_OVER_BUDGET), "over-budget");
    for (int s = 0; s < ABSENCE_STATUSES; s++)
        assert_non_null(absence_name((enum w_absent_status)s));
}

TEST_MAIN(cmocka_unit_test(classifies), cmocka_unit_test(speaks))
