/* Sets of ipset in the calling thread's network namespace (nfnetlink, linux/netfilter/ipset/ip_set.h). */
#ifndef HZ_COLLECTOR_FIREWALL_FW_IPSET_H
#define HZ_COLLECTOR_FIREWALL_FW_IPSET_H

#include <stddef.h>

#include "base/error.h"
#include "collector/firewall/fw_xt.h"
#include "collector/network/netlink.h"
#include "collector/sheet.h"

/* n: NETLINK_NETFILTER, where ip_set is there already. *count: the sets. Kernels without it: nothing. */
int fw_ipset_take(struct netlink *n, struct sheet *out, size_t *count, struct hz_error *err);
/* One message of a listing as lines and row. attrs: behind the family header. *count grows with each set that begins.
 */
int fw_ipset_message(struct sheet *out, const void *attrs, size_t len, size_t *count, struct hz_error *err);
/* The names of `count` sets by the numbers that rules have for them. out->list is owned by the caller. */
int fw_ipset_names(size_t count, struct fw_xt_sets *out, struct hz_error *err);

#endif
