#include "collector/network/net_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

#define EXPECTED_MAX ((size_t)8192) /* sockets there is room for at once: what is not used is not touched either */

int net_inodes_add(struct net_inodes *l, uint64_t inode, struct hz_error *err)
{
    if (l->count == l->room) {
        size_t room = l->room == 0 ? 64 : l->room * 2;
        uint64_t *list = reallocarray(l->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_sys(err, HZ_E_NOMEM, ENOMEM, _("out of memory"));
        l->list = list;
        l->room = room;
    }
    l->list[l->count++] = inode;
    return HZ_OK;
}

int net_sockets_add(struct net_sockets *l, struct net_socket **out, struct hz_error *err)
{
    *out = NULL;
    if (l->count >= NET_SOCKETS_MAX ||
        (l->claim != NULL && !net_claim_take(l->claim, sizeof *l->list, NET_ROOM_SOCKETS))) {
        l->dropped++;
        return HZ_OK;
    }
    if (l->count == l->room) {
        size_t first = l->expected < 64 ? 64 : l->expected < EXPECTED_MAX ? l->expected : EXPECTED_MAX;
        size_t room = l->room == 0 ? first : l->room * 2;
        struct net_socket *list = reallocarray(l->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_sys(err, HZ_E_NOMEM, ENOMEM, _("out of memory"));
        l->list = list;
        l->room = room;
    }
    *out = &l->list[l->count++];
    memset(*out, 0, sizeof **out);
    return HZ_OK;
}

void net_sockets_cut(struct net_sockets *l, size_t count)
{
    if (l->claim != NULL)
        net_claim_give(l->claim, (l->count - count) * sizeof *l->list);
    l->count = count;
}

/* What it had claimed is given back by whoever claimed it. */
void net_sockets_free(struct net_sockets *l)
{
    free(l->list);
    free(l->passed.list);
    *l = (struct net_sockets) { .expected = l->expected, .claim = l->claim, .dropped = l->dropped };
}

static int order(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

int net_socket_compare(const void *a, const void *b)
{
    const struct net_socket *x = a, *y = b;
    int c = order(x->kind, y->kind);
    if (c == 0)
        c = order(x->family, y->family);
    if (c == 0)
        c = memcmp(x->local, y->local, sizeof x->local);
    if (c == 0)
        c = order(x->local_port, y->local_port);
    if (c == 0)
        c = memcmp(x->remote, y->remote, sizeof x->remote);
    if (c == 0)
        c = order(x->remote_port, y->remote_port);
    if (c == 0 && x->kind == NET_UNIX)
        c = memcmp(x->path, y->path, sizeof x->path);
    if (c == 0)
        c = order(x->inode, y->inode);
    return c != 0 ? c : order(x->cookie, y->cookie);
}

const char *net_socket_kind(unsigned kind)
{
    static const char *const names[NET_KINDS] = { "tcp",    "udp",     "udplite", "raw",     "unix",
                                                  "packet", "netlink", "vsock",   "unlisted" };
    return kind < NET_KINDS ? names[kind] : "?";
}

const char *net_socket_state(unsigned state)
{
    static const char *const names[] = { "?",          "ESTAB",     "SYN-SENT", "SYN-RECV",   "FIN-WAIT-1",
                                         "FIN-WAIT-2", "TIME-WAIT", "UNCONN",   "CLOSE-WAIT", "LAST-ACK",
                                         "LISTEN",     "CLOSING",   "SYN-RECV", "BOUND" };
    return state < sizeof names / sizeof names[0] ? names[state] : "?";
}

const char *net_socket_type(unsigned type)
{
    static const char *const names[] = { NULL, "stream", "dgram", "raw", "rdm", "seqpacket", "dccp" };
    return type < sizeof names / sizeof names[0] ? names[type] : NULL;
}

const char *net_socket_timer(unsigned timer)
{
    static const char *const names[] = { NULL, "on", "keepalive", "timewait", "persist" };
    return timer < sizeof names / sizeof names[0] ? names[timer] : NULL;
}
