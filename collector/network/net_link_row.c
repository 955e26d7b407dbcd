#include "collector/network/net_link_row.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <string.h>

#include "base/escape.h"
#include "collector/network/net_text.h"
#include "formats/write/fields.h"

#define NAMES(list) (sizeof(list) / sizeof(list)[0])

static const char *const flag_names[] = { "UP",         "BROADCAST", "DEBUG",     "LOOPBACK", "POINTOPOINT",
                                          "NOTRAILERS", "RUNNING",   "NOARP",     "PROMISC",  "ALLMULTI",
                                          "MASTER",     "SLAVE",     "MULTICAST", "PORTSEL",  "AUTOMEDIA",
                                          "DYNAMIC",    "LOWER_UP",  "DORMANT",   "ECHO" };
static const char *const state_names[] = {
    "UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"
};
static const char *const xdp_names[] = { NULL, "driver", "generic", "offload", "several" };

static void put_raw(struct json_out *j, const char *key, const char *key_b64, struct w_bytes raw)
{
    if (raw.len > 0)
        w_fields_bytes(j, key, key_b64, raw);
}

static void put_mac(struct json_out *j, const char *key, struct w_bytes mac)
{
    char text[96];
    net_text_mac(text, mac.data, mac.len);
    if (mac.len > 0)
        json_member_string(j, key, text);
}

static void put_counters(struct json_out *j, const struct rtnl_link_stats64 *c)
{
    json_key(j, "counters");
    json_object(j);
    json_member_decimal(j, "collisions", c->collisions);
    json_member_decimal(j, "multicast", c->multicast);
    json_member_decimal(j, "rx_bytes", c->rx_bytes);
    json_member_decimal(j, "rx_dropped", c->rx_dropped);
    json_member_decimal(j, "rx_errors", c->rx_errors);
    json_member_decimal(j, "rx_missed_errors", c->rx_missed_errors);
    json_member_decimal(j, "rx_packets", c->rx_packets);
    json_member_decimal(j, "tx_bytes", c->tx_bytes);
    json_member_decimal(j, "tx_carrier_errors", c->tx_carrier_errors);
    json_member_decimal(j, "tx_dropped", c->tx_dropped);
    json_member_decimal(j, "tx_errors", c->tx_errors);
    json_member_decimal(j, "tx_packets", c->tx_packets);
    json_object_end(j);
}

static void put_lists(struct json_out *j, const struct net_link *k)
{
    json_key(j, "disciplines");
    json_array(j);
    for (size_t i = 0; i < k->discipline_count; i++) {
        json_object(j);
        json_member_int(j, "handle", k->disciplines[i].handle);
        w_fields_member_text(j, "kind", k->disciplines[i].kind);
        json_member_int(j, "parent", k->disciplines[i].parent);
        json_object_end(j);
    }
    json_array_end(j);
    json_key(j, "flags");
    json_array(j);
    for (size_t i = 0; i < NAMES(flag_names); i++)
        if ((k->flags >> i & 1) != 0)
            json_string(j, flag_names[i]);
    json_array_end(j);
}

static void put_alternatives(struct json_out *j, const struct net_link *k)
{
    if (k->alternative_count == 0)
        return;
    json_key(j, "alternative_names");
    json_array(j);
    for (size_t i = 0; i < k->alternative_count; i++)
        w_fields_text(j, k->alternatives[i]);
    json_array_end(j);
}

static void put_json(struct json_out *j, const struct net_link *k)
{
    put_raw(j, "alias", "alias_b64", k->alias);
    put_alternatives(j, k);
    put_mac(j, "broadcast", k->broadcast);
    json_member_int(j, "carrier_changes", k->carrier_changes);
    if (k->has_counters)
        put_counters(j, &k->counters);
    put_lists(j, k);
    json_member_int(j, "group", k->group);
    json_member_int(j, "index", k->index);
    put_raw(j, "kind", "kind_b64", k->kind);
    put_mac(j, "mac", k->mac);
    net_json_count(j, "master", k->master);
    json_member_int(j, "mtu", k->mtu);
    put_raw(j, "name", "name_b64", k->name);
    net_json_some(j, "netns", k->netns);
    net_json_count(j, "parent", k->parent);
    if (k->has_parent_netns)
        json_member_int(j, "parent_netns_id", k->parent_netns);
    put_mac(j, "permanent_mac", k->permanent);
    put_raw(j, "port_kind", "port_kind_b64", k->port_kind);
    json_member_int(j, "promiscuity", k->promiscuity);
    put_raw(j, "qdisc", "qdisc_b64", k->qdisc);
    if (k->has_state && k->state < NAMES(state_names))
        json_member_string(j, "state", state_names[k->state]);
    json_member_int(j, "transmit_queue", k->queue);
    json_member_int(j, "type", k->type);
    if (k->xdp_mode > 0 && k->xdp_mode < NAMES(xdp_names))
        json_member_string(j, "xdp", xdp_names[k->xdp_mode]);
    net_json_count(j, "xdp_program", k->xdp_program);
}

static void put_name(struct buf *out, const char *before, struct w_bytes name)
{
    if (name.len == 0)
        return;
    buf_puts(out, before);
    escape_terminal(out, name.data, name.len);
}

static const char *hardware(unsigned type)
{
    switch (type) {
    case ARPHRD_ETHER:
        return "ether";
    case ARPHRD_LOOPBACK:
        return "loopback";
    case ARPHRD_NONE:
        return "none";
    default:
        return "link";
    }
}

static void put_first_line(struct buf *out, const struct net_link *k)
{
    buf_printf(out, "%u: ", k->index);
    escape_terminal(out, k->name.data, k->name.len);
    if (k->parent != 0)
        buf_printf(out, "@if%u", k->parent);
    buf_puts(out, ": <");
    bool first = true;
    for (size_t i = 0; i < NAMES(flag_names); i++) {
        if ((k->flags >> i & 1) == 0)
            continue;
        buf_printf(out, "%s%s", first ? "" : ",", flag_names[i]);
        first = false;
    }
    buf_printf(out, "> mtu %u", k->mtu);
    put_name(out, " qdisc ", k->qdisc);
    if (k->master != 0)
        buf_printf(out, " master if%u", k->master);
    if (k->has_state && k->state < NAMES(state_names))
        buf_printf(out, " state %s", state_names[k->state]);
    buf_printf(out, " group %u qlen %u\n", k->group, k->queue);
}

static void put_second_line(struct buf *out, const struct net_link *k)
{
    char mac[96], broadcast[96];
    net_text_mac(mac, k->mac.data, k->mac.len);
    net_text_mac(broadcast, k->broadcast.data, k->broadcast.len);
    buf_printf(out, "    link/%s %s brd %s promiscuity %u", hardware(k->type), mac, broadcast, k->promiscuity);
    put_name(out, " kind ", k->kind);
    put_name(out, " port of ", k->port_kind);
    if (k->has_parent_netns) /* the number behind @if is of that namespace */
        buf_printf(out, " link-netnsid %u", k->parent_netns);
    if (k->xdp_mode != 0)
        buf_printf(out, " xdp prog/id %u", k->xdp_program);
    buf_putc(out, '\n');
    if (k->alias.len > 0) {
        put_name(out, "    alias ", k->alias);
        buf_putc(out, '\n');
    }
    for (size_t i = 0; i < k->alternative_count; i++) {
        put_name(out, "    altname ", k->alternatives[i]);
        buf_putc(out, '\n');
    }
}

static void put_text(struct buf *out, const struct net_link *k)
{
    const struct rtnl_link_stats64 *c = &k->counters;
    put_first_line(out, k);
    put_second_line(out, k);
    for (size_t i = 0; i < k->discipline_count; i++) {
        buf_puts(out, "    qdisc ");
        escape_terminal(out, k->disciplines[i].kind, strlen(k->disciplines[i].kind));
        buf_printf(out, " %x: parent %x:%x\n", k->disciplines[i].handle >> 16, k->disciplines[i].parent >> 16,
                   k->disciplines[i].parent & 0xFFFF);
    }
    if (!k->has_counters)
        return;
    buf_puts(out, "    RX:            bytes      packets    errors   dropped    missed     mcast\n");
    buf_printf(out, "        %13llu %12llu %9llu %9llu %9llu %9llu\n", (unsigned long long)c->rx_bytes,
               (unsigned long long)c->rx_packets, (unsigned long long)c->rx_errors, (unsigned long long)c->rx_dropped,
               (unsigned long long)c->rx_missed_errors, (unsigned long long)c->multicast);
    buf_puts(out, "    TX:            bytes      packets    errors   dropped   carrier   collsns\n");
    buf_printf(out, "        %13llu %12llu %9llu %9llu %9llu %9llu\n", (unsigned long long)c->tx_bytes,
               (unsigned long long)c->tx_packets, (unsigned long long)c->tx_errors, (unsigned long long)c->tx_dropped,
               (unsigned long long)c->tx_carrier_errors, (unsigned long long)c->collisions);
}

int net_link_row(struct net_rows *rows, const struct net_link *k, struct hz_error *err)
{
    unsigned char key[4];
    struct net_line line;
    net_key_u32(key, k->index);
    net_line_begin(&line, rows, key, sizeof key);
    put_json(&line.json, k);
    put_text(&line.text, k);
    return net_line_end(&line, err);
}
