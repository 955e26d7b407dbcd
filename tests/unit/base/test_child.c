#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "tests/unit/test.h"

static const char *const no_environment[] = { "GREETING=hello", NULL };

static int shell(const char *script, struct buf *out, unsigned timeout, int *status, struct hz_error *err)
{
    const char *const argv[] = { "sh", "-c", script, NULL };
    const struct child_spec spec = {
        .path = "/bin/sh", .argv = argv, .envp = no_environment, .timeout_seconds = timeout
    };
    return child_run(&spec, out, status, err);
}

static void output_and_status(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1000);
    struct hz_error err;
    int status = -1;
    assert_int_equal(shell("echo $GREETING $HOME; cat; exit 7", &out, 0, &status, &err), HZ_OK);
    assert_string_equal(buf_text(&out), "hello\n"); /* only what we gave; stdin is empty */
    assert_int_equal(status, 7);
    assert_int_equal(shell("kill -TERM $$", &out, 20, &status, &err), HZ_OK);
    assert_int_equal(status, 128 + SIGTERM);
}

static void output_is_bounded(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1000);
    struct hz_error err;
    int status = -1;
    assert_int_equal(shell("while :; do echo xxxxxxxxxxxxxxxx; done", &out, 20, &status, &err), HZ_E_LIMIT);
    assert_string_equal(err.text, "/bin/sh: more than 1000 bytes");
    assert_int_equal(status, -1);
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Also one that closed its output, and one whose grandchild holds it. */
static void deadlines_hold(void **state)
{
    (void)state;
    static const char *const scripts[] = { "sleep 60", "exec >&-; sleep 60", "sleep 60 & exit 0",
                                           "trap '' TERM; sleep 60" };
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1000);
        struct hz_error err;
        int status = -1;
        double start = seconds_now();
        assert_int_equal(shell(scripts[i], &out, 1, &status, &err), HZ_E_TIMEOUT);
        assert_true(seconds_now() - start >= 0.9 && seconds_now() - start < 20);
        assert_int_equal(status, -1);
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* all reaped */
    assert_int_equal(errno, ECHILD);
}

static void programs_that_do_not_start(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1000);
    struct hz_error err;
    int status = -1;
    const char *const argv[] = { "x", NULL };
    struct child_spec spec = { .path = "/nonexistent/x", .argv = argv, .envp = no_environment };
    assert_int_equal(child_run(&spec, &out, &status, &err), HZ_E_NOTFOUND);
    assert_string_equal(err.text, "/nonexistent/x: cannot run: No such file or directory");
    spec.path = "/etc/passwd";
    assert_int_equal(child_run(&spec, &out, &status, &err), HZ_E_DENIED);
    const int not_open = 999;
    spec.path = "/bin/true";
    spec.keep = &not_open;
    spec.keep_count = 1;
    assert_int_equal(child_run(&spec, &out, &status, &err), HZ_E_IO);
    assert_int_equal(err.sys_errno, EBADF);
    assert_int_equal(status, -1);
}

static void only_kept_descriptors_are_there(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1000);
    struct hz_error err;
    int status;
    const int first = open("/dev/null", O_RDONLY | O_CLOEXEC);
    /* kept: 3, 200, 201 and 210, given out of order; leaked, since not close-on-exec: 199, 202, 250 */
    static const int wanted[] = { 3, 200, 201, 210 }, leaked[] = { 199, 202, 250 }, keep[] = { 201, 3, 210, 200 };
    for (size_t i = 0; i < 4; i++)
        assert_true(dup3(first, wanted[i], O_CLOEXEC) >= 0 || first == wanted[i]);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(dup2(first, leaked[i]), leaked[i]);
    const char *const argv[] = { "sh", "-c", "cd /proc/self/fd; for f in *; do [ $f -gt 2 -a -e $f ] && echo $f; done",
                                 NULL };
    const struct child_spec spec = {
        .path = "/bin/sh", .argv = argv, .envp = no_environment, .keep = keep, .keep_count = 4, .timeout_seconds = 20
    };
    assert_int_equal(child_run(&spec, &out, &status, &err), HZ_OK);
    const char *text = buf_text(&out);
    assert_non_null(text = strstr(text, "200\n201\n210\n3\n"));
    assert_ptr_equal(text, buf_text(&out));
    for (size_t i = 0; i < 3; i++) {
        close(leaked[i]);
        close(wanted[i + 1]);
    }
    close(first);
}

static int answer(void *argument, int write_end)
{
    const char *text = argument;
    return io_write(write_end, text, strlen(text), NULL) == HZ_OK ? 5 : 6;
}

static int hang(void *argument, int write_end)
{
    (void)argument, (void)write_end;
    while (pause() < 0) /* it returns nothing else */
        ;
    return 0;
}

static void forked_bodies(void **state)
{
    (void)state;
    struct hz_error err;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(100);
    char text[] = "from the child";
    pid_t pid;
    int fd, status = -1;
    assert_int_equal(child_fork(answer, text, &pid, &fd, &err), HZ_OK);
    assert_int_equal(child_await(fd, 60, &err), HZ_OK);
    assert_int_equal(io_read_all(fd, &out, &err), HZ_OK); /* ends: nobody else holds the writing end */
    assert_int_equal(child_wait(pid, &status, &err), HZ_OK);
    assert_int_equal(status, 5);
    assert_string_equal(buf_text(&out), "from the child");
    io_close(&fd);
    assert_int_equal(child_wait(pid, &status, &err), HZ_E_IO);
    assert_int_equal(child_fork(hang, NULL, &pid, &fd, &err), HZ_OK);
    assert_int_equal(child_await(fd, 1, &err), HZ_E_TIMEOUT);
    assert_int_equal(child_kill(pid), 128 + SIGKILL);
    assert_int_equal(kill(pid, 0), -1);
    io_close(&fd);
}

static int nobody_hears(void *argument, int write_end)
{
    struct hz_error err = { .code = HZ_OK };
    (void)write_end;
    return io_write(*(int *)argument, "", 1, &err) == HZ_OK ? 0 : child_unheard(err.sys_errno);
}

static void reasons_of_an_end(void **state)
{
    static const int others[] = { HZ_EXIT_OK, HZ_EXIT_FAILED, HZ_EXIT_PARTIAL, 64, 127, 128 + SIGKILL, -1 };
    (void)state;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC), fd, status = -1;
    pid_t pid;
    assert_true(full >= 0);
    assert_int_equal(child_fork(nobody_hears, &full, &pid, &fd, NULL), HZ_OK);
    assert_int_equal(child_wait(pid, &status, NULL), HZ_OK);
    assert_int_equal(child_unheard_errno(status), ENOSPC);
    assert_int_equal(child_unheard(0), HZ_EXIT_FAILED);
    assert_int_equal(child_unheard(1000), HZ_EXIT_FAILED);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(child_unheard_errno(others[i]), 0);
    io_close(&fd);
    io_close(&full);
}

/* A parent that is killed takes its children along. */
static int parent_that_is_killed(void *argument, int write_end)
{
    pid_t pid;
    int fd;
    (void)argument;
    if (child_fork(hang, NULL, &pid, &fd, NULL) != HZ_OK || io_write(write_end, &pid, sizeof pid, NULL) != HZ_OK)
        return 1;
    return hang(NULL, write_end);
}

static void children_do_not_outlive_us(void **state)
{
    (void)state;
    struct hz_error err;
    pid_t parent, grandchild = 0;
    size_t got;
    int fd;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    assert_int_equal(child_fork(parent_that_is_killed, NULL, &parent, &fd, &err), HZ_OK);
    assert_int_equal(io_read(fd, &grandchild, sizeof grandchild, &got, &err), HZ_OK);
    assert_int_equal(got, sizeof grandchild);
    child_kill(parent);
    int raw = 0;
    assert_int_equal(waitpid(grandchild, &raw, 0), grandchild);
    assert_true((WIFSIGNALED(raw) && WTERMSIG(raw) == SIGKILL) ||
                WEXITSTATUS(raw) == 127); /* 127: killed before it began */
    io_close(&fd);
}

static void siblings(void **state)
{
    (void)state;
    struct hz_error err;
    char *path = NULL;
    assert_int_equal(child_sibling("test_base_child", &path, &err), HZ_OK);
    assert_int_equal(path[0], '/');
    assert_non_null(strstr(path, "/tests/test_base_child"));
    free(path);
    path = NULL;
    assert_int_equal(child_sibling("no-such-program", &path, &err), HZ_E_NOTFOUND);
    assert_non_null(strstr(err.text, "no-such-program does not stand beside this program in /"));
    assert_null(path);
}

TEST_MAIN(cmocka_unit_test(output_and_status), cmocka_unit_test(output_is_bounded), cmocka_unit_test(deadlines_hold),
          cmocka_unit_test(programs_that_do_not_start), cmocka_unit_test(only_kept_descriptors_are_there),
          cmocka_unit_test(forked_bodies), cmocka_unit_test(reasons_of_an_end),
          cmocka_unit_test(children_do_not_outlive_us), cmocka_unit_test(siblings))
