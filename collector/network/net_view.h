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
    struct net_place **places;  /* owned; one of each space; NULL: it did not answer, or was not begun */
    struct net_inodes listed;   /* of all sockets in lists; in order once all are there */
    struct net_inodes unlisted; /* held by a process, in no list; they were still held when the lists were done */
    uint64_t sockets;           /* in lists */
};

/* Is told each namespace as soon as it and all before it were looked at, in the order of v->spaces: afterwards what was
 * found in it is forgotten (net_place_lighten). What it returns other than HZ_OK ends the look. */
typedef int net_view_each(void *context, const struct net_view *v, const struct net_place *p, struct hz_error *err);

/* sockets_only: sockets and the names of interfaces, nothing else. What could not be had becomes absent rows of the
 * running source. */
int net_view_take(struct run *run, bool sockets_only, net_view_each *each, void *context, struct net_view *out,
                  struct hz_error *err);
void net_view_free(struct net_view *v);

/* net_unlisted.c: notes the sockets of a namespace as listed; fills v->unlisted from that. */
int net_unlisted_note(struct net_view *v, const struct net_place *p, struct hz_error *err);
int net_unlisted_find(struct run *run, struct net_view *v, struct hz_error *err);

#endif
