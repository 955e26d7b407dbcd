#include "base/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <malloc.h>
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

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#else
#error "the filter of system calls knows x86-64, aarch64 and riscv64; name yours (linux/audit.h)"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define END(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define ALLOW(call) IS(SYS_##call, 0, 1), END(SECCOMP_RET_ALLOW)
#define REFUSE(call) IS(SYS_##call, 0, 1), END(SECCOMP_RET_ERRNO | EPERM)

/* A constant, not made by a library when it is needed: libseccomp 2.5 crashes or loops where memory is short. */
static const struct sock_filter filter[] = {
    LOAD(arch),
    IS(ARCHITECTURE, 1, 0),
    END(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    ALLOW(read),
    ALLOW(write),
    ALLOW(close),
    ALLOW(lseek),
    ALLOW(brk),
    ALLOW(munmap),
    ALLOW(mremap),
    ALLOW(fstat),
    ALLOW(madvise),
    ALLOW(futex),
    ALLOW(getrandom),
    ALLOW(rt_sigreturn),
    ALLOW(exit),
    ALLOW(clock_gettime),
    ALLOW(exit_group),
    ALLOW(rt_sigprocmask), /* glibc blocks signals while a thread ends */
#ifdef HOZEN_SANITIZED
    ALLOW(getpid),
    ALLOW(gettid),
    ALLOW(sigaltstack),
    ALLOW(sched_yield),
    ALLOW(rt_sigaction),
#endif
    /* Asked by the C library without need (stdio for a buffer size, malloc for the number of processors): refused, not
     * fatal. newfstatat would tell about files outside, which Landlock does not hide. */
    REFUSE(newfstatat),
    REFUSE(sched_getaffinity),
    /* Nothing that could be executed. */
    IS(SYS_mmap, 1, 0),
    IS(SYS_mprotect, 0, 3),
    LOAD(args[2]), /* its lower half: all of these are little-endian */
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),
    END(SECCOMP_RET_ALLOW),
    END(SECCOMP_RET_KILL_PROCESS),
};

static int enter_seccomp(struct hz_error *err)
{
    struct sock_fprog program = { sizeof filter / sizeof filter[0], (struct sock_filter *)(uintptr_t)filter };
    long rc = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);

    if (rc < 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot load the system call filter"));
    if (rc > 0) /* a thread that has another filter */
        return hz_error_sys(err, HZ_E_IO, EBUSY, "%s", _("cannot load the system call filter"));
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
