#include "collector/network/net_diag.h"

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>

void net_diag_ready(const struct net_modules *modules, bool ready[NET_KINDS])
{
    static const struct {
        unsigned kind;
        const char *first, *second;
    } needs[] = { { NET_TCP, "inet_diag", "tcp_diag" },     { NET_UDP, "inet_diag", "udp_diag" },
                  { NET_UDPLITE, "inet_diag", "udp_diag" }, { NET_RAW, "inet_diag", "raw_diag" },
                  { NET_UNIX, "unix_diag", NULL },          { NET_PACKET, "af_packet_diag", NULL },
                  { NET_NETLINK, "netlink_diag", NULL },    { NET_VSOCK, "vsock_diag", NULL } };
    memset(ready, 0, NET_KINDS * sizeof *ready);
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
        ready[needs[i].kind] = net_modules_has(modules, needs[i].first) &&
                               (needs[i].second == NULL || net_modules_has(modules, needs[i].second));
}

struct dumping {
    struct net_sockets *out;
    size_t before;
    uint64_t dropped;
    unsigned kind;
};

static int read_one(void *context, const struct netlink_message *m, struct hz_error *err)
{
    struct dumping *d = context;
    struct net_socket *s = NULL, passed;
    if (m->type != SOCK_DIAG_BY_FAMILY)
        return HZ_OK;
    int rc = net_sockets_add(d->out, &s, err);
    if (rc != HZ_OK)
        return rc;
    struct net_socket *to = s == NULL ? &passed : s;
    bool sound = d->kind <= NET_RAW ? net_inet_read(d->kind, m, to) : net_local_read(d->kind, m, to);
    if (s == NULL)
        return sound ? net_inodes_add(&d->out->passed, passed.inode, err) : HZ_OK;
    if (!sound)
        net_sockets_cut(d->out, d->out->count - 1);
    return HZ_OK;
}

static void forget(void *context)
{
    struct dumping *d = context;
    net_sockets_cut(d->out, d->before);
    d->out->dropped = d->dropped;
}

int net_diag_dump(struct netlink *n, unsigned kind, int family, struct net_sockets *out, bool *torn,
                  struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(256);
    struct dumping d = { out, out->count, out->dropped, kind };
    int rc = kind <= NET_RAW ? net_inet_request(kind, family, &body) : net_local_request(kind, &body);
    if (rc != HZ_OK)
        return buf_check(&body, err);
    const struct netlink_dump dump = {
        .type = SOCK_DIAG_BY_FAMILY, .body = &body, .each = read_one, .again = forget, .context = &d
    };
    rc = netlink_dump(n, &dump, torn, err);
    if (rc != HZ_OK)
        forget(&d);
    return rc;
}
