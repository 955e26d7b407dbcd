/* A process as a first, quick look sees it. */
#ifndef HZ_COLLECTOR_PROC_H
#define HZ_COLLECTOR_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/processes/proc_stat.h"

#define PROC_CMDLINE_MAX ((size_t)4 << 10)  /* kept in the table */
#define PROC_CMDLINE_ALL ((size_t)32 << 10) /* told; more is said to be there */
#define PROC_LINK_MAX ((size_t)4096)
#define PROC_TASKS_MAX 32768 /* threads of one process that are told apart */

enum proc_state {
    PROC_SEEN,
    PROC_GONE,      /* it ended before we could look */
    PROC_UNREADABLE /* there, but not to be read, or it did not answer */
};

struct proc {
    uint32_t pid;
    uint32_t folder; /* the number whose folder tells of it: pid, or a thread's (proc_folder.h) */
    enum proc_state state;
    int sys_errno; /* why it is gone or unreadable */
    struct proc_stat stat;
    uint32_t uid, euid, gid, egid, tracer, leader; /* leader: thread group; not pid for a thread that was looked up */
    struct buf cmdline;                            /* raw, arguments with their NULs */
    bool cmdline_more;
    struct buf exe; /* target of the link; empty: none (a thread of the kernel) or not to be read */
    int exe_errno;
    bool has_image;
    struct statx image; /* of the executable file itself */
    uint32_t *tasks;    /* owned; ascending; NULL where there is one thread only */
    size_t task_count;
    unsigned views;  /* PROC_VIEW_*: what showed it */
    bool covered;    /* something is mounted over its entry in /proc */
    size_t image_no; /* into the images, where has_image */
};

#define PROC_VIEW_LIST 1u    /* listing the procfs that was read */
#define PROC_VIEW_MOUNTED 2u /* listing /proc as everybody sees it */
#define PROC_VIEW_SIGNAL 4u  /* trying its number: kill(2) with signal 0, sched_getscheduler(2) */
#define PROC_VIEW_CGROUP 8u  /* cgroup.procs */
#define PROC_VIEW_PARENT 16u /* another process names it as its parent or tracer */

#define PROC_KERNEL_THREAD 0x00200000u /* PF_KTHREAD, include/linux/sched.h */

bool proc_is_kernel(const struct proc *p);
/* Looks at proc/PID. Fills all of *p but views, covered and image_no; p is zeroed or was freed. Any thread. */
void proc_look(int proc, uint32_t pid, struct proc *p);
void proc_free(struct proc *p); /* what it owns */
/* Is the number still that process's, by its start? p: as proc_look saw it. */
bool proc_is_there(int proc, const struct proc *p);

#endif
