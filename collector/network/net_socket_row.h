/* A socket as a line of sockets.jsonl, as a line that ss(8) could have printed, and as a key. */
#ifndef HZ_COLLECTOR_NETWORK_NET_SOCKET_ROW_H
#define HZ_COLLECTOR_NETWORK_NET_SOCKET_ROW_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/network/net_scan.h"
#include "collector/network/net_socket.h"

struct net_socket_row {
    const struct net_socket *socket;
    uint64_t netns;        /* inode; 0: unknown */
    const char *interface; /* its name, or NULL */
    bool own;              /* the collector's, through which it asks */
    const struct net_scan *scan;
    const struct net_held *holders, *holders_end; /* by pid and fd; NULL: nobody that we see */
};

/* Appends canonical JSON and LF. */
int net_socket_json(struct buf *out, const struct net_socket_row *row, struct hz_error *err);
/* The heading, and a line. */
int net_socket_heading(struct buf *out);
int net_socket_text(struct buf *out, const struct net_socket_row *row);
/* Appends what tells this socket from any other of this boot. */
int net_socket_key(struct buf *out, const struct net_socket_row *row);
/* "127.0.0.1:22", "[::1]:22", "/run/x.sock", "@abstract"; inert. remote: the other end. */
void net_socket_end(struct buf *out, const struct net_socket_row *row, bool remote);

#endif
