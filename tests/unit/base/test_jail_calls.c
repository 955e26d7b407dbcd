/* Every system call that there is, tried from inside the jail, each in a process of its own. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io_open.h"
#include "base/jail.h"
#include "tests/unit/test.h"

#define CALLS 600       /* Linux 6.x has about 470 */
#define X32 0x40000000L /* the other calling convention that a 64-bit process can use */
#define REFUSED 101     /* the process lives, and got EPERM */
#define REACHED 102     /* it lives, and the kernel did something, if only look at nonsense */
#define KILLED (128 + SIGSYS)

/* What base/jail.h promises, and no more. A sanitizer's own are added to it. */
static const long lawful[] = {
    SYS_read,          SYS_write,     SYS_close,        SYS_lseek,          SYS_brk,          SYS_mmap,
    SYS_mprotect,      SYS_munmap,    SYS_mremap,       SYS_madvise,        SYS_fstat,        SYS_futex,
    SYS_clock_gettime, SYS_getrandom, SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_exit,         SYS_exit_group,
#ifdef HOZEN_SANITIZED
    SYS_getpid,        SYS_gettid,    SYS_sigaltstack,  SYS_sched_yield,    SYS_rt_sigaction,
#endif
};
static const long refused[] = { SYS_newfstatat, SYS_sched_getaffinity };

#ifdef __x86_64__
/* The kernel's own way back from probes that root has set (uretprobe, uprobe): no filter is asked about them, and from
 * anywhere but there they do nothing. */
static const long unfiltered[] = { 335, 336 };
#else
static const long unfiltered[] = { -1 };
#endif

static bool is_among(long call, const long *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == call)
            return true;
    return false;
}

/* rt_sigreturn takes registers off the stack: whoever calls it without a signal ends anywhere. It is allowed, and not
 * tried. */
static bool is_untold(long call)
{
    return call == SYS_rt_sigreturn || is_among(call, unfiltered, sizeof unfiltered / sizeof unfiltered[0]);
}

/* Arguments that do no harm: descriptor -1, sizes and flags 0. */
static int try_it(void *argument, int write_end)
{
    const long *call = argument;
    unsigned layers = 0;
    (void)write_end;
    if (jail_enter(&layers, NULL) != HZ_OK || (layers & JAIL_SECCOMP) == 0)
        return 100;
    long rc = syscall(*call, -1L, 0L, 0L, 0L, 0L, 0L);
    return rc == -1 && errno == EPERM ? REFUSED : REACHED;
}

static int outcome(long call)
{
    struct hz_error err;
    pid_t pid;
    int fd, status = -1;
    assert_int_equal(child_fork(try_it, &call, &pid, &fd, &err), HZ_OK);
    assert_int_equal(child_wait(pid, &status, &err), HZ_OK);
    io_close(&fd);
    return status;
}

static void only_the_lawful_calls_are_reached(void **state)
{
    size_t reached = 0;
    (void)state;
    for (long call = 0; call < CALLS; call++) {
        if (is_untold(call))
            continue;
        int status = outcome(call);
        bool expect = is_among(call, lawful, sizeof lawful / sizeof lawful[0]);
        bool asked = is_among(call, refused, sizeof refused / sizeof refused[0]);
        if (expect ? status == KILLED || status == REFUSED || status == 100 : status != (asked ? REFUSED : KILLED))
            fail_msg("system call %ld: status %d", call, status);
        reached += expect;
    }
    assert_int_equal(reached, sizeof lawful / sizeof lawful[0] - 1);
}

#ifdef __x86_64__
static void the_other_conventions_are_shut(void **state)
{
    static const long some[] = { 0, 1, 2, 3, 9, 39, 41, 57, 59, 101, 257, 322, 512, 520, 534, 547 };
    (void)state;
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++)
        assert_int_equal(outcome(X32 | some[i]), KILLED);
}

/* The convention of 32-bit programs, where the numbers mean other calls: 3 is read, 4 is write, 11 is execve. */
static int old_gate(void *argument, int write_end)
{
    long answer = *(const long *)argument;
    unsigned layers = 0;
    (void)write_end;
    if (jail_enter(&layers, NULL) != HZ_OK || (layers & JAIL_SECCOMP) == 0)
        return 100;
    __asm__ volatile("int $0x80" : "+a"(answer) : "b"(-1), "c"(0), "d"(0) : "memory");
    return REACHED;
}

static void the_old_gate_is_shut(void **state)
{
    (void)state;
    for (long call = 1; call < 20; call++) {
        struct hz_error err;
        pid_t pid;
        int fd, status = -1;
        assert_int_equal(child_fork(old_gate, &call, &pid, &fd, &err), HZ_OK);
        assert_int_equal(child_wait(pid, &status, &err), HZ_OK);
        io_close(&fd);
        /* SIGSEGV, or what a sanitizer makes of it: a kernel without that gate */
        if (status == REACHED || status == 100)
            fail_msg("32-bit system call %ld: status %d", call, status);
    }
}
#endif

TEST_MAIN(cmocka_unit_test(only_the_lawful_calls_are_reached)
#ifdef __x86_64__
              ,
          cmocka_unit_test(the_other_conventions_are_shut), cmocka_unit_test(the_old_gate_is_shut)
#endif
)
