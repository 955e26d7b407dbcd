#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fault.h"

#define IO FAULT_EIO
#define SPACE FAULT_ENOSPC
#define INTR FAULT_EINTR
#define CUT FAULT_CUT
#define MEM FAULT_ENOMEM
#define FILES FAULT_EMFILE
#define DENY FAULT_EACCES
#define NONE FAULT_ENOSYS
#define LATE FAULT_LATE

static const struct fault_call calls[] = {
    { SYS_read, "read", IO | INTR | FAULT_SHORT, 0, -1 },
    { SYS_pread64, "pread64", IO | INTR | FAULT_SHORT, 0, -1 },
    { SYS_readv, "readv", IO | INTR, 0, -1 },
    { SYS_preadv2, "preadv2", IO | INTR | NONE, 0, -1 },
    { SYS_write, "write", IO | SPACE | INTR | FAULT_SHORT | CUT | LATE, 0, -1 },
    { SYS_pwrite64, "pwrite64", IO | SPACE | INTR | FAULT_SHORT | CUT | LATE, 0, -1 },
    { SYS_writev, "writev", IO | SPACE | INTR | CUT | LATE, 0, -1 },
    { SYS_pwritev, "pwritev", IO | SPACE | INTR | CUT, 0, -1 },
    { SYS_pwritev2, "pwritev2", IO | SPACE | INTR | CUT, 0, -1 },
    { SYS_copy_file_range, "copy_file_range", IO | SPACE | NONE | CUT, 2, -1 },
    { SYS_sendfile, "sendfile", IO | SPACE | CUT, 0, -1 },
    { SYS_splice, "splice", IO | SPACE | CUT, 2, -1 },
    { SYS_open, "open", IO | SPACE | INTR | MEM | FILES | DENY | CUT, -1, 0 },
    { SYS_openat, "openat", IO | SPACE | INTR | MEM | FILES | DENY | CUT, 0, 1 },
    { SYS_openat2, "openat2", IO | SPACE | MEM | FILES | DENY | NONE | CUT, 0, 1 },
    { SYS_creat, "creat", IO | SPACE | MEM | FILES | DENY | CUT, -1, 0 },
    { SYS_close, "close", IO | SPACE | INTR, 0, -1 },
    { SYS_fsync, "fsync", IO | SPACE | INTR | CUT | LATE, 0, -1 },
    { SYS_fdatasync, "fdatasync", IO | SPACE | INTR | CUT | LATE, 0, -1 },
    { SYS_syncfs, "syncfs", IO | SPACE | CUT | LATE, 0, -1 },
    { SYS_sync_file_range, "sync_file_range", IO | SPACE | NONE, 0, -1 },
    { SYS_fallocate, "fallocate", IO | SPACE | INTR | NONE | CUT, 0, -1 },
    { SYS_ftruncate, "ftruncate", IO | SPACE | INTR | CUT | LATE, 0, -1 },
    { SYS_rename, "rename", IO | SPACE | DENY | CUT | LATE, -1, 0 },
    { SYS_renameat, "renameat", IO | SPACE | DENY | CUT | LATE, 0, 1 },
    { SYS_renameat2, "renameat2", IO | SPACE | DENY | NONE | CUT | LATE, 0, 1 },
    { SYS_link, "link", IO | SPACE | DENY | CUT | LATE, -1, 0 },
    { SYS_linkat, "linkat", IO | SPACE | DENY | CUT | LATE, 0, 1 },
    { SYS_unlink, "unlink", IO | DENY | CUT | LATE, -1, 0 },
    { SYS_unlinkat, "unlinkat", IO | DENY | CUT | LATE, 0, 1 },
    { SYS_rmdir, "rmdir", IO | DENY | CUT | LATE, -1, 0 },
    { SYS_mkdir, "mkdir", IO | SPACE | DENY | CUT, -1, 0 },
    { SYS_mkdirat, "mkdirat", IO | SPACE | DENY | CUT, 0, 1 },
    { SYS_symlinkat, "symlinkat", IO | SPACE | DENY | CUT, 1, 2 },
    { SYS_chmod, "chmod", IO | DENY, -1, 0 },
    { SYS_fchmod, "fchmod", IO | DENY, 0, -1 },
    { SYS_fchmodat, "fchmodat", IO | DENY, 0, 1 },
    { SYS_fchown, "fchown", IO | DENY, 0, -1 },
    { SYS_utimensat, "utimensat", IO | DENY, 0, 1 },
    { SYS_getdents64, "getdents64", IO, 0, -1 },
    { SYS_stat, "stat", IO | MEM | DENY, -1, 0 },
    { SYS_lstat, "lstat", IO | MEM | DENY, -1, 0 },
    { SYS_fstat, "fstat", IO | MEM, 0, -1 },
    { SYS_newfstatat, "newfstatat", IO | MEM | DENY, 0, 1 },
    { SYS_statx, "statx", IO | MEM | DENY | NONE, 0, 1 },
    { SYS_access, "access", IO | MEM | DENY, -1, 0 },
    { SYS_faccessat, "faccessat", IO | MEM | DENY, 0, 1 },
    { SYS_faccessat2, "faccessat2", IO | MEM | DENY | NONE, 0, 1 },
    { SYS_readlink, "readlink", IO | MEM | DENY, -1, 0 },
    { SYS_readlinkat, "readlinkat", IO | MEM | DENY, 0, 1 },
    { SYS_statfs, "statfs", IO | MEM, -1, 0 },
    { SYS_fstatfs, "fstatfs", IO | MEM, 0, -1 },
    { SYS_lseek, "lseek", IO, 0, -1 },
    { SYS_getxattr, "getxattr", IO | MEM, -1, 0 },
    { SYS_listxattr, "listxattr", IO | MEM, -1, 0 },
    { SYS_fgetxattr, "fgetxattr", IO | MEM, 0, -1 },
    { SYS_flistxattr, "flistxattr", IO | MEM, 0, -1 },
    { SYS_ioctl, "ioctl", IO | MEM, 0, -1 },
    { SYS_fcntl, "fcntl", IO | INTR | MEM | FILES, 0, -1 },
    { SYS_flock, "flock", INTR | MEM, 0, -1 },
    { SYS_fadvise64, "fadvise64", IO | NONE, 0, -1 },
    { SYS_mmap, "mmap", MEM, 4, -1 },
    { SYS_mremap, "mremap", MEM, -1, -1 },
    { SYS_mprotect, "mprotect", MEM, -1, -1 },
    { SYS_brk, "brk", MEM, -1, -1 },
    { SYS_clone, "clone", MEM, -1, -1 },
    { SYS_clone3, "clone3", MEM | NONE, -1, -1 },
    { SYS_fork, "fork", MEM, -1, -1 },
    { SYS_vfork, "vfork", MEM, -1, -1 },
    { SYS_execve, "execve", IO | MEM | DENY, -1, 0 },
    { SYS_chdir, "chdir", IO | MEM | DENY, -1, 0 },
    { SYS_fchdir, "fchdir", IO | DENY, 0, -1 },
    { SYS_getcwd, "getcwd", IO | MEM, -1, -1 },
    { SYS_pipe2, "pipe2", MEM | FILES, -1, -1 },
    { SYS_dup, "dup", FILES, 0, -1 },
    { SYS_dup2, "dup2", FILES, 0, -1 },
    { SYS_socket, "socket", MEM | FILES | DENY, -1, -1 },
    { SYS_socketpair, "socketpair", MEM | FILES, -1, -1 },
    { SYS_connect, "connect", INTR | DENY, 0, -1 },
    { SYS_sendto, "sendto", INTR | MEM, 0, -1 },
    { SYS_recvfrom, "recvfrom", INTR | MEM, 0, -1 },
    { SYS_sendmsg, "sendmsg", INTR | MEM, 0, -1 },
    { SYS_recvmsg, "recvmsg", INTR | MEM, 0, -1 },
    { SYS_eventfd2, "eventfd2", MEM | FILES, -1, -1 },
    { SYS_memfd_create, "memfd_create", MEM | FILES | NONE, -1, -1 },
    { SYS_epoll_create1, "epoll_create1", MEM | FILES, -1, -1 },
    { SYS_signalfd4, "signalfd4", MEM | FILES, -1, -1 },
    { SYS_timerfd_create, "timerfd_create", MEM | FILES, -1, -1 },
    { SYS_inotify_init1, "inotify_init1", MEM | FILES, -1, -1 },
    { SYS_poll, "poll", INTR | MEM, -1, -1 },
    { SYS_ppoll, "ppoll", INTR | MEM, -1, -1 },
    { SYS_epoll_wait, "epoll_wait", INTR, -1, -1 },
    { SYS_wait4, "wait4", INTR, -1, -1 },
    { SYS_nanosleep, "nanosleep", INTR, -1, -1 },
    { SYS_clock_nanosleep, "clock_nanosleep", INTR, -1, -1 },
    { SYS_rt_sigtimedwait, "rt_sigtimedwait", INTR, -1, -1 },
    { SYS_futex, "futex", INTR, -1, -1 },
    { SYS_getrandom, "getrandom", INTR | NONE | FAULT_SHORT, -1, -1 },
    { SYS_unshare, "unshare", MEM | DENY, -1, -1 },
    { SYS_setns, "setns", MEM | DENY, -1, -1 },
    { SYS_mount, "mount", IO | MEM | DENY, -1, 1 },
    { SYS_mount_setattr, "mount_setattr", MEM | DENY | NONE, -1, -1 },
    { SYS_umount2, "umount2", IO | DENY, -1, 0 },
    { SYS_prctl, "prctl", MEM | DENY, -1, -1 },
    { SYS_seccomp, "seccomp", MEM | DENY | NONE, -1, -1 },
    { 444 /* landlock_create_ruleset */, "landlock_create_ruleset", MEM | NONE | FILES, -1, -1 },
    { 446 /* landlock_restrict_self */, "landlock_restrict_self", MEM | DENY | NONE, -1, -1 },
    { SYS_close_range, "close_range", NONE, -1, -1 },
    { SYS_setrlimit, "setrlimit", DENY, -1, -1 },
    { SYS_prlimit64, "prlimit64", DENY, -1, -1 },
    { SYS_ioprio_set, "ioprio_set", DENY, -1, -1 },
    { SYS_setpriority, "setpriority", DENY, -1, -1 },
    { SYS_sysinfo, "sysinfo", NONE, -1, -1 },
    { SYS_exit_group, "exit_group", FAULT_EXIT, -1, -1 },
};
#define CALLS (sizeof calls / sizeof calls[0])

static const struct {
    const char *name;
    unsigned bit;
    int error;
} kinds[FAULT_KINDS] = {
    { "EIO", FAULT_EIO, EIO },          { "ENOSPC", FAULT_ENOSPC, ENOSPC }, { "EINTR", FAULT_EINTR, EINTR },
    { "short", FAULT_SHORT, 0 },        { "ENOMEM", FAULT_ENOMEM, ENOMEM }, { "EMFILE", FAULT_EMFILE, EMFILE },
    { "EACCES", FAULT_EACCES, EACCES }, { "ENOSYS", FAULT_ENOSYS, ENOSYS }, { "cut", FAULT_CUT, EIO },
    { "all", FAULT_ALL, EIO },          { "exit", FAULT_EXIT, EIO },        { "late", FAULT_LATE, EIO },
};

unsigned fault_kind(const char *name, int *error)
{
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *error = kinds[i].error;
            return kinds[i].bit;
        }
    }
    return 0;
}

const struct fault_call *fault_call_find(long number)
{
    for (size_t i = 0; i < CALLS; i++) {
        if (calls[i].number == number)
            return &calls[i];
    }
    return NULL;
}

bool fault_call_trace(unsigned kind)
{
    struct sock_filter code[2 * CALLS + 8];
    unsigned short n = 0;

    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < CALLS; i++) {
        if ((calls[i].kinds & kind) == 0 && kind != FAULT_ALL)
            continue;
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i].number, 0, 1);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = { n, code };
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0)
        return true;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

unsigned long long fault_argument(const struct user_regs_struct *regs, int n)
{
    const unsigned long long all[] = { regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8, regs->r9 };

    return all[n];
}

static bool creates(const struct fault_call *call, const struct user_regs_struct *regs)
{
    if (call->number == SYS_open)
        return (regs->rsi & O_CREAT) != 0;
    return call->number != SYS_openat || (regs->rdx & (O_CREAT | __O_TMPFILE)) != 0;
}

bool fault_call_takes(const struct fault_call *call, unsigned kind, const struct user_regs_struct *regs)
{
    if (kind == FAULT_ALL)
        return true;
    if ((call->kinds & kind) == 0)
        return false;
    if (call->number == SYS_write && regs->rdi == 2 && kind != FAULT_CUT)
        return false; /* what is said of a fault must reach us */
    if (kind == FAULT_SHORT)
        return (call->number == SYS_getrandom ? regs->rsi : regs->rdx) > 1;
    if (kind == FAULT_EMFILE && call->number == SYS_fcntl)
        return regs->rsi == F_DUPFD || regs->rsi == F_DUPFD_CLOEXEC;
    if (kind == FAULT_EINTR && call->number == SYS_fcntl)
        return regs->rsi == F_SETLKW || regs->rsi == F_OFD_SETLKW;
    if (kind == FAULT_EINTR && call->number == SYS_futex)
        return (regs->rsi & 127) == 0 || (regs->rsi & 127) == 9; /* FUTEX_WAIT and FUTEX_WAIT_BITSET */
    if (call->number == SYS_brk)
        return regs->rdi != 0;
    return kind != FAULT_ENOSPC || creates(call, regs);
}

void fault_count(const struct fault_call *call, const struct user_regs_struct *regs, unsigned long long of_kind[])
{
    for (size_t i = 0; i < FAULT_KINDS; i++)
        of_kind[i] += fault_call_takes(call, kinds[i].bit, regs);
}

void fault_count_say(FILE *report, const unsigned long long of_kind[])
{
    for (size_t i = 0; i < FAULT_KINDS; i++)
        fprintf(report, "kind %s %llu\n", kinds[i].name, of_kind[i]);
}

void fault_call_shorten(const struct fault_call *call, struct user_regs_struct *regs)
{
    if (call->number == SYS_getrandom)
        regs->rsi /= 2;
    else
        regs->rdx /= 2;
}

bool fault_read(pid_t tid, unsigned long long at, void *bytes, size_t len)
{
    struct iovec here = { bytes, len }, there = { (void *)(uintptr_t)at, len };

    return process_vm_readv(tid, &here, 1, &there, 1, 0) == (ssize_t)len;
}

void fault_string(pid_t tid, unsigned long long at, char text[FAULT_TEXT])
{
    size_t n = 0;

    while (n < FAULT_TEXT - 1 && fault_read(tid, at + n, text + n, 1) && text[n] != '\0')
        n++;
    text[n] = '\0';
}

void fault_fd_path(pid_t tid, int fd, char text[FAULT_TEXT])
{
    char link[64];

    if (fd == AT_FDCWD)
        snprintf(link, sizeof link, "/proc/%d/cwd", tid);
    else
        snprintf(link, sizeof link, "/proc/%d/fd/%d", tid, fd);
    ssize_t n = readlink(link, text, FAULT_TEXT - 1);
    text[n < 0 ? 0 : n] = '\0';
}

void fault_call_path(const struct fault_call *call, pid_t tid, const struct user_regs_struct *regs,
                     char text[FAULT_TEXT])
{
    char folder[FAULT_TEXT], name[FAULT_TEXT] = "";

    text[0] = '\0';
    if (call->path >= 0)
        fault_string(tid, fault_argument(regs, call->path), name);
    if (name[0] == '/') {
        memcpy(text, name, FAULT_TEXT);
        return;
    }
    if (call->fd < 0 && call->path < 0)
        return;
    fault_fd_path(tid, call->fd >= 0 ? (int)fault_argument(regs, call->fd) : AT_FDCWD, folder);
    if (snprintf(text, FAULT_TEXT, "%.2000s%s%.2000s", folder, name[0] != '\0' ? "/" : "", name) < 0)
        text[0] = '\0';
}
