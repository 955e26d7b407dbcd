/* The network namespaces of a host: of every process, bind-mounted ones (ip netns), and those that only a descriptor
 * keeps alive. */
#ifndef HZ_COLLECTOR_NETWORK_NETNS_H
#define HZ_COLLECTOR_NETWORK_NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/network/net_scan.h"
#include "collector/run.h"

#define NETNS_MAX 4096 /* namespaces; more are counted */

struct netns {
    uint64_t inode; /* of nsfs: "net:[4026531840]" */
    bool own;       /* ours; always the first */
    int pid;        /* the lowest process in it; 0: none */
    int last_pid;   /* the highest */
    uint64_t processes;
    char *path;    /* owned; where it is mounted; NULL: nowhere that we see */
    int holder;    /* a process with a descriptor of it, where neither pid nor path; 0: none */
    int holder_fd; /* below 0: the thread of this number is in it */
};

struct netns_list {
    struct netns *list; /* owned; ours first, then by inode */
    size_t count;
    uint64_t dropped; /* beyond NETNS_MAX */
};

/* Main thread. One pass over /proc on servants' threads; processes that did not answer are absent rows of the running
 * source. HZ_E_NOTFOUND: /proc is not there. */
int netns_find(struct run *run, struct netns_list *out, struct hz_error *err);
/* The same from a pass that was made already. */
int netns_from(struct run *run, const struct net_scan *scan, struct netns_list *out, struct hz_error *err);
/* A copy for a thread that may be left behind; its path is the caller's to free. */
int netns_copy(const struct netns *ns, struct netns *out, struct hz_error *err);
void netns_free(struct netns_list *list);

/* On a servant's thread: makes it a thread of that namespace (setns(2)), for sockets that it opens and for
 * /proc/thread-self/net. proc: a descriptor of /proc; root: run->root. Our own needs no right. HZ_E_CHANGED: it is
 * gone, or another has its place. */
int netns_enter(const struct netns *ns, int root, struct hz_error *err);

#endif
