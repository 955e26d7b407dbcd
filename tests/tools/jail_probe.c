/* A library to be preloaded (LD_PRELOAD) into a program of ours. It looks around in each process that is about to enter
 * the jail (base/jail.h), and tries a deed in there.
 *   HOZEN_PROBE_REPORT   a file; appended to it: "enters PID", "PID fd N PATH", "PID limit NAME BYTES-OR-SECONDS",
 *                        "ended PID signal N", "ended PID exit N"
 *   HOZEN_PROBE          the deed. A process that comes back from a deed ends with 77; one whose deed was refused with
 *                        EPERM goes on */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define REACHED 77
#define DESCRIPTORS 256

__attribute__((format(printf, 1, 2))) static void report(const char *format, ...)
{
    const char *path = getenv("HOZEN_PROBE_REPORT");
    int fd = path != NULL ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    va_list arguments;

    if (fd < 0)
        return;
    va_start(arguments, format);
    vdprintf(fd, format, arguments);
    va_end(arguments);
    close(fd);
}

static void look_around(void)
{
    static const struct {
        const char *name;
        int resource;
    } limits[] = { { "cpu", RLIMIT_CPU }, { "memory", RLIMIT_AS } };
    int pid = getpid();

    report("enters %d\n", pid);
    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        char link[64], path[512] = "";
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (fcntl(fd, F_GETFD) >= 0 && readlink(link, path, sizeof path - 1) > 0)
            report("%d fd %d %s\n", pid, fd, path);
    }
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct rlimit is;
        if (getrlimit((enum __rlimit_resource)limits[i].resource, &is) == 0 && is.rlim_max != RLIM_INFINITY)
            report("%d limit %s %llu\n", pid, limits[i].name, (unsigned long long)is.rlim_max);
    }
}

/* --- the deeds: true when something was reached that must not be --- */

static bool map_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED || errno != 0;
}

static bool read_memory(void) /* of the parent, which holds keys and policy */
{
    char bytes[16];
    struct iovec own = { bytes, sizeof bytes }, other = { (void *)(uintptr_t)&environ, sizeof bytes };
    return process_vm_readv(getppid(), &own, 1, &other, 1, 0) >= 0 || errno != 0;
}

static bool look_at_name(void)
{
    struct stat st;
    return stat("/etc/passwd", &st) == 0 || errno != EPERM;
}

static bool take_memory(void) /* 3 GiB, where the child has a bound */
{
    return mmap(NULL, (size_t)3 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) !=
           MAP_FAILED;
}

static bool compute(void) /* without end, where the child has a bound */
{
    for (volatile uint64_t i = 0; i < UINT64_MAX; i++)
        ;
    return true;
}

static bool crash(void)
{
    raise(SIGSYS); /* itself a call that is not allowed */
    return true;
}

static bool do_deed(const char *deed)
{
    static const struct {
        const char *name;
        long call, a, b, c;
    } calls[] = {
        { "socket", SYS_socket, 2, 1, 0 },
        { "ptrace", SYS_ptrace, 16, 1, 0 },
        { "fork", SYS_clone, SIGCHLD, 0, 0 },
        { "duplicate", SYS_dup, 0, 0, 0 },
        { "limits", SYS_setrlimit, RLIMIT_NOFILE, 0, 0 },
        { "memfd", SYS_memfd_create, (long)(intptr_t) "x", 0, 0 },
        { "uring", 425, 1, 0, 0 },
        { "names", SYS_getdents64, 0, 0, 0 },
        { "namespace", SYS_unshare, 0x10000000, 0, 0 },
    };
    if (strcmp(deed, "open") == 0)
        return open("/etc/hostname", O_RDONLY | O_CLOEXEC) >= 0 || errno != 0;
    if (strcmp(deed, "exec") == 0)
        return execl("/bin/true", "true", (char *)NULL) != 0;
    if (strcmp(deed, "kill") == 0)
        return kill(getppid(), 0) == 0 || errno != 0;
    if (strcmp(deed, "code") == 0)
        return map_code();
    if (strcmp(deed, "parent") == 0)
        return read_memory();
    if (strcmp(deed, "name") == 0)
        return look_at_name();
    if (strcmp(deed, "memory") == 0)
        return take_memory();
    if (strcmp(deed, "compute") == 0)
        return compute();
    if (strcmp(deed, "crash") == 0)
        return crash();
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strcmp(deed, calls[i].name) == 0)
            return syscall(calls[i].call, calls[i].a, calls[i].b, calls[i].c) >= 0 || errno != 0;
    return true; /* no such deed */
}

/* --- in place of the C library's --- */

int prctl(int option, ...)
{
    unsigned long a[4];
    va_list arguments;

    va_start(arguments, option);
    for (size_t i = 0; i < 4; i++)
        a[i] = va_arg(arguments, unsigned long);
    va_end(arguments);
    if (option == PR_SET_NO_NEW_PRIVS && syscall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0)
        look_around();
    return (int)syscall(SYS_prctl, option, a[0], a[1], a[2], a[3]);
}

static long forward(long number, const long a[6])
{
    union {
        void *symbol;
        long (*function)(long number, ...);
    } real = { dlsym(RTLD_NEXT, "syscall") };

    return real.function(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

long syscall(long number, ...)
{
    const char *deed = getenv("HOZEN_PROBE");
    struct rlimit cpu = { RLIM_INFINITY, RLIM_INFINITY };
    va_list arguments;
    long a[6], rc;

    va_start(arguments, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(arguments, long);
    va_end(arguments);
    if (number == SYS_seccomp)
        getrlimit(RLIMIT_CPU, &cpu);
    rc = forward(number, a);
    if (number != SYS_seccomp || rc != 0 || deed == NULL)
        return rc;
    if (strcmp(deed, "compute") == 0 && cpu.rlim_max == RLIM_INFINITY)
        return rc;
    if (do_deed(deed))
        _exit(REACHED);
    return rc;
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    int how = 0;
    pid_t found = (pid_t)syscall(SYS_wait4, pid, &how, options, NULL);

    if (found > 0 && WIFSIGNALED(how))
        report("ended %d signal %d\n", (int)found, WTERMSIG(how));
    else if (found > 0 && WIFEXITED(how))
        report("ended %d exit %d\n", (int)found, WEXITSTATUS(how));
    if (found > 0 && status != NULL)
        *status = how;
    return found;
}
