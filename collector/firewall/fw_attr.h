/* Attributes of nfnetlink messages by their type, on top of network/netlink.h. Nothing is owned; what is given points
 * into the caller's bytes. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_ATTR_H
#define HZ_COLLECTOR_FIREWALL_FW_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "collector/network/netlink.h"

/* table[t] for each type t < count; the last of equals counts, as in the kernel's own nla_parse. All others have no
 * data. */
void fw_attr_table(const void *list, size_t len, struct netlink_attr *table, size_t count);
void fw_attr_nested(const struct netlink_attr *a, struct netlink_attr *table, size_t count);
/* For loops: those inside one. */
struct netlink_attrs fw_attr_list(const struct netlink_attr *a);

/* Numbers in network order; fallback where the attribute is absent or of another length. */
uint64_t fw_attr_u64(const struct netlink_attr *a, uint64_t fallback);
uint32_t fw_attr_u32(const struct netlink_attr *a, uint32_t fallback);
uint16_t fw_attr_u16(const struct netlink_attr *a, uint16_t fallback);
uint8_t fw_attr_u8(const struct netlink_attr *a, uint8_t fallback);
bool fw_attr_same_text(const struct netlink_attr *a, const struct netlink_attr *b);

/* Big-endian and host order numbers of 1 to 8 bytes; longer ones give 0. */
uint64_t fw_attr_number(const unsigned char *bytes, size_t len, bool host_order);
/* One of the entries (u8 type, u8 length, bytes) that nft(8) keeps in attributes of user data. {0}: not there. */
struct netlink_attr fw_attr_userdata(const struct netlink_attr *a, unsigned type);

#endif
