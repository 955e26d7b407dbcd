#include "collector/network/netns.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/detached.h"
#include "collector/network/net_mounts.h"

static struct netns *find(struct netns_list *l, uint64_t inode, struct hz_error *err)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->list[i].inode == inode)
            return &l->list[i];
    if (l->count >= NETNS_MAX) {
        l->dropped++;
        hz_error_set(err, HZ_E_LIMIT, _("too many network namespaces"));
        return NULL;
    }
    struct netns *list = reallocarray(l->list, l->count + 1, sizeof *list);
    if (list == NULL) {
        hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        return NULL;
    }
    l->list = list;
    list[l->count] = (struct netns) { .inode = inode };
    return &list[l->count++];
}

/* What is beyond the bound is counted, and no failure. */
static int missed(const struct hz_error *err)
{
    return err->code == HZ_E_LIMIT ? HZ_OK : err->code;
}

static int add_own(struct run *run, struct netns_list *l, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT(256);
    int rc = io_proc_link(run->root, "proc/self/ns/net", &target, err);
    if (rc != HZ_OK)
        return rc;
    uint64_t inode = net_scan_inode(&target, "net");
    struct netns *own = inode == 0 ? NULL : find(l, inode, err);
    if (own == NULL)
        return hz_error_sys(err, HZ_E_UNSUPPORTED, EINVAL, _("this kernel has no network namespaces"));
    own->own = true;
    return HZ_OK;
}

static int add_processes(const struct net_scan *scan, struct netns_list *l, struct hz_error *err)
{
    for (size_t i = 0; i < scan->count; i++) {
        const struct net_process *p = &scan->processes[i];
        struct netns *ns = p->netns == 0 ? NULL : find(l, p->netns, err);
        if (ns == NULL && p->netns != 0 && missed(err) != HZ_OK)
            return err->code;
        if (ns == NULL)
            continue;
        if (ns->processes++ == 0)
            ns->pid = p->pid;
        ns->last_pid = p->pid;
    }
    return HZ_OK;
}

static int add_mount(void *context, uint64_t inode, const char *path, struct hz_error *err)
{
    struct netns_list *l = context;
    struct netns *ns = find(l, inode, err);
    if (ns == NULL)
        return missed(err);
    if (ns->path == NULL && (ns->path = text_copy(path)) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    return HZ_OK;
}

static int add_held(const struct net_scan *scan, struct netns_list *l, struct hz_error *err)
{
    for (size_t i = 0; i < scan->namespaces.count; i++) {
        const struct net_held *h = &scan->namespaces.list[i];
        if (i > 0 && h[-1].inode == h->inode)
            continue;
        struct netns *ns = find(l, h->inode, err);
        if (ns == NULL && missed(err) != HZ_OK)
            return err->code;
        if (ns == NULL || ns->pid != 0 || ns->path != NULL || ns->holder != 0)
            continue;
        ns->holder = h->pid;
        ns->holder_fd = h->fd;
    }
    return HZ_OK;
}

static int own_first(const void *a, const void *b)
{
    const struct netns *x = a, *y = b;
    if (x->own != y->own)
        return x->own ? -1 : 1;
    return x->inode < y->inode ? -1 : x->inode > y->inode;
}

int netns_from(struct run *run, const struct net_scan *scan, struct netns_list *out, struct hz_error *err)
{
    struct netns_list l = { 0 };
    int rc = add_own(run, &l, err);
    if (rc == HZ_OK)
        rc = add_processes(scan, &l, err);
    if (rc == HZ_OK)
        rc = net_mounts(run->root, add_mount, &l, err);
    if (rc == HZ_OK)
        rc = add_held(scan, &l, err);
    if (rc != HZ_OK) {
        netns_free(&l);
        return rc;
    }
    qsort(l.list, l.count, sizeof *l.list, own_first);
    *out = l;
    return HZ_OK;
}

int netns_find(struct run *run, struct netns_list *out, struct hz_error *err)
{
    struct net_scan scan = { 0 };
    int rc = net_scan(run, &scan, err);
    if (rc == HZ_OK)
        rc = netns_from(run, &scan, out, err);
    net_scan_free(&scan);
    return rc;
}

void netns_free(struct netns_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->list[i].path);
    free(list->list);
    *list = (struct netns_list) { 0 };
}

int netns_copy(const struct netns *ns, struct netns *out, struct hz_error *err)
{
    struct netns copy = *ns;
    if (ns->path != NULL && (copy.path = text_copy(ns->path)) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *out = copy;
    return HZ_OK;
}

/* Opens the i-th way that leads to it; false: there is no such way. */
static bool open_way(const struct netns *ns, int root, unsigned i, int *fd)
{
    char path[64];
    struct hz_error unknown;
    const char *way = path;
    switch (i) {
    case 0:
        snprintf(path, sizeof path, "proc/%d/ns/net", ns->pid);
        way = ns->own ? "proc/self/ns/net" : ns->pid != 0 ? path : NULL;
        break;
    case 1:
        snprintf(path, sizeof path, "proc/%d/ns/net", ns->last_pid);
        way = ns->last_pid != 0 ? path : NULL;
        break;
    case 2:
        way = ns->path != NULL && ns->path[0] == '/' ? ns->path + 1 : NULL;
        break;
    default:
        if (ns->holder_fd < 0)
            snprintf(path, sizeof path, "proc/%d/task/%d/ns/net", ns->holder, -ns->holder_fd);
        else
            snprintf(path, sizeof path, "proc/%d/fd/%d", ns->holder, ns->holder_fd);
        way = ns->holder != 0 ? path : NULL;
    }
    return way != NULL && io_proc_follow(root, way, fd, &unknown) == HZ_OK;
}

static int open_namespace(const struct netns *ns, int root, int *fd, struct hz_error *err)
{
    struct statx st;
    for (unsigned i = 0; i < 4; i++) {
        HZ_CLEANUP(io_close) int opened = -1;
        if (!open_way(ns, root, i, &opened) || io_statx(opened, &st, err) != HZ_OK || st.stx_ino != ns->inode)
            continue;
        *fd = opened;
        opened = -1;
        return HZ_OK;
    }
    return hz_error_sys(err, HZ_E_CHANGED, ENOENT, _("the network namespace %llu is gone"),
                        (unsigned long long)ns->inode);
}

int netns_enter(const struct netns *ns, int root, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = open_namespace(ns, root, &fd, err);
    if (rc != HZ_OK)
        return rc;
    detached_use_up();
    if (setns(fd, CLONE_NEWNET) == 0)
        return HZ_OK;
    if (ns->own && errno == EPERM)
        return HZ_OK; /* without the right to enter any, the thread is still where it began */
    return hz_error_sys(err, hz_error_class(errno), errno, _("cannot enter the network namespace %llu"),
                        (unsigned long long)ns->inode);
}
