/* Neighbours (ARP, NDP), their proxies, and what bridges have learned: rtnetlink(7) RTM_GETNEIGH. */
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "collector/network/net_place.h"
#include "collector/network/net_text.h"
#include "formats/write/fields.h"

#define TICKS 100 /* USER_HZ */

struct neighbour {
    struct ndmsg head;
    char address[NET_ADDRESS_SIZE], mac[96];
    uint32_t probes, master;
    uint16_t vlan;
    bool has_times;
    struct nda_cacheinfo times;
    unsigned char key[5 + 16 + 32];
};

static void read_attribute(const struct netlink_attr *a, struct neighbour *n)
{
    switch (a->type) {
    case NDA_DST:
        net_text_address(n->address, a->len == 16 ? AF_INET6 : AF_INET, a->data, a->len);
        netlink_copy(a->data, a->len, n->key + 5, 16);
        break;
    case NDA_LLADDR:
        net_text_mac(n->mac, a->data, a->len);
        netlink_copy(a->data, a->len, n->key + 21, 32);
        break;
    case NDA_CACHEINFO:
        n->has_times = netlink_copy(a->data, a->len, &n->times, sizeof n->times) == sizeof n->times;
        break;
    case NDA_PROBES:
        (void)netlink_u32(a, &n->probes);
        break;
    case NDA_VLAN:
        (void)netlink_u16(a, &n->vlan);
        break;
    case NDA_MASTER:
        (void)netlink_u32(a, &n->master);
        break;
    default:
        break;
    }
}

static const char *const state_names[] = { "INCOMPLETE", "REACHABLE", "STALE", "DELAY",
                                           "PROBE",      "FAILED",    "NOARP", "PERMANENT" };
static const char *const flag_names[] = { "use",          "self",      "master", "proxy",
                                          "extern_learn", "offloaded", "sticky", "router" };

static void put_names(struct json_out *j, const char *key, const char *const names[8], unsigned bits)
{
    json_key(j, key);
    json_array(j);
    for (unsigned i = 0; i < 8; i++)
        if ((bits >> i & 1) != 0)
            json_string(j, names[i]);
    json_array_end(j);
}

static const char *family_of(uint8_t family)
{
    return family == AF_INET ? "inet" : family == AF_INET6 ? "inet6" : family == AF_BRIDGE ? "bridge" : "other";
}

static void put_json(struct json_out *j, const struct net_place *p, const struct neighbour *n)
{
    const char *name = net_place_interface(p, (uint32_t)n->head.ndm_ifindex);
    json_member_string(j, "address", n->address[0] != '\0' ? n->address : NULL);
    if (n->has_times)
        json_member_int(j, "confirmed_seconds", n->times.ndm_confirmed / TICKS);
    json_member_string(j, "family", family_of(n->head.ndm_family));
    put_names(j, "flags", flag_names, n->head.ndm_flags);
    json_member_int(j, "interface", n->head.ndm_ifindex);
    if (name != NULL)
        w_fields_bytes(j, "interface_name", "interface_name_b64", (struct w_bytes) { name, strlen(name) });
    json_member_string(j, "mac", n->mac[0] != '\0' ? n->mac : NULL);
    net_json_count(j, "master", n->master);
    net_json_some(j, "netns", p->ns.inode);
    net_json_count(j, "probes", n->probes);
    put_names(j, "state", state_names, n->head.ndm_state & 0xFF);
    if (n->has_times) {
        json_member_int(j, "updated_seconds", n->times.ndm_updated / TICKS);
        json_member_int(j, "used_seconds", n->times.ndm_used / TICKS);
    }
    net_json_count(j, "vlan", n->vlan);
}

static void put_text(struct buf *out, const struct net_place *p, const struct neighbour *n)
{
    const char *name = net_place_interface(p, (uint32_t)n->head.ndm_ifindex);
    bool bridge = n->head.ndm_family == AF_BRIDGE;
    buf_puts(out, bridge ? n->mac : n->address);
    buf_puts(out, " dev ");
    if (name != NULL)
        escape_terminal(out, name, strlen(name));
    else
        buf_printf(out, "if%d", n->head.ndm_ifindex);
    if (!bridge && n->mac[0] != '\0')
        buf_printf(out, " lladdr %s", n->mac);
    if (bridge && n->address[0] != '\0')
        buf_printf(out, " dst %s", n->address);
    if (n->vlan != 0)
        buf_printf(out, " vlan %u", n->vlan);
    for (unsigned i = 0; i < 8; i++)
        if ((n->head.ndm_flags >> i & 1) != 0)
            buf_printf(out, " %s", flag_names[i]);
    for (unsigned i = 0; i < 8; i++)
        if ((n->head.ndm_state >> i & 1) != 0)
            buf_printf(out, " %s", state_names[i]);
    buf_putc(out, '\n');
}

static int read_neighbour(void *context, const struct netlink_message *m, struct hz_error *err)
{
    struct net_place *p = context;
    struct neighbour n = { .has_times = false };
    if (m->type != RTM_NEWNEIGH || netlink_copy(m->body, m->len, &n.head, sizeof n.head) < sizeof n.head)
        return HZ_OK;
    n.key[0] = n.head.ndm_family;
    net_key_u32(n.key + 1, (uint32_t)n.head.ndm_ifindex);
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof n.head);
    struct netlink_attr a;
    while (netlink_next(&list, &a))
        read_attribute(&a, &n);
    struct net_line line;
    net_line_begin(&line, &p->rows[NET_NEIGHBOURS], n.key, sizeof n.key);
    put_json(&line.json, p, &n);
    put_text(&line.text, p, &n);
    return net_line_end(&line, err);
}

struct part { /* what one of the three dumps gave goes, what the others gave stays */
    struct net_place *place;
    struct net_rows_mark mark;
};

static int read_part(void *context, const struct netlink_message *m, struct hz_error *err)
{
    return read_neighbour(((struct part *)context)->place, m, err);
}

static void forget(void *context)
{
    const struct part *part = context;
    net_rows_back(&part->place->rows[NET_NEIGHBOURS], part->mark);
}

int net_neighbour_take(struct net_place *p, struct netlink *route, struct hz_error *err)
{
    static const struct {
        uint8_t family, flags;
        const char *what;
    } dumps[] = { { AF_UNSPEC, 0, "neighbours" },
                  { AF_UNSPEC, NTF_PROXY, "proxied neighbours" },
                  { AF_BRIDGE, 0, "forwarding entries of bridges" } };
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof dumps / sizeof dumps[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(64);
        const struct ndmsg head = { .ndm_family = dumps[i].family, .ndm_flags = dumps[i].flags };
        struct part part = { p, net_rows_mark(&p->rows[NET_NEIGHBOURS]) };
        if (buf_put(&body, &head, sizeof head) != HZ_OK)
            return buf_check(&body, err);
        const struct netlink_dump dump = {
            .type = RTM_GETNEIGH, .body = &body, .each = read_part, .again = forget, .context = &part
        };
        rc = net_place_dump(p, route, &dump, dumps[i].what, err);
    }
    return rc;
}
