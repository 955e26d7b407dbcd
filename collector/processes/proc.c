#include "collector/processes/proc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/num.h"
#include "collector/processes/proc_folder.h"

#define SMALL ((size_t)16 << 10)

bool proc_is_kernel(const struct proc *p)
{
    return (p->stat.flags & PROC_KERNEL_THREAD) != 0;
}

static void fail(struct proc *p, int sys_errno)
{
    p->state = sys_errno == ENOENT || sys_errno == ESRCH ? PROC_GONE : PROC_UNREADABLE;
    p->sys_errno = sys_errno;
}

static void read_identity(struct proc *p, const struct buf *status)
{
    uint64_t ids[4];
    if (proc_status_numbers(proc_status_value(status->data, status->len, "Uid"), ids, 4) == 4) {
        p->uid = (uint32_t)ids[0];
        p->euid = (uint32_t)ids[1];
    }
    if (proc_status_numbers(proc_status_value(status->data, status->len, "Gid"), ids, 4) == 4) {
        p->gid = (uint32_t)ids[0];
        p->egid = (uint32_t)ids[1];
    }
    if (proc_status_numbers(proc_status_value(status->data, status->len, "TracerPid"), ids, 1) == 1)
        p->tracer = (uint32_t)ids[0];
    if (proc_status_numbers(proc_status_value(status->data, status->len, "Tgid"), ids, 1) == 1)
        p->leader = (uint32_t)ids[0];
}

static void look_image(int fd, struct proc *p)
{
    struct hz_error err = { .code = HZ_OK };
    if (io_proc_link(fd, "exe", &p->exe, &err) != HZ_OK) {
        p->exe_errno = err.sys_errno;
        return;
    }
    p->has_image = io_proc_statx(fd, "exe", &p->image, &err) == HZ_OK;
    p->exe_errno = p->has_image ? 0 : err.sys_errno;
}

static int add_task(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct proc *p = context;
    uint64_t tid;
    (void)type;
    (void)err;
    size_t room = (size_t)(p->stat.threads < 16 ? 16 : p->stat.threads) + 16;
    if (p->tasks == NULL)
        p->tasks = calloc(room < PROC_TASKS_MAX ? room : PROC_TASKS_MAX, sizeof *p->tasks);
    if (p->tasks != NULL && p->task_count < room && p->task_count < PROC_TASKS_MAX &&
        num_parse_u64(name, strnlen(name, 20), UINT32_MAX, &tid) == HZ_OK)
        p->tasks[p->task_count++] = (uint32_t)tid;
    return HZ_OK;
}

static void look_further(int fd, struct proc *p, const struct buf *status)
{
    struct hz_error ignored;
    p->leader = p->pid;
    read_identity(p, status);
    io_proc_read(fd, "cmdline", PROC_CMDLINE_MAX, &p->cmdline, &p->cmdline_more, &ignored);
    if (!proc_is_kernel(p))
        look_image(fd, p);
    if (p->stat.threads > 1)
        io_proc_list(fd, "task", add_task, p, &ignored);
}

/* Through a thread that goes on; what it tells of the whole, in place of what the first one has no more. */
static void look_through_thread(int proc, struct proc *p)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL);
    HZ_CLEANUP(buf_free) struct buf status = BUF_INIT(SMALL);
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error err = { .code = HZ_OK };
    struct proc_stat s;
    char name[16];
    snprintf(name, sizeof name, "%u", p->folder);
    int rc = io_proc_directory(proc, name, &fd, &err);
    if (rc == HZ_OK)
        rc = io_proc_read(fd, "stat", SMALL, &text, NULL, &err);
    if (rc == HZ_OK)
        rc = io_proc_read(fd, "status", SMALL, &status, NULL, &err);
    if (rc != HZ_OK || proc_stat_parse(text.data, text.len, &s) != HZ_OK)
        return;
    p->stat.virtual_bytes = s.virtual_bytes;
    p->stat.resident_pages = s.resident_pages;
    look_further(fd, p, &status);
}

void proc_look(int proc, uint32_t pid, struct proc *p)
{
    HZ_CLEANUP(buf_free) struct buf stat = BUF_INIT(SMALL);
    HZ_CLEANUP(buf_free) struct buf status = BUF_INIT(SMALL);
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error err = { .code = HZ_OK };
    char name[16];
    *p = (struct proc) { .pid = pid, .folder = pid };
    buf_init(&p->cmdline, PROC_CMDLINE_MAX);
    buf_init(&p->exe, PROC_LINK_MAX);
    snprintf(name, sizeof name, "%u", pid);
    int rc = io_proc_directory(proc, name, &fd, &err);
    if (rc == HZ_OK)
        rc = io_proc_read(fd, "stat", SMALL, &stat, NULL, &err);
    if (rc == HZ_OK)
        rc = io_proc_read(fd, "status", SMALL, &status, NULL, &err);
    if (rc != HZ_OK)
        fail(p, err.sys_errno);
    else if (proc_stat_parse(stat.data, stat.len, &p->stat) != HZ_OK)
        fail(p, EIO);
    else if ((p->folder = proc_folder(proc, pid, &p->stat)) != pid)
        look_through_thread(proc, p);
    else
        look_further(fd, p, &status);
}

bool proc_is_there(int proc, const struct proc *p)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL);
    struct hz_error ignored;
    struct proc_stat now;
    char path[32];
    snprintf(path, sizeof path, "%u/stat", p->pid);
    return io_proc_read(proc, path, SMALL, &text, NULL, &ignored) == HZ_OK &&
           proc_stat_parse(text.data, text.len, &now) == HZ_OK && now.start_ticks == p->stat.start_ticks;
}

void proc_free(struct proc *p)
{
    buf_free(&p->cmdline);
    buf_free(&p->exe);
    free(p->tasks);
    p->tasks = NULL;
    p->task_count = 0;
}
