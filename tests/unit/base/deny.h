/* Makes one system call fail in this process from now on: what full disks, odd file systems and old kernels do. */
#ifndef HZ_TESTS_DENY_H
#define HZ_TESTS_DENY_H

#include <seccomp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/test.h"

/* As a comparison of one argument for deny(): any call. */
#define DENY_ANY ((struct scmp_arg_cmp) { .arg = 0, .op = SCMP_CMP_NE, .datum_a = (scmp_datum_t)-12345 })

static inline void deny(int call, int sys_errno, struct scmp_arg_cmp when)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (filter == NULL || seccomp_rule_add(filter, SCMP_ACT_ERRNO((unsigned)sys_errno), call, 1, when) != 0 ||
        seccomp_load(filter) != 0)
        _exit(99);
    seccomp_release(filter);
}

/* Runs body in a child, since a filter cannot be taken off again; body gives 0 when all is as expected. */
static inline void in_child(int (*body)(void))
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(body());
    int raw = -1;
    assert_int_equal(waitpid(pid, &raw, 0), pid);
    assert_int_equal(raw, 0);
}

#endif
