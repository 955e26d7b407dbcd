/* An interface as a line of interfaces.jsonl and as `ip -s link` prints it. */
#ifndef HZ_COLLECTOR_NETWORK_NET_LINK_ROW_H
#define HZ_COLLECTOR_NETWORK_NET_LINK_ROW_H

#include <linux/if_link.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/network/net_rows.h"
#include "formats/write/record.h"

#define NET_LINK_NAMES 16 /* kept of alternative names and of queueing disciplines */

struct net_discipline {
    const char *kind;
    uint32_t handle, parent;
};

struct net_link { /* everything is lent */
    uint64_t netns;
    uint32_t index, flags, mtu, parent, parent_netns, master, queue, group, promiscuity, carrier_changes, xdp_program;
    uint16_t type; /* ARPHRD_* */
    uint8_t state, xdp_mode;
    bool has_state, has_parent_netns, has_counters;
    struct w_bytes name, alias, qdisc, mac, broadcast, permanent, kind, port_kind;
    struct w_bytes alternatives[NET_LINK_NAMES];
    size_t alternative_count;
    struct net_discipline disciplines[NET_LINK_NAMES];
    size_t discipline_count;
    struct rtnl_link_stats64 counters;
};

int net_link_row(struct net_rows *rows, const struct net_link *link, struct hz_error *err);

#endif
