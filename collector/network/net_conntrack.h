/* Connections that netfilter tracks: one answer of ctnetlink (linux/netfilter/nfnetlink_conntrack.h). */
#ifndef HZ_COLLECTOR_NETWORK_NET_CONNTRACK_H
#define HZ_COLLECTOR_NETWORK_NET_CONNTRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/network/net_rows.h"
#include "collector/network/net_text.h"
#include "formats/write/record.h"

struct net_tuple { /* one direction */
    bool known;
    int family;
    unsigned char source[16], destination[16];
    uint8_t protocol, icmp_type, icmp_code;
    uint16_t source_port, destination_port, icmp_id;
    bool has_icmp;
    uint64_t packets, bytes;
    bool counted;
};

struct net_connection {
    struct net_tuple original, reply;
    uint32_t status, timeout, mark, id;
    uint16_t zone;
    uint8_t tcp_state;
    bool has_tcp, has_timeout, has_mark, has_start;
    uint64_t start; /* nanoseconds of CLOCK_REALTIME */
    struct w_bytes helper;
};

int net_conntrack_row(struct net_rows *rows, uint64_t netns, const struct net_connection *c, struct hz_error *err);

#endif
