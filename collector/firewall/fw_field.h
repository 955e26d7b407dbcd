/* What rules look at, by name: fields of headers, packet and connection properties. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_FIELD_H
#define HZ_COLLECTOR_FIREWALL_FW_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/firewall/fw_type.h"

enum fw_header {
    FW_NO_HEADER,
    FW_ETHER,
    FW_ARP,
    FW_IP,
    FW_IP6,
    FW_TRANSPORT, /* ports of whatever protocol it is */
    FW_ICMP,
    FW_ICMP6,
    FW_IGMP,
    FW_TCP,
    FW_UDP,
    FW_UDPLITE,
    FW_SCTP,
    FW_DCCP,
    FW_ESP,
    FW_AH,
    FW_COMP,
    FW_HEADERS
};

struct fw_field {
    enum fw_header header;
    const char *name;      /* "ip saddr" */
    uint16_t offset, bits; /* in bits */
    enum fw_type type;
};
/* The field at this place; bits 0: the longest that begins there. NULL: none. */
const struct fw_field *fw_field_find(enum fw_header header, size_t offset, size_t bits);
enum fw_header fw_field_network(uint64_t ethertype);
enum fw_header fw_field_transport(uint64_t protocol);

struct fw_key {
    const char *name; /* NULL: not known */
    enum fw_type type;
    bool host_order;
};
struct fw_key fw_field_meta(uint32_t key); /* enum nft_meta_keys */
struct fw_key fw_field_ct(uint32_t key);   /* enum nft_ct_keys; behind "ct " and the direction */

#endif
