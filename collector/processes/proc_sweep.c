#include "collector/processes/proc_sweep.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "base/num.h"
#include "collector/servant.h"

#define RANGE 16384u
#define THREADS 2
#define GROUPS_MAX 20000             /* control groups that are looked into */
#define PATHS_MAX ((size_t)16 << 20) /* of their names */
#define MEMBERS_MAX ((size_t)1 << 20)

bool proc_sweep_alive(uint32_t pid)
{
    if (kill((pid_t)pid, 0) == 0 || errno == EPERM)
        return true;
    return sched_getscheduler((pid_t)pid) >= 0;
}

struct range { /* a piece of work */
    uint32_t from, to, near;
    int64_t deadline;
    struct proc_pids found;
    bool done, failed;
};

static int64_t now_ns(void)
{
    struct timespec t = { 0, 0 };
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void try_range(void *context)
{
    struct range *r = context;
    struct hz_error ignored;
    if (now_ns() > r->deadline)
        return;
    for (uint32_t pid = r->from; pid < r->to && !r->failed; pid++) {
        if (pid < r->near ? proc_sweep_alive(pid) : sched_getscheduler((pid_t)pid) >= 0)
            r->failed = proc_pids_add(&r->found, pid, &ignored) != HZ_OK;
    }
    r->done = !r->failed;
}

struct sweeping {
    struct range **ranges; /* each owned, as is the array */
    size_t count;
    struct proc_pids *out;
    uint32_t swept;
    bool gap;
};

static int gather(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct sweeping *s = context;
    struct range *r = s->ranges[i];
    int rc = HZ_OK;
    if (begun && lost) {
        s->ranges[i] = NULL;
        s->gap = true;
        return HZ_OK;
    }
    if (r->failed)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (size_t k = 0; rc == HZ_OK && k < r->found.count; k++)
        rc = proc_pids_add(s->out, r->found.list[k], err);
    s->gap |= !r->done;
    if (!s->gap)
        s->swept = r->to;
    return rc;
}

static void free_ranges(struct sweeping *s)
{
    for (size_t i = 0; s->ranges != NULL && i < s->count; i++) {
        if (s->ranges[i] != NULL)
            proc_pids_free(&s->ranges[i]->found);
        free(s->ranges[i]);
    }
    free(s->ranges);
}

static int make_ranges(struct sweeping *s, uint32_t near, uint32_t limit, struct hz_error *err)
{
    int64_t deadline = now_ns() + PROC_SWEEP_NS;
    s->count = limit / RANGE + 1;
    s->ranges = calloc(s->count, sizeof *s->ranges);
    for (size_t i = 0; s->ranges != NULL && i < s->count; i++) {
        struct range *r = s->ranges[i] = calloc(1, sizeof *r);
        if (r == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        r->from = i == 0 ? 1 : (uint32_t)i * RANGE;
        r->to = i + 1 == s->count ? limit : (uint32_t)(i + 1) * RANGE;
        r->near = near;
        r->deadline = deadline;
    }
    return s->ranges == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : HZ_OK;
}

int proc_sweep(struct run *run, uint32_t near, uint32_t limit, struct proc_pids *out, uint32_t *swept,
               struct hz_error *err)
{
    struct sweeping s = { .out = out };
    int rc = make_ranges(&s, near, limit, err);
    if (rc == HZ_OK) {
        const struct servant_batch b = { .work = try_range,
                                         .contexts = (void **)s.ranges,
                                         .count = s.count,
                                         .threads = THREADS,
                                         .done = gather,
                                         .done_context = &s };
        rc = servant_batch(run, &b, err);
    }
    free_ranges(&s);
    if (rc == HZ_OK) {
        proc_pids_sort(out);
        *swept = s.swept;
    }
    return rc;
}

struct groups { /* folders still to be looked into, one after the other, each with its NUL */
    struct buf paths;
    const char *parent;
    size_t count;
};

static int add_group(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct groups *g = context;
    (void)err;
    if (type != DT_DIR || g->count == GROUPS_MAX || strlen(g->parent) + strlen(name) > 4000)
        return HZ_OK;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096); /* parent lies in paths, which may move */
    buf_printf(&path, "%s/%s", g->parent, name);
    if (buf_text(&path) != NULL && buf_put(&g->paths, path.data, path.len + 1) == HZ_OK)
        g->count++;
    return HZ_OK;
}

static int add_members(int group, struct proc_pids *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(MEMBERS_MAX);
    struct hz_error ignored;
    int rc = HZ_OK;
    if (io_proc_read(group, "cgroup.procs", MEMBERS_MAX, &text, NULL, &ignored) != HZ_OK)
        return HZ_OK;
    const char *at = (const char *)text.data, *end = at + text.len;
    while (rc == HZ_OK && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        uint64_t pid;
        size_t len = stop == NULL ? (size_t)(end - at) : (size_t)(stop - at);
        if (num_parse_u64(at, len, UINT32_MAX, &pid) == HZ_OK && pid > 0) /* 0: of another pid namespace */
            rc = proc_pids_add(out, (uint32_t)pid, err);
        at += len + 1;
    }
    return rc;
}

static int look_into(int root, struct groups *g, size_t at, struct proc_pids *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error ignored;
    buf_puts(&path, (const char *)g->paths.data + at);
    g->parent = buf_text(&path);
    if (g->parent == NULL || io_proc_directory(root, g->parent, &fd, &ignored) != HZ_OK)
        return HZ_OK;
    int rc = add_members(fd, out, err);
    if (rc == HZ_OK)
        io_proc_list(fd, ".", add_group, g, &ignored);
    return rc;
}

int proc_sweep_cgroups(int root, struct proc_pids *out, struct hz_error *err)
{
    struct groups g = { .paths = BUF_INIT(PATHS_MAX) };
    int rc = HZ_OK;
    buf_put(&g.paths, "sys/fs/cgroup", sizeof "sys/fs/cgroup");
    for (size_t at = 0; rc == HZ_OK && at < g.paths.len; at += strlen((const char *)g.paths.data + at) + 1)
        rc = look_into(root, &g, at, out, err);
    buf_free(&g.paths);
    proc_pids_sort(out);
    return rc;
}
