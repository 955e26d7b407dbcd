#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/child_internal.h"
#include "base/io_open.h"
#include "base/lang.h"

int64_t child_now_ms(void)
{
    struct timespec t = { 0, 0 };
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int make_pipe(int ends[2], struct hz_error *err)
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot make a pipe"));
    return HZ_OK;
}

/* In the child: die with the parent. Asked for only when the main thread forks, since the kernel sends the signal when
 * the forking *thread* ends (prctl(2)). */
static void follow_parent(pid_t parent, bool main_thread)
{
    if (!main_thread)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
}

static pid_t fork_child(bool *in_child)
{
    pid_t parent = getpid();
    bool main_thread = gettid() == parent;
    pid_t pid = fork();
    *in_child = pid == 0;
    if (pid == 0)
        follow_parent(parent, main_thread);
    return pid;
}

static void close_gap(unsigned first, unsigned last)
{
    if (first <= last)
        close_range(first, last, 0);
}

/* Closes everything from 3 up that is neither kept nor the status pipe. */
static void close_others(const struct child_spec *spec, int status)
{
    unsigned from = 3;
    for (;;) {
        int next = status >= (int)from ? status : -1;
        for (size_t i = 0; i < spec->keep_count; i++) {
            if (spec->keep[i] >= (int)from && (next < 0 || spec->keep[i] < next))
                next = spec->keep[i];
        }
        if (next < 0)
            break;
        close_gap(from, (unsigned)next - 1);
        from = (unsigned)next + 1;
    }
    close_gap(from, ~0U);
}

static bool keep_open(const struct child_spec *spec)
{
    for (size_t i = 0; i < spec->keep_count; i++) {
        if (fcntl(spec->keep[i], F_SETFD, 0) != 0)
            return false;
    }
    return true;
}

static void default_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
}

/* Only async-signal-safe calls: the parent may have threads. error -1: stderr stays ours. Returns only on failure, with
 * errno. */
static void exec_in_child(const struct child_spec *spec, int out, int error, int status)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    setpgid(0, 0); /* so that a deadline reaches grandchildren too */
    default_signals();
    if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || (error >= 0 && dup2(error, 2) < 0) || !keep_open(spec))
        return;
    close_others(spec, status);
    union {
        const char *const *given;
        char *const *wanted;
    } argv = { spec->argv }, envp = { spec->envp }; /* execve(2) does not write to them */
    execve(spec->path, argv.wanted, envp.wanted);
}

static void report_errno(int status)
{
    int e = errno;
    while (write(status, &e, sizeof e) < 0 && errno == EINTR)
        ;
    _exit(127);
}

/* Waits until something can be read, HZ_E_TIMEOUT at the deadline. */
static int await(int fd, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline == CHILD_NEVER ? -1 : deadline - child_now_ms();
        if (deadline != CHILD_NEVER && left <= 0)
            return HZ_E_TIMEOUT;
        struct pollfd p = { .fd = fd, .events = POLLIN };
        int n = poll(&p, 1, left > 1000000 ? 1000000 : (int)left);
        if (n > 0)
            return HZ_OK;
        if (n < 0 && errno != EINTR)
            return HZ_E_IO;
    }
}

static int read_some(int fd, struct buf *out, size_t *got, struct hz_error *err)
{
    unsigned char chunk[16384];
    ssize_t n;
    do
        n = read(fd, chunk, sizeof chunk);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot read"));
    if (buf_put(out, chunk, (size_t)n) != HZ_OK)
        return buf_check(out, err);
    *got = (size_t)n;
    return HZ_OK;
}

static int drain(int fd, struct buf *out, int64_t deadline, struct hz_error *err)
{
    size_t got = 1;
    while (got > 0) {
        int rc = await(fd, deadline);
        if (rc == HZ_E_TIMEOUT)
            return hz_error_set(err, rc, _("not done in time"));
        if (rc == HZ_OK)
            rc = read_some(fd, out, &got, err);
        else
            hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot wait"));
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

static int status_of(int raw)
{
    return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

int child_wait(pid_t pid, int *exit_status, struct hz_error *err)
{
    int raw;
    while (waitpid(pid, &raw, 0) < 0) {
        if (errno != EINTR)
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot wait for a child process"));
    }
    *exit_status = status_of(raw);
    return HZ_OK;
}

int child_wait_until(pid_t pid, int64_t deadline, int *exit_status, struct hz_error *err)
{
    if (deadline == CHILD_NEVER)
        return child_wait(pid, exit_status, err);
    for (;;) {
        int raw;
        pid_t n = waitpid(pid, &raw, WNOHANG);
        if (n == pid) {
            *exit_status = status_of(raw);
            return HZ_OK;
        }
        if (n < 0 && errno != EINTR)
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot wait for a child process"));
        if (child_now_ms() >= deadline)
            return hz_error_set(err, HZ_E_TIMEOUT, _("not done in time"));
        nanosleep(&(struct timespec) { 0, 2000000 }, NULL);
    }
}

/* The errno of a failed exec comes through the status pipe; a successful exec closes it. */
int child_check_started(int status, int64_t deadline, struct hz_error *err)
{
    int failure = 0;
    ssize_t n;
    if (await(status, deadline) == HZ_E_TIMEOUT)
        return hz_error_set(err, HZ_E_TIMEOUT, _("not done in time"));
    do
        n = read(status, &failure, sizeof failure);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)sizeof failure)
        return hz_error_sys(err, hz_error_class(failure), failure, "%s", _("cannot run"));
    return HZ_OK;
}

void child_kill_group(pid_t pid)
{
    kill(-pid, SIGKILL);
    child_kill(pid);
}

static void close_pipes(int pipes[3][2])
{
    for (size_t i = 0; i < 3; i++) {
        io_close(&pipes[i][0]);
        io_close(&pipes[i][1]);
    }
}

static int make_pipes(int pipes[3][2], bool with_error, struct hz_error *err)
{
    int rc = make_pipe(pipes[0], err);
    if (rc == HZ_OK)
        rc = make_pipe(pipes[1], err);
    if (rc == HZ_OK && with_error)
        rc = make_pipe(pipes[2], err);
    return rc;
}

int child_launch(const struct child_spec *spec, bool with_error, struct child_running *out, struct hz_error *err)
{
    int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } }; /* of stdout, the status, stderr */
    bool in_child;
    int rc = make_pipes(pipes, with_error, err);
    if (rc != HZ_OK) {
        close_pipes(pipes);
        return rc;
    }
    pid_t pid = fork_child(&in_child);
    if (in_child) {
        exec_in_child(spec, pipes[0][1], pipes[2][1], pipes[1][1]);
        report_errno(pipes[1][1]);
    }
    if (pid < 0) {
        rc = hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot start a child process"));
    } else {
        *out = (struct child_running) { .pid = pid, .out = pipes[0][0], .status = pipes[1][0], .error = pipes[2][0] };
        pipes[0][0] = pipes[1][0] = pipes[2][0] = -1;
    }
    close_pipes(pipes);
    return rc;
}

void child_running_close(struct child_running *c)
{
    io_close(&c->out);
    io_close(&c->status);
    io_close(&c->error);
}

static int run_to_end(const struct child_running *c, struct buf *out, unsigned timeout, int *exit_status,
                      struct hz_error *err)
{
    int64_t deadline = timeout == 0 ? CHILD_NEVER : child_now_ms() + (int64_t)timeout * 1000;
    int rc = child_check_started(c->status, deadline, err);
    if (rc == HZ_OK)
        rc = drain(c->out, out, deadline, err);
    if (rc == HZ_OK)
        rc = child_wait_until(c->pid, deadline, exit_status, err);
    if (rc != HZ_OK)
        child_kill_group(c->pid);
    return rc;
}

int child_run(const struct child_spec *spec, struct buf *out, int *exit_status, struct hz_error *err)
{
    struct child_running c;
    int rc = child_launch(spec, false, &c, err);
    if (rc == HZ_OK) {
        rc = run_to_end(&c, out, spec->timeout_seconds, exit_status, err);
        child_running_close(&c);
    }
    return rc == HZ_OK ? HZ_OK : hz_error_context(err, "%s", spec->path);
}

int child_fork(child_body *body, void *argument, pid_t *pid, int *read_end, struct hz_error *err)
{
    int ends[2];
    int rc = make_pipe(ends, err);
    if (rc != HZ_OK)
        return rc;
    bool in_child;
    pid_t forked = fork_child(&in_child);
    if (in_child) {
        io_close(&ends[0]);
        _exit(body(argument, ends[1]));
    }
    int e = errno;
    io_close(&ends[1]);
    if (forked < 0) {
        io_close(&ends[0]);
        return hz_error_sys(err, HZ_E_IO, e, "%s", _("cannot start a child process"));
    }
    *pid = forked;
    *read_end = ends[0];
    return HZ_OK;
}

int child_await(int read_end, unsigned seconds, struct hz_error *err)
{
    int rc = await(read_end, child_now_ms() + (int64_t)seconds * 1000);
    if (rc == HZ_E_TIMEOUT)
        return hz_error_set(err, rc, _("not done in time"));
    return rc == HZ_OK ? HZ_OK : hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot wait"));
}

void child_close_others(int keep, int keep_too)
{
    unsigned low = (unsigned)(keep < keep_too ? keep : keep_too);
    unsigned high = (unsigned)(keep < keep_too ? keep_too : keep);
    if (low > 0)
        close_gap(0, low - 1);
    if (high > low)
        close_gap(low + 1, high - 1);
    close_gap(high + 1, ~0U);
}

int child_kill(pid_t pid)
{
    int raw = 0;
    pid_t n;
    kill(pid, SIGKILL);
    while ((n = waitpid(pid, &raw, 0)) < 0 && errno == EINTR)
        ;
    return n == pid ? status_of(raw) : -1;
}

/* Above our own exit codes, below 127, which stands for a program that could not be run. */
#define UNHEARD 64
#define UNHEARD_MOST 62

int child_unheard(int sys_errno)
{
    return sys_errno > 0 && sys_errno <= UNHEARD_MOST ? UNHEARD + sys_errno : HZ_EXIT_FAILED;
}

int child_unheard_errno(int exit_status)
{
    return exit_status > UNHEARD && exit_status <= UNHEARD + UNHEARD_MOST ? exit_status - UNHEARD : 0;
}

int child_sibling(const char *name, char **path, struct hz_error *err)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len < 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot tell where this program stands (is /proc mounted?)"));
    self[len] = '\0';
    char *slash = strrchr(self, '/');
    if (slash == NULL)
        return hz_error_set(err, HZ_E_IO, _("cannot tell where this program stands (is /proc mounted?)"));
    *slash = '\0';
    char *joined;
    if (asprintf(&joined, "%s/%s", self, name) < 0)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (access(joined, X_OK) != 0) {
        int e = errno;
        free(joined);
        return hz_error_sys(err, hz_error_class(e), e, _("%s does not stand beside this program in %s"), name, self);
    }
    *path = joined;
    return HZ_OK;
}
