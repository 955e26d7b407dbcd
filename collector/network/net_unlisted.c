/* Sockets that a process holds and no list has: families that we have no list of, and those that were never bound. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_proc.h"
#include "base/lang.h"
#include "collector/network/net_view.h"
#include "collector/servant.h"
#include "collector/stop.h"
#include "collector/take.h"

struct asking { /* are they still held? On a servant's thread. */
    int root;
    struct net_held *list; /* owned; inode 0: not any more */
    size_t count;
};

static void free_asking(struct asking *a)
{
    if (a != NULL)
        free(a->list);
    free(a);
}

static void ask(void *context)
{
    struct asking *a = context;
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT(4200);
    for (size_t i = 0; i < a->count; i++) {
        char path[64];
        struct hz_error gone;
        buf_reset(&target);
        snprintf(path, sizeof path, "proc/%d/fd/%d", a->list[i].pid, a->list[i].fd);
        if (io_proc_link(a->root, path, &target, &gone) != HZ_OK ||
            net_scan_inode(&target, "socket") != a->list[i].inode)
            a->list[i].inode = 0;
    }
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

int net_unlisted_note(struct net_view *v, const struct net_place *p, struct hz_error *err)
{
    int rc = HZ_OK;
    v->sockets += p->sockets.count;
    for (size_t i = 0; rc == HZ_OK && i < p->sockets.count; i++)
        if (p->sockets.list[i].inode != 0)
            rc = net_inodes_add(&v->listed, p->sockets.list[i].inode, err);
    for (size_t i = 0; rc == HZ_OK && i < p->sockets.passed.count; i++)
        rc = net_inodes_add(&v->listed, p->sockets.passed.list[i], err);
    return rc;
}

static struct asking *what_is_left(const struct run *run, const struct net_view *v)
{
    const struct net_held_list *held = &v->scan.sockets;
    const struct net_inodes *known = &v->listed;
    struct asking *a = calloc(1, sizeof *a);
    struct net_held *list = calloc(held->count + 1, sizeof *list);
    if (a == NULL || list == NULL) {
        free(list);
        free_asking(a);
        return NULL;
    }
    *a = (struct asking) { .root = run->root, .list = list };
    for (size_t i = 0; i < held->count; i++) {
        uint64_t inode = held->list[i].inode;
        bool again = i > 0 && held->list[i - 1].inode == inode;
        if (!again &&
            (known->count == 0 || bsearch(&inode, known->list, known->count, sizeof *known->list, by_number) == NULL))
            a->list[a->count++] = held->list[i];
    }
    list = realloc(a->list, (a->count + 1) * sizeof *list); /* mostly very few */
    a->list = list == NULL ? a->list : list;
    return a;
}

/* rc: HZ_E_TIMEOUT or HZ_E_CHANGED of a servant. */
static int note_unasked(struct run *run, int rc, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(1000);
    enum stop_reason stop = stop_now(run);
    bool stopped = rc == HZ_E_CHANGED && stop != STOP_NONE;
    buf_printf(&reason, "sockets in no list: %s",
               stopped ? stop_text(stop) : N_("no answer within the command timeout"));
    const struct walk_absence row = { .status = stopped ? stop_status(stop) : W_TIMEOUT,
                                      .reason = buf_text(&reason),
                                      .failure = true };
    return row.reason == NULL ? buf_check(&reason, err) : take_absence(run, &row, err);
}

int net_unlisted_find(struct run *run, struct net_view *v, struct hz_error *err)
{
    if (v->listed.count > 1)
        qsort(v->listed.list, v->listed.count, sizeof *v->listed.list, by_number);
    struct asking *a = what_is_left(run, v);
    if (a == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    int rc = servant_do(run, ask, a, err);
    if (rc == HZ_E_TIMEOUT)
        return note_unasked(run, rc, err); /* a is gone with its thread */
    for (size_t i = 0; rc == HZ_OK && i < a->count; i++)
        if (a->list[i].inode != 0)
            rc = net_inodes_add(&v->unlisted, a->list[i].inode, err);
    free_asking(a);
    return rc == HZ_E_CHANGED ? note_unasked(run, rc, err) : rc;
}
