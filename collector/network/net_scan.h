/* Who holds which socket: one pass over the descriptors of every process. */
#ifndef HZ_COLLECTOR_NETWORK_NET_SCAN_H
#define HZ_COLLECTOR_NETWORK_NET_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/run.h"

#define NET_SCAN_DESCRIPTORS ((size_t)1 << 18) /* of sockets, kept of one process */
#define NET_SCAN_IN_ALL ((size_t)1 << 19)      /* of all */

struct net_held { /* a descriptor of a socket or of a network namespace */
    uint64_t inode;
    int pid, fd;    /* fd below 0: the thread of this number is in the network namespace, its process is not */
    size_t process; /* its place in the list of processes */
};

struct net_held_list {
    struct net_held *list; /* owned */
    size_t count, room;
};

struct net_process {
    int pid;
    uint64_t netns;       /* inode of its network namespace; 0: not readable */
    struct buf name, exe; /* of one that holds sockets: comm without LF, target of the link; empty: unknown */
};

struct net_scan {
    struct net_process *processes; /* owned, by pid */
    size_t count;
    struct net_held_list sockets, namespaces; /* by inode, pid, fd; of namespaces also threads */
    /* Processes whose descriptors we may not see; that have more than are kept; that did not answer, or were not asked.
     */
    uint64_t denied, cut, lost;
};

/* Main thread; on servants' threads. A process that did not answer is an absent row of the running source; those that
 * end meanwhile are left out. HZ_E_NOTFOUND: there is no /proc. */
int net_scan(struct run *run, struct net_scan *out, struct hz_error *err);
void net_scan_free(struct net_scan *scan);
/* The first holder of a socket, NULL: none; those behind it, up to *end, hold the same. */
const struct net_held *net_scan_holders(const struct net_scan *scan, uint64_t inode, const struct net_held **end);

/* "socket:[4711]" with prefix "socket": the number; 0: it is something else. */
uint64_t net_scan_inode(const struct buf *target, const char *prefix);

#endif
