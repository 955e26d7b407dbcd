#include "collector/network/net_place.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/network/net_diag.h"
#include "collector/network/net_proc.h"

int net_place_new(struct net_place **out, const struct netns *ns, int root, struct net_room *room, struct hz_error *err)
{
    struct net_place *p = calloc(1, sizeof *p);
    if (p == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    p->root = root;
    p->claim.room = net_room_hold(room);
    p->sockets.claim = p->connections.claim = &p->claim;
    for (unsigned i = 0; i < NET_LISTINGS; i++)
        net_rows_init(&p->rows[i], &p->claim);
    if (netns_copy(ns, &p->ns, err) != HZ_OK) {
        net_place_free(p);
        return err->code;
    }
    *out = p;
    return HZ_OK;
}

void net_place_lighten(struct net_place *p)
{
    net_sockets_free(&p->sockets);
    net_connections_free(&p->connections);
    for (unsigned i = 0; i < NET_LISTINGS; i++)
        net_rows_free(&p->rows[i]);
    free(p->interfaces.list);
    p->interfaces = (struct net_interfaces) { 0 };
    net_claim_give(&p->claim, p->claim.bytes);
    for (size_t i = 0; i < p->note_count; i++)
        buf_free(&p->notes[i].subject);
    free(p->notes);
    p->notes = NULL;
    p->note_count = p->note_room = 0;
}

void net_place_free(struct net_place *p)
{
    if (p == NULL)
        return;
    net_place_lighten(p);
    net_room_let_go(p->claim.room);
    free(p->ns.path);
    free(p);
}

static struct net_note *add_note(struct net_place *p)
{
    if (p->note_count == NET_NOTES) {
        p->notes_dropped++;
        return NULL;
    }
    if (p->note_count == p->note_room) {
        size_t room = p->note_room == 0 ? 8 : p->note_room * 2;
        struct net_note *notes = reallocarray(p->notes, room, sizeof *notes);
        if (notes == NULL)
            return NULL;
        p->notes = notes;
        p->note_room = room;
    }
    struct net_note *n = &p->notes[p->note_count++];
    *n = (struct net_note) { .subject = BUF_INIT(1024) };
    return n;
}

void net_place_absent(struct net_place *p, const char *what, const struct hz_error *why)
{
    struct net_note *n = add_note(p);
    if (n == NULL)
        return;
    bool late = why->code == HZ_E_TIMEOUT;
    bool lacking = why->code == HZ_E_UNSUPPORTED || why->code == HZ_E_NOTFOUND;
    n->harmless = why->code == HZ_E_CHANGED; /* as a process that ended is no failure */
    n->status = late ? W_TIMEOUT : n->harmless ? W_VANISHED : lacking ? W_UNAVAILABLE : absence_status(why->sys_errno);
    n->sys_errno = why->sys_errno;
    snprintf(n->text, sizeof n->text, "%s of the network namespace %llu: %s", what, (unsigned long long)p->ns.inode,
             late                        ? "the kernel did not answer in time"
             : why->code == HZ_E_CHANGED ? N_("it is gone")
             : why->code == HZ_E_FORMAT  ? N_("the kernel's answer does not hold together")
                                         : absence_reason(why->sys_errno));
}

void net_place_torn(struct net_place *p, const char *what)
{
    struct net_note *n = add_note(p);
    if (n == NULL)
        return;
    n->status = W_UNAVAILABLE;
    snprintf(n->text, sizeof n->text, "%s of the network namespace %llu: they changed while they were listed, %d times",
             what, (unsigned long long)p->ns.inode, NETLINK_TRIES);
}

struct net_note *net_place_observe(struct net_place *p, const char *code)
{
    struct net_note *n = add_note(p);
    if (n != NULL)
        n->code = code;
    return n;
}

const char *net_place_interface(const struct net_place *p, uint32_t index)
{
    for (size_t i = 0; index != 0 && i < p->interfaces.count; i++)
        if (p->interfaces.list[i].index == index)
            return p->interfaces.list[i].name;
    return NULL;
}

int net_place_settle(struct net_place *p, int rc, const char *what, struct hz_error *err)
{
    if (rc == HZ_OK || absence_is_ours(err->sys_errno) || err->code == HZ_E_NOMEM)
        return rc;
    net_place_absent(p, what, err);
    return HZ_OK;
}

int net_place_dump(struct net_place *p, struct netlink *n, const struct netlink_dump *dump, const char *what,
                   struct hz_error *err)
{
    bool torn = false;
    int rc = netlink_dump(n, dump, &torn, err);
    if (rc == HZ_OK && torn)
        net_place_torn(p, what);
    return net_place_settle(p, rc, what, err);
}

static int take_routing(struct net_place *p, struct hz_error *err)
{
    HZ_CLEANUP(netlink_close) struct netlink route = { .fd = -1 };
    int rc = netlink_open(&route, NETLINK_ROUTE, 0, err);
    if (rc != HZ_OK)
        return net_place_settle(p, rc, "interfaces and routes", err);
    rc = net_link_take(p, &route, err);
    if (rc != HZ_OK || p->sockets_only)
        return rc;
    rc = net_address_take(p, &route, err);
    if (rc == HZ_OK)
        rc = net_route_take(p, &route, err);
    if (rc == HZ_OK)
        rc = net_rule_take(p, &route, err);
    return rc == HZ_OK ? net_neighbour_take(p, &route, err) : rc;
}

/* Of vsock there is no text file. Its sockets belong to no namespace: it is said once. */
static void note_unlistable(struct net_place *p, unsigned kind)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)64 << 10);
    struct hz_error unknown;
    if (kind != NET_VSOCK || !p->ns.own || p->sockets_only ||
        io_proc_read(p->root, "proc/thread-self/net/protocols", text.limit, &text, NULL, &unknown) != HZ_OK ||
        text.len == 0 || memmem(text.data, text.len, "AF_VSOCK ", 9) == NULL)
        return;
    struct net_note *n = add_note(p);
    if (n == NULL)
        return;
    n->status = W_UNAVAILABLE;
    n->harmless = true;
    snprintf(n->text, sizeof n->text, "%s",
             N_("vsock sockets: this kernel has them, but the part of it that lists them is not there"));
}

/* Asked by netlink where that loads nothing, else read from /proc/net. */
static int take_kind(struct net_place *p, struct netlink *n, unsigned kind, int family, struct hz_error *err)
{
    char what[64];
    bool torn = false;
    snprintf(what, sizeof what, "%s sockets%s", net_socket_kind(kind), family == AF_INET6 ? " over IPv6" : "");
    int rc = HZ_E_NOTFOUND;
    if (p->ready[kind] && n->fd >= 0)
        rc = net_diag_dump(n, kind, family, &p->sockets, &torn, err);
    if (torn)
        net_place_torn(p, what);
    if (rc == HZ_E_NOTFOUND || rc == HZ_E_UNSUPPORTED)
        rc = net_proc_read(p->root, kind, family, &p->sockets, err);
    if (rc == HZ_E_NOTFOUND) { /* a kernel without this family, or without a list of it */
        note_unlistable(p, kind);
        return HZ_OK;
    }
    return net_place_settle(p, rc, what, err);
}

static int take_sockets(struct net_place *p, struct hz_error *err)
{
    HZ_CLEANUP(netlink_close) struct netlink n = { .fd = -1 };
    struct statx st;
    struct hz_error unknown;
    int rc = net_place_settle(p, netlink_open(&n, NETLINK_SOCK_DIAG, 0, err), "sock_diag", err);
    if (n.fd >= 0 && io_statx(n.fd, &st, &unknown) == HZ_OK)
        p->own_socket = st.stx_ino;
    for (unsigned kind = NET_TCP; rc == HZ_OK && kind <= NET_VSOCK; kind++) {
        bool inet = kind <= NET_RAW;
        rc = take_kind(p, &n, kind, inet ? AF_INET : AF_UNSPEC, err);
        if (rc == HZ_OK && inet)
            rc = take_kind(p, &n, kind, AF_INET6, err);
    }
    return rc;
}

void net_place_look(void *place)
{
    struct net_place *p = place;
    struct hz_error err = { .code = HZ_OK };
    int rc = netns_enter(&p->ns, p->root, &err);
    p->entered = rc == HZ_OK;
    if (!p->entered) {
        rc = net_place_settle(p, rc, "everything", &err);
    } else {
        rc = take_sockets(p, &err);
        if (rc == HZ_OK)
            rc = take_routing(p, &err);
        if (rc == HZ_OK && !p->sockets_only)
            rc = net_conntrack_take(p, &err);
    }
    if (p->sockets.count > 1)
        qsort(p->sockets.list, p->sockets.count, sizeof *p->sockets.list, net_socket_compare);
    net_connections_sort(&p->connections);
    for (unsigned i = 0; i < NET_LISTINGS; i++)
        net_rows_sort(&p->rows[i]);
    if (rc != HZ_OK)
        p->ours = err;
}
