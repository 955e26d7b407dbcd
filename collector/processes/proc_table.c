#include "collector/processes/proc_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io_proc.h"
#include "base/lang.h"
#include "base/num.h"
#include "collector/processes/proc_pids.h"
#include "collector/servant.h"
#include "collector/take.h"

static void free_proc(struct proc *p)
{
    if (p == NULL)
        return;
    proc_free(p);
    free(p);
}

void proc_table_free(struct proc_table *t)
{
    if (t->borrowed)
        return;
    for (size_t i = 0; i < t->count; i++)
        free_proc(t->list[i]);
    free(t->list);
    buf_free(&t->mounts);
    proc_files_close(&t->files);
}

struct proc *proc_table_find(const struct proc_table *t, uint32_t pid)
{
    size_t low = 0, high = t->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->list[middle]->pid == pid)
            return t->list[middle];
        if (t->list[middle]->pid < pid)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

struct stamp proc_table_time(const struct proc_table *t, uint64_t ticks)
{
    uint64_t rate = (uint64_t)sysconf(_SC_CLK_TCK);
    struct stamp at = stamp_add(t->boot, (int64_t)(ticks / rate));
    uint64_t nanoseconds = at.nanoseconds + ticks % rate * (UINT64_C(1000000000) / rate);
    at = stamp_add(at, (int64_t)(nanoseconds / 1000000000));
    at.nanoseconds = (uint32_t)(nanoseconds % 1000000000);
    return at;
}

struct look { /* a piece of work */
    int proc;
    uint32_t pid;
    struct proc *result; /* owned */
};

static void work(void *context)
{
    struct look *l = context;
    proc_look(l->proc, l->pid, l->result);
}

struct adding {
    struct proc_table *table;
    struct run *run;
    struct look **looks; /* owned, as is the array */
    size_t count, not_begun;
    const uint32_t *pids;
    unsigned views;
};

static int note_process(struct run *run, uint32_t pid, int sys_errno, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(200);
    buf_printf(&reason, "process %u: %s", pid,
               sys_errno == ETIMEDOUT ? "no answer within the command timeout" : absence_reason(sys_errno));
    const struct walk_absence a = { .status = absence_status(sys_errno),
                                    .reason = buf_text(&reason),
                                    .sys_errno = sys_errno == ETIMEDOUT ? 0 : sys_errno,
                                    .failure = true };
    return take_absence(run, &a, err);
}

int proc_table_keep(struct proc_table *t, struct proc *p, struct hz_error *err)
{
    if (t->count == PROC_TABLE_MAX) {
        t->left_out++;
        free_proc(p);
        return HZ_OK;
    }
    if (t->count == t->room) {
        size_t room = t->room == 0 ? 512 : t->room * 2;
        struct proc **grown = reallocarray(t->list, room, sizeof *grown);
        if (grown == NULL) {
            free_proc(p);
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        }
        t->list = grown;
        t->room = room;
    }
    t->list[t->count++] = p;
    return HZ_OK;
}

/* What a lost thread has stays its own: another entry stands for the process. */
static int keep_lost(struct adding *a, uint32_t pid, struct hz_error *err)
{
    struct proc *p = calloc(1, sizeof *p);
    if (p == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *p = (struct proc) { .pid = pid, .leader = pid, .state = PROC_UNREADABLE, .sys_errno = ETIMEDOUT };
    a->table->files.borrowed = true;
    int rc = note_process(a->run, pid, ETIMEDOUT, err);
    if (rc == HZ_OK)
        return proc_table_keep(a->table, p, err);
    free_proc(p);
    return rc;
}

static int done(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct adding *a = context;
    struct look *l = a->looks[i];
    if (lost && begun) {
        a->looks[i] = NULL;
        return keep_lost(a, a->pids[i], err);
    }
    a->not_begun += !begun;
    if (!begun || l->result->state == PROC_GONE)
        return HZ_OK;
    struct proc *p = l->result;
    l->result = NULL;
    p->views = a->views;
    int rc = p->state == PROC_UNREADABLE ? note_process(a->run, p->pid, p->sys_errno, err) : HZ_OK;
    if (rc == HZ_OK)
        return proc_table_keep(a->table, p, err);
    free_proc(p);
    return rc;
}

static int by_pid(const void *a, const void *b)
{
    const struct proc *const *x = a, *const *y = b;
    return (*x)->pid < (*y)->pid ? -1 : (*x)->pid > (*y)->pid;
}

void proc_table_sort(struct proc_table *t)
{
    if (t->count > 1)
        qsort(t->list, t->count, sizeof(struct proc *), by_pid);
}

static void free_looks(struct adding *a)
{
    for (size_t i = 0; a->looks != NULL && i < a->count; i++) {
        if (a->looks[i] != NULL)
            free_proc(a->looks[i]->result);
        free(a->looks[i]);
    }
    free(a->looks);
}

static int make_looks(struct adding *a, struct hz_error *err)
{
    a->looks = calloc(a->count + 1, sizeof *a->looks);
    for (size_t i = 0; a->looks != NULL && i < a->count; i++) {
        struct look *l = a->looks[i] = calloc(1, sizeof *l);
        if (l == NULL || (l->result = calloc(1, sizeof *l->result)) == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        l->proc = a->table->files.fd;
        l->pid = a->pids[i];
    }
    return a->looks == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : HZ_OK;
}

static int note_not_begun(struct run *run, size_t count, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(200);
    enum stop_reason stop = stop_now(run);
    if (count == 0)
        return HZ_OK;
    buf_printf(&reason, "%zu processes: %s", count,
               stop == STOP_NONE ? "too many others gave no answer" : stop_text(stop));
    const struct walk_absence a = { .status = stop == STOP_NONE ? W_TIMEOUT : stop_status(stop),
                                    .reason = buf_text(&reason),
                                    .failure = true };
    return take_absence(run, &a, err);
}

int proc_table_add(struct proc_table *t, struct run *run, const uint32_t *pids, size_t count, unsigned views,
                   struct hz_error *err)
{
    struct adding a = { .table = t, .run = run, .count = count, .pids = pids, .views = views };
    int rc = make_looks(&a, err);
    if (rc == HZ_OK && count > 0) {
        const struct servant_batch b = { .work = work,
                                         .contexts = (void **)a.looks,
                                         .count = count,
                                         .threads = SERVANT_THREADS,
                                         .done = done,
                                         .done_context = &a };
        rc = servant_batch(run, &b, err);
    }
    free_looks(&a);
    proc_table_sort(t);
    t->not_begun += a.not_begun;
    return rc == HZ_OK ? note_not_begun(run, a.not_begun, err) : rc;
}

/* To hundredths of a second, as starts are known: two tables give the same times. */
static struct stamp rounded(struct stamp t)
{
    uint32_t hundredths = (t.nanoseconds + 5000000) / 10000000;
    t = stamp_add(t, hundredths / 100);
    t.nanoseconds = hundredths % 100 * 10000000;
    return t;
}

static uint32_t read_pid_max(int proc)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);
    struct hz_error ignored;
    uint64_t value[1];
    if (io_proc_read(proc, "sys/kernel/pid_max", 64, &text, NULL, &ignored) != HZ_OK)
        return 0;
    return proc_status_numbers((struct w_bytes) { text.data, text.len }, value, 1) == 1 ? (uint32_t)value[0] : 0;
}

static int begin(struct proc_table *t, struct run *run, struct proc_pids *pids, struct hz_error *err)
{
    *t = (struct proc_table) { .taken = stamp_now(), .files = { .fd = -1, .mounted = -1 } };
    buf_init(&t->mounts, (size_t)16 << 20);
    t->boot = rounded(stamp_boot());
    int rc = proc_files_open(&t->files, run->root, err);
    if (rc != HZ_OK)
        return rc;
    t->pid_max = read_pid_max(t->files.fd);
    rc = proc_pids_list(pids, t->files.fd, ".", err);
    return rc == HZ_OK ? proc_table_add(t, run, pids->list, pids->count, PROC_VIEW_LIST, err) : rc;
}

int proc_table_take(struct proc_table *out, struct run *run, struct hz_error *err)
{
    HZ_CLEANUP(proc_pids_free) struct proc_pids pids = { 0 };
    struct proc_table t;
    int rc = begin(&t, run, &pids, err);
    if (rc == HZ_OK)
        *out = t;
    else
        proc_table_free(&t);
    return rc;
}
