#include "collector/processes/proc_hidden.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "collector/processes/proc_mounts.h"
#include "collector/processes/proc_sweep.h"

#define CANDIDATES_MAX 4096 /* looked at a second time */
#define NEAR 32768u         /* numbers above the highest known one that are tried thoroughly */

struct views {
    struct proc_pids known; /* processes and threads of the table */
    struct proc_pids signal, cgroup, parent, mounted;
    struct proc_pids again; /* what listing shows the second time */
};

static void views_free(struct views *v)
{
    proc_pids_free(&v->known);
    proc_pids_free(&v->signal);
    proc_pids_free(&v->cgroup);
    proc_pids_free(&v->parent);
    proc_pids_free(&v->mounted);
    proc_pids_free(&v->again);
}

static int gather_known(const struct proc_table *t, struct views *v, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < t->count; i++) {
        const struct proc *p = t->list[i];
        rc = proc_pids_add(&v->known, p->pid, err);
        for (size_t k = 0; rc == HZ_OK && k < p->task_count; k++)
            rc = proc_pids_add(&v->known, p->tasks[k], err);
        if (rc == HZ_OK && p->state == PROC_SEEN && p->stat.ppid > 0)
            rc = proc_pids_add(&v->parent, p->stat.ppid, err);
        if (rc == HZ_OK && p->tracer > 0)
            rc = proc_pids_add(&v->parent, p->tracer, err);
    }
    proc_pids_sort(&v->known);
    proc_pids_sort(&v->parent);
    return rc;
}

static int add_unknown(const struct views *v, const struct proc_pids *view, struct proc_pids *out, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < view->count && out->count < CANDIDATES_MAX; i++) {
        if (!proc_pids_has(&v->known, view->list[i]))
            rc = proc_pids_add(out, view->list[i], err);
    }
    return rc;
}

static unsigned views_of(const struct views *v, uint32_t pid)
{
    return (proc_pids_has(&v->signal, pid) ? PROC_VIEW_SIGNAL : 0) |
           (proc_pids_has(&v->cgroup, pid) ? PROC_VIEW_CGROUP : 0) |
           (proc_pids_has(&v->parent, pid) ? PROC_VIEW_PARENT : 0) |
           (proc_pids_has(&v->mounted, pid) ? PROC_VIEW_MOUNTED : 0);
}

/* A number that answers, but that procfs does not know at all. */
static int keep_stub(struct proc_table *t, uint32_t pid, unsigned views, struct hz_error *err)
{
    struct proc *p = calloc(1, sizeof *p);
    if (p == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *p = (struct proc) { .pid = pid, .leader = pid, .state = PROC_UNREADABLE, .sys_errno = ENOENT, .views = views };
    return proc_table_keep(t, p, err);
}

/* Is it what it was when we looked? By its number alone where no more is known. */
static bool lives(const struct proc_table *t, const struct proc *p)
{
    return p->state == PROC_SEEN ? proc_is_there(t->files.fd, p) : proc_sweep_alive(p->pid);
}

/* Does a number answer that procfs has no folder for? It may end, and be given to another, between any two questions.
 */
static bool answers_alone(const struct proc_table *t, uint32_t pid)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error ignored;
    char name[16];
    snprintf(name, sizeof name, "%u", pid);
    return proc_sweep_alive(pid) && io_proc_directory(t->files.fd, name, &fd, &ignored) != HZ_OK &&
           proc_sweep_alive(pid);
}

/* One that was found before, and looked at, and then all were listed again: is it no thread of what we know, and is it
 * listed now, or still there without being listed? */
static int confirm(struct proc_table *t, struct proc_table *second, const struct views *v, uint32_t pid,
                   struct hz_error *err)
{
    struct proc *p = proc_table_find(second, pid);
    bool listed = proc_pids_has(&v->again, pid);
    unsigned views = views_of(v, pid);
    if (p == NULL)
        return !listed && answers_alone(t, pid) ? keep_stub(t, pid, views, err) : HZ_OK;
    if (p->state == PROC_SEEN && p->leader != pid)
        return HZ_OK; /* its leader is known, or is a candidate itself */
    if (!listed && !lives(t, p))
        return HZ_OK; /* it ended before the listing */
    struct proc *kept = calloc(1, sizeof *kept);
    if (kept == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *kept = *p;
    *p = (struct proc) { .pid = pid };
    kept->views = views | (listed ? PROC_VIEW_LIST : 0);
    return proc_table_keep(t, kept, err);
}

static int confirm_all(struct proc_table *t, struct run *run, struct views *v, const struct proc_pids *candidates,
                       struct hz_error *err)
{
    struct proc_table second = { .files = t->files };
    int rc = proc_table_add(&second, run, candidates->list, candidates->count, 0, err);
    if (rc == HZ_OK)
        rc = proc_pids_list(&v->again, t->files.fd, ".", err);
    for (size_t i = 0; rc == HZ_OK && i < candidates->count; i++)
        rc = confirm(t, &second, v, candidates->list[i], err);
    t->files.borrowed |= second.files.borrowed;
    second.files = (struct proc_files) { .fd = -1, .mounted = -1 };
    proc_table_free(&second);
    proc_table_sort(t);
    return rc;
}

/* What is listed in one of both procfs only, twice. */
static int compare_lists(struct proc_table *t, struct views *v, struct hz_error *err)
{
    struct proc_pids again = { 0 };
    int rc = HZ_OK;
    if (t->files.clean) {
        rc = proc_pids_list(&v->mounted, t->files.mounted, ".", err);
        if (rc == HZ_OK)
            rc = proc_pids_list(&again, t->files.mounted, ".", err);
    }
    for (size_t i = 0; rc == HZ_OK && i < t->count; i++) {
        struct proc *p = t->list[i];
        bool listed = (p->views & PROC_VIEW_LIST) != 0;
        bool shown = (!t->files.clean && listed) || (t->files.clean && v->mounted.count == 0) ||
                     proc_pids_has(&v->mounted, p->pid) || proc_pids_has(&again, p->pid) ||
                     !lives(t, p); /* it ended meanwhile, and another may have its number */
        p->views |= views_of(v, p->pid) | (shown ? PROC_VIEW_MOUNTED : 0);
    }
    proc_pids_free(&again);
    return rc;
}

static int cross(struct proc_table *t, struct run *run, struct views *v, struct hz_error *err)
{
    HZ_CLEANUP(proc_pids_free) struct proc_pids candidates = { 0 };
    uint32_t highest = v->known.count == 0 ? 0 : v->known.list[v->known.count - 1];
    int rc = proc_sweep(run, highest + NEAR, t->pid_max, &v->signal, &t->swept, err);
    if (rc == HZ_OK)
        rc = proc_sweep_cgroups(run->root, &v->cgroup, err);
    if (rc == HZ_OK)
        rc = add_unknown(v, &v->signal, &candidates, err);
    if (rc == HZ_OK)
        rc = add_unknown(v, &v->cgroup, &candidates, err);
    if (rc == HZ_OK)
        rc = add_unknown(v, &v->parent, &candidates, err);
    proc_pids_sort(&candidates);
    if (rc == HZ_OK && candidates.count > 0)
        rc = confirm_all(t, run, v, &candidates, err);
    return rc == HZ_OK ? compare_lists(t, v, err) : rc;
}

static void mark_covered(struct proc_table *t)
{
    struct proc_mount m;
    uint32_t pid;
    bool below;
    for (size_t at = 0; proc_mounts_next(t->mounts.data, t->mounts.len, &at, &m);) {
        struct proc *p = proc_mounts_over(&m, &pid, &below) ? proc_table_find(t, pid) : NULL;
        if (p != NULL && !below)
            p->covered = true;
    }
}

int proc_hidden_look(struct proc_table *t, struct run *run, struct hz_error *err)
{
    struct views v = { 0 };
    struct hz_error ignored;
    int rc = HZ_OK;
    io_proc_read(t->files.fd, "self/mountinfo", t->mounts.limit, &t->mounts, NULL, &ignored);
    if (t->files.same) {
        rc = gather_known(t, &v, err);
        if (rc == HZ_OK)
            rc = cross(t, run, &v, err);
    }
    views_free(&v);
    mark_covered(t);
    return rc;
}

bool proc_hidden_is(const struct proc_table *t, const struct proc *p)
{
    const unsigned both = PROC_VIEW_LIST | PROC_VIEW_MOUNTED;
    return p->covered || (t->files.same && (p->views & both) != both);
}

static void put_views(struct buf *out, unsigned views)
{
    static const struct {
        unsigned view;
        const char *text;
    } names[] = { { PROC_VIEW_LIST, "a procfs of our own" },
                  { PROC_VIEW_MOUNTED, "listing /proc" },
                  { PROC_VIEW_SIGNAL, "its number answers signals" },
                  { PROC_VIEW_CGROUP, "cgroup.procs" },
                  { PROC_VIEW_PARENT, "another process names it" } };
    bool first = true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((views & names[i].view) == 0)
            continue;
        buf_printf(out, "%s%s", first ? "" : ", ", names[i].text);
        first = false;
    }
}

static int observe_hidden(struct run *run, const struct proc *p, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf subject = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(1000);
    buf_printf(&subject, "pid %u", p->pid);
    if (p->stat.comm_len > 0)
        buf_printf(&detail, "%.*s; ", (int)p->stat.comm_len, (const char *)p->stat.comm);
    buf_puts(&detail, "shown by: ");
    put_views(&detail, p->views);
    if ((p->views & PROC_VIEW_MOUNTED) == 0)
        buf_puts(&detail, "; not by listing /proc");
    if (p->covered)
        buf_puts(&detail, "; a mount covers its folder in /proc");
    return observe(run, "hidden-process", (struct w_bytes) { subject.data, subject.len }, buf_text(&detail), err);
}

static int observe_mount(struct run *run, const struct proc_mount *m, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(1000);
    buf_puts(&detail, "mounted there: ");
    buf_put(&detail, m->type.data, m->type.len < 100 ? m->type.len : 100);
    buf_puts(&detail, " from ");
    buf_put(&detail, m->source.data, m->source.len < 300 ? m->source.len : 300);
    buf_puts(&detail, ", its folder ");
    buf_put(&detail, m->root.data, m->root.len < 300 ? m->root.len : 300);
    return observe(run, "proc-mount", m->point, buf_text(&detail), err);
}

int proc_hidden_observe(const struct proc_table *t, struct run *run, struct hz_error *err)
{
    struct proc_mount m;
    uint32_t pid;
    bool below;
    int rc = HZ_OK;
    for (size_t at = 0; rc == HZ_OK && proc_mounts_next(t->mounts.data, t->mounts.len, &at, &m);) {
        if (proc_mounts_instead(&m) || proc_mounts_over(&m, &pid, &below))
            rc = observe_mount(run, &m, err);
    }
    for (size_t i = 0; rc == HZ_OK && i < t->count; i++) {
        if (proc_hidden_is(t, t->list[i]))
            rc = observe_hidden(run, t->list[i], err);
    }
    return rc;
}
