#include "base/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "tests/unit/base/deny.h"
#include "tests/unit/base/folder.h"

typedef int deed(int fd);

/* Every layer; Landlock where the kernel was built and started with it. */
static unsigned layers_to_expect(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
    return abi >= 1 ? JAIL_ALL : JAIL_ALL & ~(unsigned)JAIL_LANDLOCK;
}

static int jailed(void *argument, int write_end)
{
    deed *const *what = argument;
    unsigned layers = 0, expected = layers_to_expect();
    int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    if (file < 0 || jail_enter(&layers, NULL) != HZ_OK || layers != expected)
        return 100;
    int rc = (*what)(file);
    if (io_write(write_end, &rc, sizeof rc, NULL) != HZ_OK)
        return 101;
    return rc;
}

static int outcome(deed *what)
{
    struct hz_error err;
    pid_t pid;
    int fd, status = -1;
    assert_int_equal(child_fork(jailed, &what, &pid, &fd, &err), HZ_OK);
    assert_int_equal(child_wait(pid, &status, &err), HZ_OK);
    io_close(&fd);
    return status;
}

static int lawful_work(int fd)
{
    char text[100];
    size_t got;
    struct timespec t;
    if (io_read(fd, text, sizeof text, &got, NULL) != HZ_OK || got == 0 || lseek(fd, 0, SEEK_SET) != 0)
        return 1;
    char *big = malloc(8 << 20); /* mmap, munmap, mremap */
    char *more = big == NULL ? NULL : realloc(big, 32 << 20);
    if (more == NULL)
        return 2;
    memset(more, 1, 32 << 20);
    free(more);
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0 || syscall(SYS_getrandom, text, sizeof text, 0) != sizeof text)
        return 3;
    struct stat st;
    if (syscall(SYS_fstat, fd, &st) != 0)
        return 4;
    close(fd);
    return 0;
}

static void lawful_work_goes_on(void **state)
{
    (void)state;
    assert_int_equal(outcome(lawful_work), 0);
}

/* Each of these must kill the process: a status of 128 + SIGSYS. */
static int open_file(int fd)
{
    (void)fd;
    return open("/etc/hostname", O_RDONLY | O_CLOEXEC) >= 0;
}

static int make_socket(int fd)
{
    (void)fd;
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static int run_program(int fd)
{
    (void)fd;
    return execl("/bin/true", "true", (char *)NULL);
}

static int fork_again(int fd)
{
    (void)fd;
    return fork() >= 0;
}

static int map_code(int fd)
{
    (void)fd;
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static int make_code(int fd)
{
    (void)fd;
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static int signal_parent(int fd)
{
    (void)fd;
    return kill(getppid(), SIGUSR1);
}

static int statx_file(int fd)
{
    struct statx st;
    return statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &st);
}

static int duplicate(int fd)
{
    return dup(fd) >= 0;
}

static int write_at(int fd)
{
    return ftruncate(fd, 0);
}

static void everything_else_kills(void **state)
{
    (void)state;
    static deed *const deeds[] = { open_file, make_socket,   run_program, fork_again, map_code,
                                   make_code, signal_parent, statx_file,  duplicate,  write_at };
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        print_message("deed %zu\n", i);
        assert_int_equal(outcome(deeds[i]), 128 + SIGSYS);
    }
}

static int look_at_names(int fd)
{
    struct stat st;
    (void)fd;
    if (stat("/etc/passwd", &st) == 0 || errno != EPERM)
        return 1;
    cpu_set_t processors;
    if (sched_getaffinity(0, sizeof processors, &processors) == 0 || errno != EPERM)
        return 3;
    return syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", &st, AT_EMPTY_PATH) == 0 ? 2 : 0;
}

static void names_outside_tell_nothing(void **state)
{
    (void)state;
    assert_int_equal(outcome(look_at_names), 0);
}

/* Tells that it runs, then waits until the jail is shut. */
struct worker {
    int running[2], shut[2];
    bool offend;
};

static void *work(void *argument)
{
    struct worker *w = argument;
    char byte;
    if (write(w->running[1], "r", 1) != 1 || read(w->shut[0], &byte, 1) != 1)
        return NULL;
    if (w->offend)
        return open("/etc/hostname", O_RDONLY | O_CLOEXEC) < 0 ? NULL : w;
    void *p = malloc(1000);
    free(p);
    return p == NULL ? NULL : w;
}

static int jail_with_worker(void *argument, int write_end)
{
    struct worker *w = argument;
    pthread_t thread;
    unsigned layers;
    void *result = NULL;
    char byte;
    (void)write_end;
    if (pipe(w->running) != 0 || pipe(w->shut) != 0 || pthread_create(&thread, NULL, work, w) != 0)
        return 100;
    if (read(w->running[0], &byte, 1) != 1 || jail_enter(&layers, NULL) != HZ_OK || write(w->shut[1], "x", 1) != 1)
        return 101;
    return pthread_join(thread, &result) == 0 && result != NULL ? 0 : 102;
}

/* On a kernel without seccomp the other layers must hold by themselves; so Landlock is seen at work. */
static int landlock_alone(void)
{
    unsigned layers = 0;
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
    struct sockaddr_in port = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) }, .sin_port = htons(9) };
    int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    deny(SCMP_SYS(prctl), EINVAL, (struct scmp_arg_cmp) { 0, SCMP_CMP_EQ, PR_GET_SECCOMP, 0 });
    if (jail_enter(&layers, NULL) != HZ_OK || layers != (JAIL_ALL & ~(unsigned)JAIL_SECCOMP))
        return 1;
    if (mkdir("new", 0700) == 0 || errno != EACCES || unlink("file") == 0 || errno != EACCES)
        return 2;
    if (rename("file", "dir/file") == 0 || link("file", "dir/file") == 0 || symlink("file", "link") == 0)
        return 3;
    if (abi >= 3 && (truncate("file", 0) == 0 || errno != EACCES))
        return 4;
    if (abi >= 4 && (connect(tcp, (const struct sockaddr *)&port, sizeof port) == 0 || errno != EACCES))
        return 5;
    return execl("/bin/true", "true", (char *)NULL) != 0 && errno == EACCES ? 0 : 6;
}

static void landlock_holds_by_itself(void **state)
{
    (void)state;
    if ((layers_to_expect() & JAIL_LANDLOCK) == 0)
        skip();
    folder_write("file", "x");
    assert_int_equal(mkdir("dir", 0700), 0);
    in_child(landlock_alone);
    folder_expect("file", "x");
}

static int outcome_with_worker(bool offend)
{
    struct hz_error err;
    struct worker w = { .offend = offend };
    pid_t pid;
    int fd, status = -1;
    assert_int_equal(child_fork(jail_with_worker, &w, &pid, &fd, &err), HZ_OK);
    assert_int_equal(child_wait(pid, &status, &err), HZ_OK);
    io_close(&fd);
    return status;
}

static void older_threads_are_bound(void **state)
{
    (void)state;
    assert_int_equal(outcome_with_worker(true), 128 + SIGSYS);
}

static void workers_may_allocate_and_end(void **state)
{
    (void)state;
    assert_int_equal(outcome_with_worker(false), 0);
}

/* The limits and flags, seen from the parent while the child waits. */
static int wait_for_parent(void *argument, int write_end)
{
    unsigned layers = 0;
    char byte;
    size_t got;
    if (jail_enter(&layers, NULL) != HZ_OK || io_write(write_end, "j", 1, NULL) != HZ_OK)
        return 100;
    return io_read(*(int *)argument, &byte, 1, &got, NULL) == HZ_OK ? 0 : 101;
}

static void limits_and_flags_are_set(void **state)
{
    (void)state;
    struct hz_error err;
    pid_t pid;
    int fd, hold[2], status = -1;
    char path[64], byte;
    size_t got;
    assert_int_equal(pipe2(hold, O_CLOEXEC), 0);
    assert_int_equal(child_fork(wait_for_parent, &hold[0], &pid, &fd, &err), HZ_OK);
    assert_int_equal(io_read(fd, &byte, 1, &got, &err), HZ_OK);
    static const int limits[] = { RLIMIT_NOFILE, RLIMIT_CORE, RLIMIT_NPROC };
    for (size_t i = 0; i < 3; i++) {
        struct rlimit is = { 1, 1 };
        assert_int_equal(prlimit(pid, (enum __rlimit_resource)limits[i], NULL, &is), 0);
        assert_int_equal(is.rlim_cur, 0);
        assert_int_equal(is.rlim_max, 0);
    }
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(8192);
    assert_int_equal(io_read_file(path, &b, &err), HZ_OK);
    assert_non_null(strstr(buf_text(&b), "NoNewPrivs:\t1\n"));
    assert_non_null(strstr(buf_text(&b), "Seccomp:\t2\n"));
    assert_int_equal(io_write(hold[1], "x", 1, &err), HZ_OK);
    assert_int_equal(child_wait(pid, &status, &err), HZ_OK);
    assert_int_equal(status, 0);
    io_close(&fd);
    io_close(&hold[0]);
    io_close(&hold[1]);
}

TEST_MAIN(FOLDER_TEST(landlock_holds_by_itself), cmocka_unit_test(lawful_work_goes_on),
          cmocka_unit_test(everything_else_kills), cmocka_unit_test(names_outside_tell_nothing),
          cmocka_unit_test(older_threads_are_bound), cmocka_unit_test(workers_may_allocate_and_end),
          cmocka_unit_test(limits_and_flags_are_set))
