#include "collector/interrupt.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/unit/test.h"

static int in_child(void (*body)(void))
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        body();
        _exit(99);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void first(void)
{
    struct interrupt i;
    interrupt_begin(&i);
    if (interrupt_poll(&i))
        _exit(1);
    raise(SIGTERM);
    if (!interrupt_poll(&i) || !interrupt_poll(&i) || !i.happened)
        _exit(2);
    interrupt_end(&i);
    _exit(0);
}

/* What standard error then holds. */
static void said_in_json(void **state)
{
    (void)state;
    static const char want[] = "{\"schema\":\"hozen-interrupt/1\",\"state\":\"sealing\"}\n"
                               "{\"schema\":\"hozen-interrupt/1\",\"state\":\"abandoned\"}\n";
    char said[1000] = "";
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct interrupt i;
        dup2(ends[1], STDERR_FILENO);
        interrupt_json(true);
        interrupt_begin(&i);
        raise(SIGTERM);
        raise(SIGINT);
        _exit(99);
    }
    close(ends[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(read(ends[0], said, sizeof said - 1) > 0);
    close(ends[0]);
    assert_string_equal(said, want);
}

static void second(void)
{
    struct interrupt i;
    interrupt_begin(&i);
    raise(SIGINT);
    if (interrupt_poll(&i))
        raise(SIGTERM);
}

static void both_at_once(void)
{
    struct interrupt i;
    interrupt_begin(&i);
    raise(SIGINT);
    raise(SIGTERM);
    interrupt_poll(&i);
}

/* Nobody asks in between: one long file is being read. */
static void unasked(void)
{
    struct interrupt i;
    interrupt_begin(&i);
    raise(SIGINT);
    usleep(600000);
    raise(SIGINT);
}

/* As timeout(1), a terminal that goes away and the end of a service send them. */
static void one_event(void)
{
    static const int pairs[][2] = { { SIGTERM, SIGTERM }, { SIGHUP, SIGHUP }, { SIGTERM, SIGHUP }, { SIGINT, SIGINT } };
    for (size_t p = 0; p < sizeof pairs / sizeof pairs[0]; p++) {
        struct interrupt i;
        interrupt_begin(&i);
        raise(pairs[p][0]);
        raise(pairs[p][1]);
        if (!interrupt_poll(&i))
            _exit(2);
        signal(SIGINT, SIG_DFL); /* each of them begins anew */
        signal(SIGTERM, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
    }
    _exit(0);
}

/* A read that never answers does not hold the second one up; the first does not disturb it. */
static void stuck(void)
{
    struct interrupt i;
    int ends[2];
    char byte;
    alarm(120);
    interrupt_begin(&i);
    if (pipe(ends) != 0)
        _exit(1);
    pid_t self = getpid(), helper = fork();
    if (helper == 0) {
        for (int n = 0; n < 2; n++) {
            usleep(100000);
            kill(self, n == 0 ? SIGTERM : SIGINT); /* two of one kind could become one */
        }
        _exit(0);
    }
    _exit(read(ends[0], &byte, 1) == -1 ? 2 : 3);
}

/* It came too late to end anything early: what is finished is not taken back. */
static void too_late(void)
{
    struct interrupt i;
    interrupt_begin(&i);
    raise(SIGTERM);
    interrupt_end(&i);
    _exit(i.happened ? 0 : 1);
}

static void ignored(void)
{
    struct interrupt i;
    signal(SIGHUP, SIG_IGN);
    interrupt_begin(&i);
    raise(SIGHUP);
    _exit(interrupt_poll(&i) ? 1 : 0);
}

static void restored(void)
{
    struct interrupt i;
    interrupt_begin(&i);
    raise(SIGTERM);
    interrupt_poll(&i);
    interrupt_end(&i);
    raise(SIGTERM); /* let pass */
    raise(SIGTERM);
}

static void one_let_pass(void)
{
    struct interrupt i;
    interrupt_begin(&i);
    interrupt_end(&i);
    raise(SIGHUP);
    _exit(0);
}

static void signals(void **state)
{
    (void)state;
    assert_int_equal(in_child(first), 0);
    assert_int_equal(in_child(second), HZ_EXIT_FAILED);
    assert_int_equal(in_child(both_at_once), HZ_EXIT_FAILED);
    assert_int_equal(in_child(unasked), HZ_EXIT_FAILED);
    assert_int_equal(in_child(one_event), 0);
    assert_int_equal(in_child(stuck), HZ_EXIT_FAILED);
    assert_int_equal(in_child(too_late), 0);
    assert_int_equal(in_child(ignored), 0);
    assert_int_equal(in_child(one_let_pass), 0);
    assert_int_equal(in_child(restored), 128 + SIGTERM);
}

TEST_MAIN(cmocka_unit_test(signals), cmocka_unit_test(said_in_json))
