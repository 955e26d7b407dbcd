#include "base/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <malloc.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/lang.h"

/* Every right of landlock(7) up to ABI 5, by the ABI that brought them; the headers of Debian 12 end at ABI 2. */
#define FS_ABI1 UINT64_C(0x1fff)
#define FS_ABI2 (UINT64_C(1) << 13)
#define FS_ABI3 (UINT64_C(1) << 14)
#define FS_ABI5 (UINT64_C(1) << 15)
#define NET_ABI4 UINT64_C(3)

/* struct landlock_ruleset_attr as of ABI 4 (landlock(7)); earlier kernels take its first 8 bytes. */
struct ruleset {
    uint64_t fs;
    uint64_t net;
};

static long landlock_abi(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* A ruleset without a rule: everything it handles is denied. */
static bool enter_landlock(void)
{
    long abi = landlock_abi();
    if (abi < 1)
        return false;
    struct ruleset rules = { FS_ABI1, 0 };
    rules.fs |= abi >= 2 ? FS_ABI2 : 0;
    rules.fs |= abi >= 3 ? FS_ABI3 : 0;
    rules.fs |= abi >= 5 ? FS_ABI5 : 0;
    rules.net = abi >= 4 ? NET_ABI4 : 0;
    int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, abi >= 4 ? sizeof rules : sizeof rules.fs, 0);
    if (fd < 0)
        return false;
    bool done = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    close(fd);
    return done;
}

static bool limit(__rlimit_resource_t resource)
{
    return setrlimit(resource, &(struct rlimit) { 0, 0 }) == 0;
}

/* No new descriptor (open ones stay usable), no core file with evidence in it, no new process. */
static bool enter_rlimits(void)
{
    bool files = limit(RLIMIT_NOFILE);
    bool core = limit(RLIMIT_CORE);
    return limit(RLIMIT_NPROC) && files && core;
}

static const int allowed[] = {
    SCMP_SYS(read),           SCMP_SYS(write),         SCMP_SYS(close),
    SCMP_SYS(lseek),          SCMP_SYS(brk),           SCMP_SYS(munmap),
    SCMP_SYS(mremap),         SCMP_SYS(fstat),         SCMP_SYS(madvise),
    SCMP_SYS(futex),          SCMP_SYS(getrandom),     SCMP_SYS(rt_sigreturn),
    SCMP_SYS(exit),           SCMP_SYS(clock_gettime), SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigprocmask), /* glibc blocks signals while a thread ends */
#ifdef HOZEN_SANITIZED
    SCMP_SYS(getpid),         SCMP_SYS(gettid),        SCMP_SYS(sigaltstack),
    SCMP_SYS(sched_yield),    SCMP_SYS(rt_sigaction),
#endif
};

/* Asked by the C library without need (stdio for a buffer size, malloc for the number of processors): refused, not
 * fatal. newfstatat would tell about files outside, which Landlock does not hide. */
static const int refused[] = { SCMP_SYS(newfstatat), SCMP_SYS(sched_getaffinity) };

static int add_rules(scmp_filter_ctx filter)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof allowed / sizeof allowed[0]; i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; rc == 0 && i < sizeof refused / sizeof refused[0]; i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    const struct scmp_arg_cmp not_executable = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    if (rc == 0)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, not_executable);
    if (rc == 0)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_executable);
    return rc;
}

static int enter_seccomp(struct hz_error *err)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    int rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (rc == 0)
        rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (rc == 0)
        rc = add_rules(filter);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    if (rc != 0)
        return hz_error_sys(err, HZ_E_IO, -rc, "%s", _("cannot load the system call filter"));
    return HZ_OK;
}

static bool has_seccomp(void)
{
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0; /* EINVAL: this kernel has none */
}

void jail_prepare(unsigned *layers)
{
    *layers = 0;
    mallopt(M_ARENA_MAX, 1); /* a second one opens a file below /proc when it shrinks (glibc 2.36, malloc/arena.c) */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        *layers |= JAIL_NO_NEW_PRIVS;
    if (enter_landlock())
        *layers |= JAIL_LANDLOCK;
}

int jail_enter(unsigned *layers, struct hz_error *err)
{
    unsigned got;
    jail_prepare(&got);
    if (enter_rlimits())
        got |= JAIL_RLIMITS;
    if (has_seccomp()) {
        int rc = enter_seccomp(err);
        if (rc != HZ_OK)
            return rc;
        got |= JAIL_SECCOMP;
    }
    *layers = got;
    return HZ_OK;
}

void jail_bound_memory(size_t most)
{
#ifdef HOZEN_SANITIZED
    (void)most;
#else
    setrlimit(RLIMIT_DATA, &(struct rlimit) { most, most });
#endif
}

unsigned jail_offered(void)
{
    unsigned layers = JAIL_RLIMITS;
    layers |= prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0 ? JAIL_NO_NEW_PRIVS : 0;
    layers |= landlock_abi() >= 1 ? JAIL_LANDLOCK : 0;
    layers |= has_seccomp() ? JAIL_SECCOMP : 0;
    return layers;
}

void jail_missing(unsigned layers, struct buf *out)
{
    static const struct {
        unsigned layer;
        const char *name;
    } names[] = {
        { JAIL_NO_NEW_PRIVS, "no-new-privs" },
        { JAIL_LANDLOCK, "landlock" },
        { JAIL_RLIMITS, "rlimits" },
        { JAIL_SECCOMP, "seccomp" },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if ((layers & names[i].layer) == 0)
            buf_printf(out, "%s%s", out->len > 0 ? ", " : "", names[i].name);
}
