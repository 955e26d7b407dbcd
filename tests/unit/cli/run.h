/* Runs a shell line and holds what it said. */
#ifndef HZ_TESTS_CLI_RUN_H
#define HZ_TESTS_CLI_RUN_H

#include "base/buf.h"

struct run {
    struct buf out; /* stdout and stderr */
    int status;
};

/* sh -c line, with HOZEN_* and PATH of the test's own environment, LANG=C. Fails the test when it cannot be run. */
void run_line(struct run *r, const char *line);
/* The same with bash. */
void run_bash(struct run *r, const char *line);
const char *run_text(struct run *r);
void run_free(struct run *r);

/* Status and text in one: the output must contain `expected`. */
#define run_expect(line, code, expected)                                                                               \
    do {                                                                                                               \
        struct run run_expected;                                                                                       \
        run_line(&run_expected, line);                                                                                 \
        if (run_expected.status != (code) || strstr(run_text(&run_expected), expected) == NULL)                        \
            fail_msg("%s\n  gave %d: %s", line, run_expected.status, run_text(&run_expected));                         \
        run_free(&run_expected);                                                                                       \
    } while (0)

#endif
