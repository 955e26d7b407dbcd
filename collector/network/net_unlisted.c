/* Sockets that a process holds and no list has: families that we have no list of, and those that were never bound. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_proc.h"
#include "base/lang.h"
#include "collector/network/net_view.h"
#include "collector/servant.h"

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

/* The inodes of everything that is listed, in order. */
static uint64_t *listed(const struct net_view *v, size_t *count)
{
    size_t all = 0;
    for (size_t i = 0; i < v->spaces.count; i++)
        all += v->places[i] == NULL ? 0 : v->places[i]->sockets.count;
    uint64_t *list = calloc(all + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; list != NULL && i < v->spaces.count; i++)
        for (size_t k = 0; v->places[i] != NULL && k < v->places[i]->sockets.count; k++)
            list[(*count)++] = v->places[i]->sockets.list[k].inode;
    if (*count > 1)
        qsort(list, *count, sizeof *list, by_number);
    return list;
}

static struct asking *what_is_left(const struct run *run, const struct net_view *v)
{
    const struct net_held_list *held = &v->scan.sockets;
    size_t count = 0;
    uint64_t *known = listed(v, &count);
    struct asking *a = calloc(1, sizeof *a);
    struct net_held *list = calloc(held->count + 1, sizeof *list);
    if (a == NULL || list == NULL || known == NULL) {
        free(list);
        free(known);
        free_asking(a);
        return NULL;
    }
    *a = (struct asking) { .root = run->root, .list = list };
    for (size_t i = 0; i < held->count; i++) {
        uint64_t inode = held->list[i].inode;
        bool again = i > 0 && held->list[i - 1].inode == inode;
        if (!again && bsearch(&inode, known, count, sizeof *known, by_number) == NULL)
            a->list[a->count++] = held->list[i];
    }
    free(known);
    return a;
}

int net_unlisted_find(struct run *run, struct net_view *v, struct hz_error *err)
{
    struct asking *a = what_is_left(run, v);
    if (a == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    struct hz_error why = { .code = HZ_OK };
    int rc = servant_do(run, ask, a, &why);
    if (rc == HZ_E_TIMEOUT)
        return HZ_OK; /* whoever does not answer now was named by the first pass or is named by the next source */
    for (size_t i = 0; rc == HZ_OK && i < a->count; i++) {
        struct net_socket *s = NULL;
        if (a->list[i].inode != 0)
            rc = net_sockets_add(&v->unlisted, &s, &why);
        if (s != NULL)
            *s = (struct net_socket) { .kind = NET_UNLISTED, .inode = a->list[i].inode };
    }
    free_asking(a);
    if (rc == HZ_E_CHANGED || rc == HZ_OK)
        return HZ_OK;
    *err = why;
    return rc;
}
