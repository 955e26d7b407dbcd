/* What is worth a first look among sockets: listeners of other namespaces, listeners without a process, packet and raw
 * sockets, as observations (observe.h). Main thread. */
#ifndef HZ_COLLECTOR_NETWORK_NET_OBSERVE_H
#define HZ_COLLECTOR_NETWORK_NET_OBSERVE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/network/net_place.h"
#include "collector/network/net_scan.h"
#include "collector/run.h"

#define NET_OBSERVE_CODES 4
#define NET_OBSERVE_MAX 256 /* of one code; the rest is counted, and leaves room for what other sources see */

struct net_lonely { /* a listener that nobody was seen to hold */
    uint64_t inode;
    struct buf detail;
};

struct net_observing {
    uint64_t count[NET_OBSERVE_CODES];
    struct net_lonely lonely[NET_OBSERVE_MAX];
    size_t lonely_count;
};

/* A namespace's sockets, one after the other; *o zeroed before the first. */
int net_observe_place(struct run *run, struct net_observing *o, const struct net_scan *scan, const struct net_place *p,
                      struct hz_error *err);
/* Behind the last: looks once more for holders of the lonely ones, which may have been opened meanwhile. */
int net_observe_end(struct run *run, struct net_observing *o, struct hz_error *err);
void net_observe_free(struct net_observing *o);

#endif
