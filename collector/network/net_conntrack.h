/* Connections that netfilter tracks: one answer of ctnetlink (linux/netfilter/nfnetlink_conntrack.h). */
#ifndef HZ_COLLECTOR_NETWORK_NET_CONNTRACK_H
#define HZ_COLLECTOR_NETWORK_NET_CONNTRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/network/net_room.h"
#include "collector/network/net_rows.h"
#include "collector/network/net_text.h"

#define NET_HELPER_MAX 16 /* NF_CT_HELPER_NAME_LEN */

struct net_tuple { /* one direction */
    uint64_t packets, bytes;
    unsigned char source[16], destination[16];
    uint16_t source_port, destination_port, icmp_id;
    uint8_t family, protocol, icmp_type, icmp_code;
    bool known, has_icmp, counted;
};

struct net_connection {
    struct net_tuple original, reply;
    uint64_t start; /* nanoseconds of CLOCK_REALTIME */
    uint32_t status, timeout, mark, id;
    uint16_t zone;
    uint8_t tcp_state, helper_len;
    bool has_tcp, has_timeout, has_mark, has_start;
    char helper[NET_HELPER_MAX];
};

struct net_connections {         /* as they came: a table may have very many, and rows take four times as much */
    struct net_connection *list; /* owned */
    size_t count, room;
    uint64_t dropped;        /* that there was no room for */
    struct net_claim *claim; /* the caller's; NULL: no bound */
};

int net_connections_add(struct net_connections *l, const struct net_connection *c, struct hz_error *err);
void net_connections_cut(struct net_connections *l, size_t count); /* forgets all behind the first `count` */
void net_connections_sort(struct net_connections *l);
void net_connections_free(struct net_connections *l); /* what it had claimed stays claimed */

/* Appends a row. */
int net_conntrack_row(struct net_rows *rows, uint64_t netns, const struct net_connection *c, struct hz_error *err);

#endif
