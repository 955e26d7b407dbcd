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
 * a key of kind "socket" for each but our own, or NULL. What cannot be had becomes absent rows of the running source.
 */
int net_sockets_take(struct run *run, struct products *p, const char *base, struct keys *seen, struct hz_error *err);

/* The same in steps, along a look: the files, the sockets of each namespace, those that are in no list. */
struct net_sockets_file {
    struct product *json, *text; /* of the products */
    struct buf line;
    struct keys *seen; /* the caller's */
};
int net_sockets_open(struct net_sockets_file *f, struct products *p, const char *base, struct keys *seen,
                     struct hz_error *err);
int net_sockets_put(struct net_sockets_file *f, const struct net_scan *scan, const struct net_place *p,
                    struct hz_error *err);
int net_sockets_end(struct net_sockets_file *f, const struct net_view *v, struct hz_error *err);
void net_sockets_close(struct net_sockets_file *f); /* a zeroed one is legal */

/* Calls each for every socket of a namespace in order, with what it takes to write it. */
typedef int net_sockets_each(void *context, const struct net_place *place, const struct net_socket_row *row,
                             struct hz_error *err);
int net_sockets_all(const struct net_scan *scan, const struct net_place *p, net_sockets_each *each, void *context,
                    struct hz_error *err);

#endif
