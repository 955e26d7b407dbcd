/* What every cmocka test includes, in the order that cmocka wants. */
#ifndef HZ_TESTS_TEST_H
#define HZ_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

/* Runs a table of tests; the exit status is the number of failures, 0..125. */
#define TEST_MAIN(...)                                                                                                 \
    int main(void)                                                                                                     \
    {                                                                                                                  \
        const struct CMUnitTest tests[] = { __VA_ARGS__ };                                                             \
        int failed = cmocka_run_group_tests(tests, NULL, NULL);                                                        \
        return failed > 125 ? 125 : failed;                                                                            \
    }

#endif
