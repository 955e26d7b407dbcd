#include "collector/network/net_conntrack.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "collector/network/net_place.h"

static void read_ends(const struct netlink_attr *ip, struct net_tuple *t)
{
    struct netlink_attrs list = netlink_attrs(ip->data, ip->len);
    struct netlink_attr a;
    while (netlink_next(&list, &a)) {
        bool v6 = a.type == CTA_IP_V6_SRC || a.type == CTA_IP_V6_DST;
        if (a.len != (v6 ? 16 : 4))
            continue;
        t->known = true;
        t->family = v6 ? AF_INET6 : AF_INET;
        if (a.type == CTA_IP_V4_SRC || a.type == CTA_IP_V6_SRC)
            memcpy(t->source, a.data, a.len);
        if (a.type == CTA_IP_V4_DST || a.type == CTA_IP_V6_DST)
            memcpy(t->destination, a.data, a.len);
    }
}

static void read_protocol(const struct netlink_attr *protocol, struct net_tuple *t)
{
    struct netlink_attrs list = netlink_attrs(protocol->data, protocol->len);
    struct netlink_attr a;
    while (netlink_next(&list, &a)) {
        if (a.type == CTA_PROTO_NUM)
            (void)netlink_u8(&a, &t->protocol);
        if (a.type == CTA_PROTO_SRC_PORT)
            (void)netlink_be16(&a, &t->source_port);
        if (a.type == CTA_PROTO_DST_PORT)
            (void)netlink_be16(&a, &t->destination_port);
        if (a.type == CTA_PROTO_ICMP_ID || a.type == CTA_PROTO_ICMPV6_ID)
            t->has_icmp |= netlink_be16(&a, &t->icmp_id);
        if (a.type == CTA_PROTO_ICMP_TYPE || a.type == CTA_PROTO_ICMPV6_TYPE)
            (void)netlink_u8(&a, &t->icmp_type);
        if (a.type == CTA_PROTO_ICMP_CODE || a.type == CTA_PROTO_ICMPV6_CODE)
            (void)netlink_u8(&a, &t->icmp_code);
    }
}

static void read_tuple(const struct netlink_attr *tuple, struct net_tuple *t)
{
    struct netlink_attrs list = netlink_attrs(tuple->data, tuple->len);
    struct netlink_attr a;
    while (netlink_next(&list, &a)) {
        if (a.type == CTA_TUPLE_IP)
            read_ends(&a, t);
        if (a.type == CTA_TUPLE_PROTO)
            read_protocol(&a, t);
    }
}

static void read_counters(const struct netlink_attr *counters, struct net_tuple *t)
{
    struct netlink_attrs list = netlink_attrs(counters->data, counters->len);
    struct netlink_attr a;
    while (netlink_next(&list, &a)) {
        if (a.type == CTA_COUNTERS_PACKETS)
            t->counted |= netlink_be64(&a, &t->packets);
        if (a.type == CTA_COUNTERS_BYTES)
            (void)netlink_be64(&a, &t->bytes);
    }
}

/* The first attribute of this type in another; false: there is none. */
static bool inside(const struct netlink_attr *outer, uint16_t type, struct netlink_attr *out)
{
    struct netlink_attrs list = netlink_attrs(outer->data, outer->len);
    while (netlink_next(&list, out))
        if (out->type == type)
            return true;
    return false;
}

static void read_nested(const struct netlink_attr *a, struct net_connection *c)
{
    struct netlink_attr inner, state;
    switch (a->type) {
    case CTA_TUPLE_ORIG:
        read_tuple(a, &c->original);
        break;
    case CTA_TUPLE_REPLY:
        read_tuple(a, &c->reply);
        break;
    case CTA_COUNTERS_ORIG:
        read_counters(a, &c->original);
        break;
    case CTA_COUNTERS_REPLY:
        read_counters(a, &c->reply);
        break;
    case CTA_PROTOINFO:
        if (inside(a, CTA_PROTOINFO_TCP, &inner) && inside(&inner, CTA_PROTOINFO_TCP_STATE, &state))
            c->has_tcp = netlink_u8(&state, &c->tcp_state);
        break;
    case CTA_HELP:
        if (inside(a, CTA_HELP_NAME, &inner))
            c->helper_len = (uint8_t)netlink_copy(inner.data, netlink_text(&inner), c->helper, sizeof c->helper);
        break;
    case CTA_TIMESTAMP:
        if (inside(a, CTA_TIMESTAMP_START, &inner))
            c->has_start = netlink_be64(&inner, &c->start);
        break;
    default:
        break;
    }
}

static void read_attribute(const struct netlink_attr *a, struct net_connection *c)
{
    switch (a->type) {
    case CTA_STATUS:
        (void)netlink_be32(a, &c->status);
        break;
    case CTA_TIMEOUT:
        c->has_timeout = netlink_be32(a, &c->timeout);
        break;
    case CTA_MARK:
        c->has_mark = netlink_be32(a, &c->mark);
        break;
    case CTA_ID:
        (void)netlink_be32(a, &c->id);
        break;
    case CTA_ZONE:
        (void)netlink_be16(a, &c->zone);
        break;
    default:
        read_nested(a, c);
    }
}

static int read_connection(void *context, const struct netlink_message *m, struct hz_error *err)
{
    struct net_place *p = context;
    struct net_connection c = { .status = 0 };
    if (m->type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW) || m->len < sizeof(struct nfgenmsg))
        return HZ_OK;
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof(struct nfgenmsg));
    struct netlink_attr a;
    while (netlink_next(&list, &a))
        read_attribute(&a, &c);
    return c.original.known ? net_connections_add(&p->connections, &c, err) : HZ_OK;
}

static void forget(void *context)
{
    net_connections_cut(&((struct net_place *)context)->connections, 0);
}

/* The kernel walks its whole table (262,144 places are common) also where a namespace has none. */
static bool counts_none(int proc)
{
    HZ_CLEANUP(buf_free) struct buf count = BUF_INIT(32);
    struct hz_error unknown;
    return io_proc_read(proc, "sys/net/netfilter/nf_conntrack_count", count.limit, &count, NULL, &unknown) == HZ_OK &&
           count.len == 2 && memcmp(count.data, "0\n", 2) == 0;
}

int net_conntrack_take(struct net_place *p, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int proc = -1;
    HZ_CLEANUP(netlink_close) struct netlink n = { .fd = -1 };
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(64);
    const struct nfgenmsg head = { .nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0 };
    if (!p->conntrack_ready || io_proc_directory(p->root, "proc", &proc, err) != HZ_OK ||
        !netlink_offered(proc, NETLINK_NETFILTER) || counts_none(proc))
        return HZ_OK;
    int rc = netlink_open(&n, NETLINK_NETFILTER, 0, err);
    if (rc != HZ_OK)
        return net_place_settle(p, rc, "tracked connections", err);
    if (buf_put(&body, &head, sizeof head) != HZ_OK)
        return buf_check(&body, err);
    const struct netlink_dump dump = { .type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET,
                                       .body = &body,
                                       .each = read_connection,
                                       .again = forget,
                                       .context = p };
    return net_place_dump(p, &n, &dump, "tracked connections", err);
}
