/* Why a library that few commands need cannot be loaded. */
#include "custody/lazy.h"

#include <string.h>
#include <sys/resource.h>

#include "tests/unit/test.h"

static void says_why(void **state)
{
    struct hz_error err = { 0 };
    struct rlimit before;

    (void)state;
    assert_int_equal(lazy_load("libnobody-has-this.so.9", &err), HZ_E_UNSUPPORTED);
    assert_non_null(strstr(err.text, "is not on this machine"));
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit) { 3, before.rlim_max }), 0);
    int rc = lazy_load(LAZY_ARCHIVE, &err);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(rc, HZ_E_IO);
    assert_non_null(strstr(err.text, "Too many open files"));
    assert_int_equal(lazy_load(LAZY_ARCHIVE, &err), HZ_OK);
}

TEST_MAIN(cmocka_unit_test(says_why))
