/* Stateful things that rules, sets, elements and named objects have in common: the same attributes, the same words. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_STMT_H
#define HZ_COLLECTOR_FIREWALL_FW_STMT_H

#include "base/buf.h"
#include "collector/firewall/fw_attr.h"

/* data: the nested attributes. Each appends without a blank before it. */
void fw_stmt_counter(struct buf *out, const struct netlink_attr *data);  /* "packets 1 bytes 52" */
void fw_stmt_quota(struct buf *out, const struct netlink_attr *data);    /* "over 500 bytes used 3 bytes" */
void fw_stmt_limit(struct buf *out, const struct netlink_attr *data);    /* "rate over 5/second burst 5 packets" */
void fw_stmt_synproxy(struct buf *out, const struct netlink_attr *data); /* "mss 1460 wscale 7 timestamp sack-perm" */

#endif
