/* Routes of all tables: rtnetlink(7) RTM_GETROUTE. */
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "collector/network/net_place.h"
#include "collector/network/net_text.h"
#include "formats/write/fields.h"

#define HOPS 32   /* shown of a route; the number of all is said */
#define TICKS 100 /* USER_HZ */

struct hop {
    uint32_t interface;
    uint8_t flags;
    unsigned weight;
    char gateway[NET_ADDRESS_SIZE];
};

struct route {
    struct rtmsg head;
    char destination[NET_ADDRESS_SIZE + 8], source[NET_ADDRESS_SIZE + 8], preferred[NET_ADDRESS_SIZE];
    uint32_t table, metric, mark, next_hop_object;
    uint16_t encapsulation;
    int32_t expires;
    struct hop first; /* of a route with one way */
    struct hop hops[HOPS];
    size_t hop_count, hops_in_all;
    unsigned char key[4 + 1 + 16 + 1 + 4];
};

static void put_prefix(char out[NET_ADDRESS_SIZE + 8], int family, const struct netlink_attr *a, uint8_t len)
{
    char address[NET_ADDRESS_SIZE];
    net_text_address(address, family, a->data, a->len);
    if (address[0] != '\0')
        snprintf(out, NET_ADDRESS_SIZE + 8, "%s/%u", address, len);
}

/* RTA_VIA: a gateway of another family. */
static void read_via(const struct netlink_attr *a, char out[NET_ADDRESS_SIZE])
{
    uint16_t family = 0;
    if (a->len < sizeof family)
        return;
    memcpy(&family, a->data, sizeof family);
    net_text_address(out, family, a->data + sizeof family, a->len - sizeof family);
}

static void read_way(const struct netlink_attr *a, int family, struct hop *h)
{
    if (a->type == RTA_GATEWAY)
        net_text_address(h->gateway, family, a->data, a->len);
    else if (a->type == RTA_VIA)
        read_via(a, h->gateway);
    else if (a->type == RTA_OIF)
        (void)netlink_u32(a, &h->interface);
}

static void read_hops(const struct netlink_attr *all, struct route *r)
{
    struct rtnexthop head;
    for (size_t at = 0; all->len - at >= sizeof head && at <= all->len;) {
        memcpy(&head, all->data + at, sizeof head);
        if (head.rtnh_len < sizeof head || head.rtnh_len > all->len - at)
            return;
        struct hop h = { .interface = (uint32_t)head.rtnh_ifindex,
                         .flags = head.rtnh_flags,
                         .weight = head.rtnh_hops + 1U };
        struct netlink_attrs list = netlink_attrs(all->data + at + sizeof head, head.rtnh_len - sizeof head);
        struct netlink_attr a;
        while (netlink_next(&list, &a))
            if (a.type != RTA_OIF)
                read_way(&a, r->head.rtm_family, &h);
        if (r->hop_count < HOPS)
            r->hops[r->hop_count++] = h;
        r->hops_in_all++;
        size_t step = (head.rtnh_len + 3U) & ~(size_t)3;
        at += step < all->len - at ? step : all->len - at;
    }
}

static void read_attribute(const struct netlink_attr *a, struct route *r)
{
    struct rta_cacheinfo cache;
    int family = r->head.rtm_family;
    switch (a->type) {
    case RTA_DST:
        put_prefix(r->destination, family, a, r->head.rtm_dst_len);
        netlink_copy(a->data, a->len, r->key + 5, 16);
        break;
    case RTA_SRC:
        put_prefix(r->source, family, a, r->head.rtm_src_len);
        break;
    case RTA_PREFSRC:
        net_text_address(r->preferred, family, a->data, a->len);
        break;
    case RTA_PRIORITY:
        (void)netlink_u32(a, &r->metric);
        break;
    case RTA_TABLE:
        (void)netlink_u32(a, &r->table);
        break;
    case RTA_MARK:
        (void)netlink_u32(a, &r->mark);
        break;
    case RTA_NH_ID:
        (void)netlink_u32(a, &r->next_hop_object);
        break;
    case RTA_ENCAP_TYPE:
        (void)netlink_u16(a, &r->encapsulation);
        break;
    case RTA_CACHEINFO:
        if (netlink_copy(a->data, a->len, &cache, sizeof cache) == sizeof cache)
            r->expires = cache.rta_expires;
        break;
    case RTA_MULTIPATH:
        read_hops(a, r);
        break;
    default:
        read_way(a, family, &r->first);
    }
}

static const char *type_of(unsigned type)
{
    static const char *const names[] = { "unspec",    "unicast",     "local",    "broadcast", "anycast", "multicast",
                                         "blackhole", "unreachable", "prohibit", "throw",     "nat",     "xresolve" };
    return type < sizeof names / sizeof names[0] ? names[type] : "other";
}

static const char *family_of(unsigned family)
{
    return family == AF_INET             ? "inet"
           : family == AF_INET6          ? "inet6"
           : family == RTNL_FAMILY_IPMR  ? "ipmr"
           : family == RTNL_FAMILY_IP6MR ? "ip6mr"
                                         : "other";
}

static void put_name(struct json_out *j, const struct net_place *p, uint32_t index)
{
    const char *name = net_place_interface(p, index);
    if (name != NULL)
        w_fields_bytes(j, "interface_name", "interface_name_b64", (struct w_bytes) { name, strlen(name) });
}

static void put_hops(struct json_out *j, const struct net_place *p, const struct route *r)
{
    if (r->hops_in_all == 0)
        return;
    json_key(j, "next_hops");
    json_array(j);
    for (size_t i = 0; i < r->hop_count; i++) {
        const struct hop *h = &r->hops[i];
        json_object(j);
        json_member_string(j, "gateway", h->gateway[0] != '\0' ? h->gateway : NULL);
        json_member_int(j, "interface", h->interface);
        put_name(j, p, h->interface);
        json_member_int(j, "weight", h->weight);
        json_object_end(j);
    }
    json_array_end(j);
    json_member_int(j, "next_hops_in_all", (int64_t)r->hops_in_all);
}

static void put_json(struct json_out *j, const struct net_place *p, const struct route *r)
{
    json_member_string(j, "destination", r->destination[0] != '\0' ? r->destination : "default");
    net_json_count(j, "encapsulation", r->encapsulation);
    if (r->expires > 0)
        json_member_int(j, "expires_seconds", r->expires / TICKS);
    json_member_string(j, "family", family_of(r->head.rtm_family));
    json_member_int(j, "flags", r->head.rtm_flags);
    json_member_string(j, "gateway", r->first.gateway[0] != '\0' ? r->first.gateway : NULL);
    net_json_count(j, "interface", r->first.interface);
    put_name(j, p, r->first.interface);
    net_json_count(j, "mark", r->mark);
    json_member_int(j, "metric", r->metric);
    net_json_some(j, "netns", p->ns.inode);
    net_json_count(j, "next_hop_object", r->next_hop_object);
    put_hops(j, p, r);
    json_member_string(j, "preferred_source", r->preferred[0] != '\0' ? r->preferred : NULL);
    json_member_int(j, "protocol", r->head.rtm_protocol);
    json_member_int(j, "scope", r->head.rtm_scope);
    json_member_string(j, "source", r->source[0] != '\0' ? r->source : NULL);
    json_member_int(j, "table", r->table);
    net_json_count(j, "tos", r->head.rtm_tos);
    json_member_string(j, "type", type_of(r->head.rtm_type));
}

static void put_device(struct buf *out, const struct net_place *p, uint32_t index)
{
    const char *name = net_place_interface(p, index);
    if (name != NULL) {
        buf_puts(out, " dev ");
        escape_terminal(out, name, strlen(name));
    } else if (index != 0) {
        buf_printf(out, " dev if%u", index);
    }
}

static void put_hop(struct buf *out, const struct net_place *p, const struct hop *h)
{
    if (h->gateway[0] != '\0')
        buf_printf(out, " via %s", h->gateway);
    put_device(out, p, h->interface);
}

static void put_text(struct buf *out, const struct net_place *p, const struct route *r)
{
    if (r->head.rtm_type != RTN_UNICAST)
        buf_printf(out, "%s ", type_of(r->head.rtm_type));
    buf_puts(out, r->destination[0] != '\0' ? r->destination : "default");
    if (r->source[0] != '\0')
        buf_printf(out, " from %s", r->source);
    if (r->head.rtm_tos != 0)
        buf_printf(out, " tos 0x%02x", r->head.rtm_tos);
    if (r->mark != 0)
        buf_printf(out, " mark 0x%x", r->mark);
    put_hop(out, p, &r->first);
    if (r->next_hop_object != 0)
        buf_printf(out, " nhid %u", r->next_hop_object);
    buf_printf(out, " table %u proto %u scope %u", r->table, r->head.rtm_protocol, r->head.rtm_scope);
    if (r->preferred[0] != '\0')
        buf_printf(out, " src %s", r->preferred);
    if (r->metric != 0)
        buf_printf(out, " metric %u", r->metric);
    if (r->expires > 0)
        buf_printf(out, " expires %dsec", r->expires / TICKS);
    buf_putc(out, '\n');
    for (size_t i = 0; i < r->hop_count; i++) {
        buf_puts(out, "\tnexthop");
        put_hop(out, p, &r->hops[i]);
        buf_printf(out, " weight %u\n", r->hops[i].weight);
    }
    if (r->hops_in_all > r->hop_count)
        buf_printf(out, "\t(%zu more)\n", (size_t)r->hops_in_all - r->hop_count);
}

static int read_route(void *context, const struct netlink_message *m, struct hz_error *err)
{
    struct net_place *p = context;
    struct route r = { .table = 0 };
    if (m->type != RTM_NEWROUTE || netlink_copy(m->body, m->len, &r.head, sizeof r.head) < sizeof r.head ||
        (r.head.rtm_flags & RTM_F_CLONED) != 0)
        return HZ_OK;
    r.table = r.head.rtm_table;
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof r.head);
    struct netlink_attr a;
    while (netlink_next(&list, &a))
        read_attribute(&a, &r);
    r.key[0] = r.head.rtm_family;
    net_key_u32(r.key + 1, r.table);
    r.key[21] = r.head.rtm_dst_len;
    net_key_u32(r.key + 22, r.metric);
    struct net_line line;
    net_line_begin(&line, &p->rows[NET_ROUTES], r.key, sizeof r.key);
    put_json(&line.json, p, &r);
    put_text(&line.text, p, &r);
    return net_line_end(&line, err);
}

static void forget(void *context)
{
    net_rows_empty(&((struct net_place *)context)->rows[NET_ROUTES]);
}

int net_route_take(struct net_place *p, struct netlink *route, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(64);
    const struct rtmsg head = { .rtm_family = AF_UNSPEC };
    if (buf_put(&body, &head, sizeof head) != HZ_OK)
        return buf_check(&body, err);
    const struct netlink_dump dump = {
        .type = RTM_GETROUTE, .body = &body, .each = read_route, .again = forget, .context = p
    };
    return net_place_dump(p, route, &dump, "routes", err);
}
