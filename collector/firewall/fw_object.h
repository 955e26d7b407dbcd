/* Named objects and flowtables of nftables, as nft(8) lists them, indented by a tab. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_OBJECT_H
#define HZ_COLLECTOR_FIREWALL_FW_OBJECT_H

#include "base/buf.h"
#include "collector/firewall/fw_model.h"

void fw_object_write(const struct fw_row *row, struct buf *out);
void fw_object_flowtable(const struct fw_row *row, struct buf *out);

/* Appends the interfaces of a hook, `{ "eth0", "wlan*" }` behind what comes before; nothing where there is none. */
void fw_object_devices(struct buf *out, const struct netlink_attr *list, const char *before);

#endif
