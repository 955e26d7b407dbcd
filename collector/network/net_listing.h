/* The files of the source: a line of JSON a thing, and the same as text. Main thread. */
#ifndef HZ_COLLECTOR_NETWORK_NET_LISTING_H
#define HZ_COLLECTOR_NETWORK_NET_LISTING_H

#include "base/buf.h"
#include "base/error.h"
#include "collector/network/net_view.h"
#include "collector/products.h"

/* `base`.jsonl and `base`.txt. */
int net_listing_open(struct products *p, const char *base, const char *method, struct product **json,
                     struct product **text, struct hz_error *err);
/* The first line of the JSON: schema and salt. */
int net_listing_first(struct product *json, const char *schema, struct hz_error *err);
/* "# network namespace 4026531840 (ours)" */
void net_listing_heading(struct buf *out, const struct netns *ns);

/* The listings of namespaces, but sockets: opened all at once, then filled namespace by namespace. */
struct net_listings {
    struct product *json[NET_LISTINGS], *text[NET_LISTINGS]; /* of the products */
};
int net_listings_open(struct net_listings *l, struct products *p, struct hz_error *err);
int net_listings_put(struct net_listings *l, const struct net_place *place, struct hz_error *err);
/* The namespaces themselves. */
int net_listing_namespaces(const struct net_view *v, struct products *p, struct hz_error *err);
/* For a plan: the i-th file of the source, NULL: there is none. */
const char *net_listing_name(size_t i);

#endif
