/* All network namespaces at one time: who holds what, and what the kernel lists in each. Main thread. */
#ifndef HZ_COLLECTOR_NETWORK_NET_VIEW_H
#define HZ_COLLECTOR_NETWORK_NET_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "collector/network/net_place.h"
#include "collector/network/net_scan.h"
#include "collector/network/netns.h"
#include "collector/run.h"

struct net_view {
    struct net_scan scan;
    struct netns_list spaces;
    struct net_place **places;   /* owned; one of each space; NULL: it did not answer, or was not begun */
    struct net_sockets unlisted; /* held by a process, in no list; they were still held when the lists were done */
};

/* sockets_only: sockets and the names of interfaces, nothing else. What could not be had becomes absent rows of the
 * running source. */
int net_view_take(struct run *run, bool sockets_only, struct net_view *out, struct hz_error *err);
void net_view_free(struct net_view *v);

/* net_unlisted.c: fills v->unlisted. */
int net_unlisted_find(struct run *run, struct net_view *v, struct hz_error *err);

#endif
