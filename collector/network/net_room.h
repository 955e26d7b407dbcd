/* Memory for what was found in network namespaces and is not written yet, shared by all threads that look. Whoever
 * finds more waits a little for the main thread to write, then leaves it out and counts it. */
#ifndef HZ_COLLECTOR_NETWORK_NET_ROOM_H
#define HZ_COLLECTOR_NETWORK_NET_ROOM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define NET_ROOM_BYTES ((size_t)30 << 20)       /* in all */
#define NET_ROOM_CONNECTIONS ((size_t)28 << 20) /* until so much is used connections are kept, */
#define NET_ROOM_SOCKETS ((size_t)14 << 20)     /* and sockets, which cost as much again where they are compared */

struct net_room; /* lives until the last holder has let go of it */

/* *out is held once. */
int net_room_new(struct net_room **out, size_t bytes, struct hz_error *err);
struct net_room *net_room_hold(struct net_room *room);
void net_room_let_go(struct net_room *room); /* NULL is legal */

struct net_claim {         /* of one namespace; one thread at a time */
    struct net_room *room; /* held; NULL: there is no bound */
    size_t bytes;          /* that are its own now */
    unsigned waited_ms;
};
/* false: there is no room for it. most: how much may be used then; what is rare and small may use all. */
bool net_claim_take(struct net_claim *c, size_t bytes, size_t most);
void net_claim_give(struct net_claim *c, size_t bytes);

#endif
