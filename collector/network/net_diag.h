/* Sockets of the calling thread's network namespace through sock_diag(7). */
#ifndef HZ_COLLECTOR_NETWORK_NET_DIAG_H
#define HZ_COLLECTOR_NETWORK_NET_DIAG_H

#include <stdbool.h>

#include "collector/network/net_modules.h"
#include "collector/network/net_socket.h"
#include "collector/network/netlink.h"

/* For which kinds may the kernel be asked? sock_diag would load a module for a family that it cannot describe yet. */
void net_diag_ready(const struct net_modules *modules, bool ready[NET_KINDS]);

/* Appends all sockets of a kind and family (AF_INET and AF_INET6 of the first four, AF_UNSPEC of the others). What it
 * had appended is taken back when it fails. HZ_E_NOTFOUND, HZ_E_UNSUPPORTED: the kernel cannot tell; /proc/net may. */
int net_diag_dump(struct netlink *n, unsigned kind, int family, struct net_sockets *out, bool *torn,
                  struct hz_error *err);

/* One answer of sock_diag as a socket; false: it is too short to be one. Both are told the kind that was asked for. */
bool net_inet_read(unsigned kind, const struct netlink_message *m, struct net_socket *out);
bool net_local_read(unsigned kind, const struct netlink_message *m, struct net_socket *out);
/* The requests. */
int net_inet_request(unsigned kind, int family, struct buf *out);
int net_local_request(unsigned kind, struct buf *out);

#endif
