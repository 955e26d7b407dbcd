/* Interfaces: rtnetlink(7) RTM_GETLINK, and the names of their queueing disciplines (RTM_GETQDISC). */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/lang.h"
#include "collector/network/net_link_row.h"
#include "collector/network/net_place.h"

struct qdisc {
    uint32_t index, handle, parent;
    char kind[32];
};

struct links {
    struct net_place *place;
    struct qdisc *qdiscs; /* owned */
    size_t count, room;
};

static int read_qdisc(void *context, const struct netlink_message *m, struct hz_error *err)
{
    struct links *l = context;
    struct tcmsg head;
    if (m->type != RTM_NEWQDISC || netlink_copy(m->body, m->len, &head, sizeof head) < sizeof head)
        return HZ_OK;
    if (l->count == l->room) {
        size_t room = l->room == 0 ? 16 : l->room * 2;
        struct qdisc *list = reallocarray(l->qdiscs, room, sizeof *list);
        if (list == NULL)
            return hz_error_sys(err, HZ_E_NOMEM, ENOMEM, _("out of memory"));
        l->qdiscs = list;
        l->room = room;
    }
    struct qdisc *q = &l->qdiscs[l->count++];
    *q = (struct qdisc) { .index = (uint32_t)head.tcm_ifindex, .handle = head.tcm_handle, .parent = head.tcm_parent };
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof head);
    struct netlink_attr a;
    while (netlink_next(&list, &a))
        if (a.type == TCA_KIND)
            netlink_copy(a.data, netlink_text(&a), q->kind, sizeof q->kind - 1);
    return HZ_OK;
}

static void read_info(const struct netlink_attr *info, struct net_link *k)
{
    struct netlink_attrs list = netlink_attrs(info->data, info->len);
    struct netlink_attr a;
    while (netlink_next(&list, &a)) {
        if (a.type == IFLA_INFO_KIND)
            k->kind = (struct w_bytes) { a.data, netlink_text(&a) };
        if (a.type == IFLA_INFO_SLAVE_KIND)
            k->port_kind = (struct w_bytes) { a.data, netlink_text(&a) };
    }
}

static void read_xdp(const struct netlink_attr *xdp, struct net_link *k)
{
    struct netlink_attrs list = netlink_attrs(xdp->data, xdp->len);
    struct netlink_attr a;
    while (netlink_next(&list, &a)) {
        if (a.type == IFLA_XDP_ATTACHED)
            (void)netlink_u8(&a, &k->xdp_mode);
        if (a.type == IFLA_XDP_PROG_ID)
            (void)netlink_u32(&a, &k->xdp_program);
    }
}

static void read_names(const struct netlink_attr *names, struct net_link *k)
{
    struct netlink_attrs list = netlink_attrs(names->data, names->len);
    struct netlink_attr a;
    while (k->alternative_count < NET_LINK_NAMES && netlink_next(&list, &a))
        if (a.type == IFLA_ALT_IFNAME)
            k->alternatives[k->alternative_count++] = (struct w_bytes) { a.data, netlink_text(&a) };
}

static void read_number(const struct netlink_attr *a, struct net_link *k)
{
    const struct {
        unsigned type;
        uint32_t *to;
    } numbers[] = {
        { IFLA_MTU, &k->mtu },
        { IFLA_LINK, &k->parent },
        { IFLA_MASTER, &k->master },
        { IFLA_TXQLEN, &k->queue },
        { IFLA_GROUP, &k->group },
        { IFLA_PROMISCUITY, &k->promiscuity },
        { IFLA_CARRIER_CHANGES, &k->carrier_changes },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (a->type == numbers[i].type)
            (void)netlink_u32(a, numbers[i].to);
}

static void read_attribute(const struct netlink_attr *a, struct net_link *k)
{
    switch (a->type) {
    case IFLA_IFNAME:
        k->name = (struct w_bytes) { a->data, netlink_text(a) };
        break;
    case IFLA_IFALIAS:
        k->alias = (struct w_bytes) { a->data, netlink_text(a) };
        break;
    case IFLA_QDISC:
        k->qdisc = (struct w_bytes) { a->data, netlink_text(a) };
        break;
    case IFLA_ADDRESS:
        k->mac = (struct w_bytes) { a->data, a->len };
        break;
    case IFLA_BROADCAST:
        k->broadcast = (struct w_bytes) { a->data, a->len };
        break;
    case IFLA_PERM_ADDRESS:
        k->permanent = (struct w_bytes) { a->data, a->len };
        break;
    case IFLA_OPERSTATE:
        k->has_state = netlink_u8(a, &k->state);
        break;
    case IFLA_LINK_NETNSID:
        k->has_parent_netns = netlink_u32(a, &k->parent_netns);
        break;
    case IFLA_STATS64:
        k->has_counters = netlink_copy(a->data, a->len, &k->counters, sizeof k->counters) > 0;
        break;
    case IFLA_LINKINFO:
        read_info(a, k);
        break;
    case IFLA_XDP:
        read_xdp(a, k);
        break;
    case IFLA_PROP_LIST:
        read_names(a, k);
        break;
    default:
        read_number(a, k);
    }
}

static int keep_name(struct net_interfaces *l, const struct net_link *k, struct hz_error *err)
{
    if (l->count == l->room) {
        size_t room = l->room == 0 ? 8 : l->room * 2;
        struct net_interface *list = reallocarray(l->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_sys(err, HZ_E_NOMEM, ENOMEM, _("out of memory"));
        l->list = list;
        l->room = room;
    }
    struct net_interface *i = &l->list[l->count++];
    i->index = k->index;
    netlink_copy(k->name.data, k->name.len < sizeof i->name ? k->name.len : sizeof i->name - 1, i->name,
                 sizeof i->name);
    return HZ_OK;
}

static void note_promiscuous(struct net_place *p, const struct net_link *k)
{
    struct net_note *n = k->promiscuity == 0 ? NULL : net_place_observe(p, "promiscuous-interface");
    if (n == NULL)
        return;
    buf_puts(&n->subject, "interface ");
    buf_put(&n->subject, k->name.data, k->name.len);
    snprintf(n->text, sizeof n->text, "it takes every frame: asked for %u times%s; in the network namespace %llu",
             k->promiscuity, k->master != 0 ? ", as a port of another interface is" : "",
             (unsigned long long)p->ns.inode);
}

static int read_link(void *context, const struct netlink_message *m, struct hz_error *err)
{
    struct links *l = context;
    struct ifinfomsg head;
    if (m->type != RTM_NEWLINK || netlink_copy(m->body, m->len, &head, sizeof head) < sizeof head)
        return HZ_OK;
    struct net_link k = {
        .netns = l->place->ns.inode, .index = (uint32_t)head.ifi_index, .type = head.ifi_type, .flags = head.ifi_flags
    };
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof head);
    struct netlink_attr a;
    while (netlink_next(&list, &a))
        read_attribute(&a, &k);
    for (size_t i = 0; i < l->count; i++) {
        const struct qdisc *q = &l->qdiscs[i];
        if (q->index == k.index && k.discipline_count < NET_LINK_NAMES)
            k.disciplines[k.discipline_count++] = (struct net_discipline) { q->kind, q->handle, q->parent };
    }
    int rc = keep_name(&l->place->interfaces, &k, err);
    if (rc != HZ_OK || l->place->sockets_only)
        return rc;
    note_promiscuous(l->place, &k);
    return net_link_row(&l->place->rows[NET_INTERFACES], &k, err);
}

static void forget_links(void *context)
{
    struct links *l = context;
    struct net_place *p = l->place;
    p->interfaces.count = 0;
    net_rows_empty(&p->rows[NET_INTERFACES]);
    while (p->note_count > 0 && p->notes[p->note_count - 1].code != NULL)
        buf_free(&p->notes[--p->note_count].subject);
}

static void forget_qdiscs(void *context)
{
    ((struct links *)context)->count = 0;
}

static int put_head(struct buf *body, const void *head, size_t len, struct hz_error *err)
{
    return buf_put(body, head, len) == HZ_OK ? HZ_OK : buf_check(body, err);
}

int net_link_take(struct net_place *p, struct netlink *route, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf of_qdiscs = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf of_links = BUF_INIT(64);
    struct links l = { .place = p };
    const struct tcmsg qdisc_head = { .tcm_family = AF_UNSPEC };
    const struct ifinfomsg link_head = { .ifi_family = AF_UNSPEC };
    int rc = put_head(&of_qdiscs, &qdisc_head, sizeof qdisc_head, err);
    if (rc == HZ_OK)
        rc = put_head(&of_links, &link_head, sizeof link_head, err);
    const struct netlink_dump qdiscs = {
        .type = RTM_GETQDISC, .body = &of_qdiscs, .each = read_qdisc, .again = forget_qdiscs, .context = &l
    };
    const struct netlink_dump links = {
        .type = RTM_GETLINK, .body = &of_links, .each = read_link, .again = forget_links, .context = &l
    };
    if (rc == HZ_OK && !p->sockets_only)
        rc = net_place_dump(p, route, &qdiscs, "queueing disciplines", err);
    if (rc == HZ_OK)
        rc = net_place_dump(p, route, &links, "interfaces", err);
    free(l.qdiscs);
    return rc;
}
