#include "collector/network/net_scan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "base/num.h"
#include "collector/absence.h"
#include "collector/servant.h"
#include "collector/stop.h"
#include "collector/take.h"

#define NAME_MAX_BYTES ((size_t)256)
#define PATH_MAX_BYTES ((size_t)4200)
#define THREADS 2
#define PIDS_MAX ((size_t)1 << 22) /* PID_MAX_LIMIT */

struct piece { /* one process, on a thread */
    int root;
    struct net_process process;
    struct net_held_list sockets, namespaces;
    bool cut;
    size_t descriptors; /* that were seen, of any kind */
    uint64_t thread;    /* one of it that is not its first; 0: none */
    struct hz_error why;
};

struct pieces {
    int root;
    struct piece **list; /* owned; NULL: handed on, or lost */
    size_t count, room;
};

struct gathering {
    struct run *run;
    struct pieces *pieces;
    const int *pids;
    struct net_scan *out;
    uint64_t unasked; /* when the collection was to end */
};

static void free_piece(struct piece *p)
{
    if (p == NULL)
        return;
    buf_free(&p->process.name);
    buf_free(&p->process.exe);
    free(p->sockets.list);
    free(p->namespaces.list);
    free(p);
}

uint64_t net_scan_inode(const struct buf *target, const char *prefix)
{
    size_t len = strlen(prefix);
    const char *text = (const char *)target->data;
    uint64_t inode = 0;
    if (target->len < len + 4 || memcmp(text, prefix, len) != 0 || memcmp(text + len, ":[", 2) != 0 ||
        text[target->len - 1] != ']')
        return 0;
    return num_parse_u64(text + len + 2, target->len - len - 3, UINT64_MAX, &inode) == HZ_OK ? inode : 0;
}

static int grow(struct net_held_list *l, size_t more, struct hz_error *err)
{
    if (more <= l->room - l->count)
        return HZ_OK;
    size_t room = l->room == 0 ? 16 : l->room * 2;
    while (room - l->count < more)
        room *= 2;
    struct net_held *list = reallocarray(l->list, room, sizeof *list);
    if (list == NULL)
        return hz_error_sys(err, HZ_E_NOMEM, ENOMEM, _("out of memory"));
    l->list = list;
    l->room = room;
    return HZ_OK;
}

static int hold(struct piece *p, struct net_held_list *l, uint64_t inode, int fd, struct hz_error *err)
{
    p->cut |= l->count >= NET_SCAN_DESCRIPTORS;
    int rc = p->cut ? HZ_OK : grow(l, 1, err);
    if (rc == HZ_OK && !p->cut)
        l->list[l->count++] = (struct net_held) { .inode = inode, .pid = p->process.pid, .fd = fd };
    return rc;
}

struct listing {
    struct piece *piece;
    int directory;
    struct buf target;
};

static int look_at_descriptor(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct listing *l = context;
    struct hz_error gone;
    uint64_t fd = 0, inode;
    (void)type;
    buf_reset(&l->target);
    l->piece->descriptors++;
    if (num_parse_u64(name, strlen(name), INT32_MAX, &fd) != HZ_OK ||
        io_proc_link(l->directory, name, &l->target, &gone) != HZ_OK)
        return HZ_OK;
    if ((inode = net_scan_inode(&l->target, "socket")) != 0)
        return hold(l->piece, &l->piece->sockets, inode, (int)fd, err);
    if ((inode = net_scan_inode(&l->target, "net")) != 0)
        return hold(l->piece, &l->piece->namespaces, inode, (int)fd, err);
    return HZ_OK;
}

static int look_at_descriptors(struct piece *p, int process, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct listing l = { .piece = p, .target = BUF_INIT(PATH_MAX_BYTES) };
    int rc = io_proc_directory(process, "fd", &fd, err);
    l.directory = fd;
    if (rc == HZ_OK)
        rc = io_proc_list(fd, ".", look_at_descriptor, &l, err);
    buf_free(&l.target);
    return rc;
}

static void look_at_name(struct piece *p, int process)
{
    struct hz_error unknown;
    struct buf *name = &p->process.name;
    if (io_proc_read(process, "comm", NAME_MAX_BYTES, name, NULL, &unknown) == HZ_OK && name->len > 0 &&
        name->data[name->len - 1] == '\n')
        name->len--;
    if (io_proc_link(process, "exe", &p->process.exe, &unknown) != HZ_OK)
        buf_reset(&p->process.exe);
}

static int look_at_task(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct listing *l = context;
    struct net_held_list *all = &l->piece->namespaces;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(64);
    struct hz_error gone;
    uint64_t tid = 0, inode = 0;
    (void)type;
    buf_reset(&l->target);
    buf_printf(&path, "task/%s/ns/net", name);
    if (num_parse_u64(name, strlen(name), PIDS_MAX, &tid) != HZ_OK || buf_text(&path) == NULL ||
        io_proc_link(l->directory, buf_text(&path), &l->target, &gone) != HZ_OK)
        return HZ_OK;
    if (l->piece->thread == 0 && tid != (uint64_t)l->piece->process.pid)
        l->piece->thread = tid;
    inode = net_scan_inode(&l->target, "net");
    if (inode == 0 || inode == l->piece->process.netns || (all->count > 0 && all->list[all->count - 1].inode == inode))
        return HZ_OK;
    return hold(l->piece, all, inode, -(int)tid, err);
}

/* A thread can have a namespace of its own (setns(2)). The folder has a link for each thread beside its own two. */
static int look_at_tasks(struct piece *p, int process, struct hz_error *err)
{
    struct listing l = { .piece = p, .directory = process, .target = BUF_INIT(NAME_MAX_BYTES) };
    struct statx st;
    struct hz_error gone;
    if (io_proc_statx(process, "task", &st, &gone) != HZ_OK || st.stx_nlink <= 3)
        return HZ_OK;
    int rc = io_proc_list(process, "task", look_at_task, &l, err);
    buf_free(&l.target);
    return rc;
}

static int look_inside(struct piece *p, int process, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT(NAME_MAX_BYTES);
    struct hz_error unknown;
    if (io_proc_link(process, "ns/net", &target, &unknown) == HZ_OK)
        p->process.netns = net_scan_inode(&target, "net");
    return look_at_descriptors(p, process, err);
}

static void look_at_process(void *context)
{
    struct piece *p = context;
    char path[64];
    HZ_CLEANUP(io_close) int process = -1;
    HZ_CLEANUP(io_close) int thread = -1;
    snprintf(path, sizeof path, "proc/%d", p->process.pid);
    if (io_proc_directory(p->root, path, &process, &p->why) != HZ_OK)
        return;
    if (look_inside(p, process, &p->why) == HZ_OK && look_at_tasks(p, process, &p->why) == HZ_OK)
        p->why.code = HZ_OK;
    /* The first thread may have ended before the others: then its folder has nothing of what the process has. */
    snprintf(path, sizeof path, "task/%llu", (unsigned long long)p->thread);
    if (p->why.code == HZ_OK && p->descriptors == 0 && p->thread != 0 &&
        io_proc_directory(process, path, &thread, &p->why) == HZ_OK && look_inside(p, thread, &p->why) == HZ_OK)
        p->why.code = HZ_OK;
    if (p->sockets.count > 0)
        look_at_name(p, thread >= 0 ? thread : process);
}

static int add_piece(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct pieces *ps = context;
    uint64_t pid = 0;
    (void)type;
    if (num_parse_u64(name, strlen(name), PIDS_MAX, &pid) != HZ_OK || pid == 0)
        return HZ_OK;
    if (ps->count == ps->room) {
        size_t room = ps->room == 0 ? 256 : ps->room * 2;
        struct piece **list = reallocarray(ps->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        ps->list = list;
        ps->room = room;
    }
    struct piece *p = calloc(1, sizeof *p);
    if (p == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *p = (struct piece) { .root = ps->root, .process.pid = (int)pid };
    buf_init(&p->process.name, NAME_MAX_BYTES);
    buf_init(&p->process.exe, PATH_MAX_BYTES);
    ps->list[ps->count++] = p;
    return HZ_OK;
}

static int by_pid(const void *a, const void *b)
{
    const struct piece *const *x = a, *const *y = b;
    return (*x)->process.pid < (*y)->process.pid ? -1 : (*x)->process.pid > (*y)->process.pid;
}

static int move(const struct net_held_list *from, struct net_held_list *to, size_t process, bool *cut,
                struct hz_error *err)
{
    const size_t left = NET_SCAN_IN_ALL - to->count, count = from->count < left ? from->count : left;
    int rc = grow(to, count, err);
    *cut |= count < from->count;
    for (size_t i = 0; rc == HZ_OK && i < count; i++) {
        to->list[to->count] = from->list[i];
        to->list[to->count++].process = process;
    }
    return rc;
}

static int note_lost(struct gathering *g, size_t i, bool begun, struct hz_error *err)
{
    char reason[160];
    const struct walk_absence row = { .status = W_TIMEOUT, .reason = reason, .failure = true };
    g->out->lost++;
    g->unasked += !begun;
    snprintf(reason, sizeof reason, "descriptors of process %d: %s", g->pids[i],
             N_("no answer within the command timeout"));
    return begun ? take_absence(g->run, &row, err) : HZ_OK;
}

/* One row for all of them: there may be very many. */
static int note_unasked(const struct gathering *g, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(1000);
    enum stop_reason stop = stop_now(g->run);
    buf_printf(&reason, "descriptors of %llu processes: %s", (unsigned long long)g->unasked,
               stop != STOP_NONE ? stop_text(stop) : N_("too many others did not answer"));
    const struct walk_absence row = { .status = stop != STOP_NONE ? stop_status(stop) : W_TIMEOUT,
                                      .reason = buf_text(&reason),
                                      .failure = true };
    if (g->unasked == 0)
        return HZ_OK;
    return row.reason == NULL ? buf_check(&reason, err) : take_absence(g->run, &row, err);
}

static int gather(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct gathering *g = context;
    struct piece *p = g->pieces->list[i];
    struct net_scan *out = g->out;
    if (lost && begun)
        g->pieces->list[i] = NULL;
    if (lost)
        return note_lost(g, i, begun, err);
    if (absence_is_ours(p->why.sys_errno)) {
        *err = p->why;
        return p->why.code;
    }
    out->denied += p->why.code == HZ_E_DENIED;
    int rc = move(&p->sockets, &out->sockets, out->count, &p->cut, err);
    if (rc == HZ_OK)
        rc = move(&p->namespaces, &out->namespaces, out->count, &p->cut, err);
    out->cut += p->cut;
    if (rc != HZ_OK)
        return rc;
    out->processes[out->count++] = p->process;
    buf_init(&p->process.name, NAME_MAX_BYTES);
    buf_init(&p->process.exe, PATH_MAX_BYTES);
    free_piece(p);
    g->pieces->list[i] = NULL;
    return HZ_OK;
}

static int by_inode(const void *a, const void *b)
{
    const struct net_held *x = a, *y = b;
    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    if (x->pid != y->pid)
        return x->pid < y->pid ? -1 : 1;
    return x->fd < y->fd ? -1 : x->fd > y->fd;
}

static int scan_pieces(struct run *run, struct pieces *ps, struct net_scan *out, struct hz_error *err)
{
    int *pids = calloc(ps->count + 1, sizeof *pids);
    out->processes = calloc(ps->count + 1, sizeof *out->processes);
    if (pids == NULL || out->processes == NULL) {
        free(pids);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    if (ps->count > 1)
        qsort(ps->list, ps->count, sizeof(struct piece *), by_pid);
    for (size_t i = 0; i < ps->count; i++)
        pids[i] = ps->list[i]->process.pid;
    struct gathering g = { run, ps, pids, out, 0 };
    const struct servant_batch batch = { .work = look_at_process,
                                         .contexts = (void **)ps->list,
                                         .count = ps->count,
                                         .threads = THREADS,
                                         .done = gather,
                                         .done_context = &g };
    int rc = servant_batch(run, &batch, err);
    free(pids);
    return rc == HZ_OK ? note_unasked(&g, err) : rc;
}

int net_scan(struct run *run, struct net_scan *out, struct hz_error *err)
{
    struct pieces ps = { .root = run->root };
    struct net_scan scan = { 0 };
    int rc = io_proc_list(run->root, "proc", add_piece, &ps, err);
    if (rc == HZ_OK)
        rc = scan_pieces(run, &ps, &scan, err);
    for (size_t i = 0; i < ps.count; i++)
        free_piece(ps.list[i]);
    free(ps.list);
    if (rc != HZ_OK) {
        net_scan_free(&scan);
        return rc;
    }
    if (scan.sockets.count > 1)
        qsort(scan.sockets.list, scan.sockets.count, sizeof *scan.sockets.list, by_inode);
    if (scan.namespaces.count > 1)
        qsort(scan.namespaces.list, scan.namespaces.count, sizeof *scan.namespaces.list, by_inode);
    *out = scan;
    return HZ_OK;
}

void net_scan_free(struct net_scan *scan)
{
    for (size_t i = 0; i < scan->count; i++) {
        buf_free(&scan->processes[i].name);
        buf_free(&scan->processes[i].exe);
    }
    free(scan->processes);
    free(scan->sockets.list);
    free(scan->namespaces.list);
    *scan = (struct net_scan) { 0 };
}

const struct net_held *net_scan_holders(const struct net_scan *scan, uint64_t inode, const struct net_held **end)
{
    const struct net_held_list *l = &scan->sockets;
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->list[middle].inode < inode)
            low = middle + 1;
        else
            high = middle;
    }
    size_t behind = low;
    while (behind < l->count && l->list[behind].inode == inode)
        behind++;
    *end = l->list + behind;
    return inode == 0 || behind == low ? NULL : l->list + low;
}
