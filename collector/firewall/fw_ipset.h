/* Sets of ipset in the calling thread's network namespace (nfnetlink, linux/netfilter/ipset/ip_set.h). */
#ifndef HZ_COLLECTOR_FIREWALL_FW_IPSET_H
#define HZ_COLLECTOR_FIREWALL_FW_IPSET_H

#include <stddef.h>

#include "base/error.h"
#include "collector/network/netlink.h"
#include "collector/sheet.h"

/* n: NETLINK_NETFILTER, where ip_set is loaded already. *count: the sets. Not there at all: nothing. */
int fw_ipset_take(struct netlink *n, struct sheet *out, size_t *count, struct hz_error *err);
/* One message of a listing as text and row; for tests. body: behind the family header. */
int fw_ipset_message(struct sheet *out, const void *body, size_t len, size_t *count, struct hz_error *err);

#endif
