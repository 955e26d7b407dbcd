/* sockets.jsonl and sockets.txt: the sockets of all network namespaces with their owners. Main thread. */
#ifndef HZ_COLLECTOR_NETWORK_NET_SOCKETS_H
#define HZ_COLLECTOR_NETWORK_NET_SOCKETS_H

#include <stdbool.h>

#include "base/error.h"
#include "collector/keys.h"
#include "collector/network/net_socket_row.h"
#include "collector/network/net_view.h"
#include "collector/products.h"
#include "collector/run.h"

/* Takes all sockets now and adds `base`.jsonl and `base`.txt to p; base: a payload name without its ending. seen: gets
 * a key of kind "socket" for each, or NULL. What cannot be had becomes absent rows of the running source. */
int net_sockets_take(struct run *run, struct products *p, const char *base, struct keys *seen, struct hz_error *err);

/* The same of a view that was taken already. */
int net_sockets_write(const struct net_view *v, struct products *p, const char *base, struct keys *seen,
                      struct hz_error *err);
/* What an analyst looks at first, as observations: listeners of other namespaces, listeners without a process, packet
 * and raw sockets. */
int net_sockets_observe(struct run *run, const struct net_view *v, struct hz_error *err);

/* Calls each for every socket in order, with what it takes to write it. */
typedef int net_sockets_each(void *context, const struct net_place *place, const struct net_socket_row *row,
                             struct hz_error *err);
int net_sockets_all(const struct net_view *v, net_sockets_each *each, void *context, struct hz_error *err);

#endif
