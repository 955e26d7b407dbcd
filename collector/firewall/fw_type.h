/* Data types of nftables by the numbers that nft(8) writes into the kernel (enum datatypes of nftables' datatype.h),
 * and their values as nft(8) prints them with numbers for ports, users and marks. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_TYPE_H
#define HZ_COLLECTOR_FIREWALL_FW_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum fw_type {
    FW_INVALID,
    FW_VERDICT,
    FW_NFPROTO,
    FW_BITMASK,
    FW_INTEGER,
    FW_STRING,
    FW_LLADDR,
    FW_IPADDR,
    FW_IP6ADDR,
    FW_ETHERADDR,
    FW_ETHERTYPE,
    FW_ARPOP,
    FW_INET_PROTOCOL,
    FW_INET_SERVICE,
    FW_ICMP_TYPE,
    FW_TCP_FLAG,
    FW_DCCP_PKTTYPE,
    FW_MH_TYPE,
    FW_TIME,
    FW_MARK,
    FW_IFINDEX,
    FW_ARPHRD,
    FW_REALM,
    FW_CLASSID,
    FW_UID,
    FW_GID,
    FW_CT_STATE,
    FW_CT_DIR,
    FW_CT_STATUS,
    FW_ICMP6_TYPE,
    FW_CT_LABEL,
    FW_PKTTYPE,
    FW_ICMP_CODE,
    FW_ICMPV6_CODE,
    FW_ICMPX_CODE,
    FW_DEVGROUP,
    FW_DSCP,
    FW_ECN,
    FW_FIB_ADDR,
    FW_BOOLEAN,
    FW_CT_EVENTBIT,
    FW_IFNAME,
    FW_IGMP_TYPE,
    FW_TIME_DATE,
    FW_TIME_HOUR,
    FW_TIME_DAY,
    FW_CGROUPV2,
    FW_TYPES
};
#define FW_TYPE_BITS 6 /* of one part in the number of a concatenation */
#define FW_TYPE_PARTS 5
#define FW_VERDICT_KEY UINT32_C(0xffffff00) /* NFT_DATA_VERDICT as the type of a map's data */

struct fw_link { /* interfaces of the namespace, for numbers in rules */
    uint32_t index;
    char name[16];
};
struct fw_links {
    struct fw_link *list;
    size_t count;
};

const char *fw_type_name(enum fw_type type); /* "ipv4_addr"; NULL: no such type */
size_t fw_type_size(enum fw_type type);      /* bytes; 0: not fixed */
bool fw_type_host_order(enum fw_type type);  /* of values that are loaded into a register */
bool fw_type_is_flags(enum fw_type type);    /* several values at once, joined by commas */
bool fw_type_is_address(enum fw_type type);  /* prefixes are written with their length */
unsigned fw_type_split(uint32_t type, enum fw_type parts[FW_TYPE_PARTS]); /* number of parts, at least 1 */

/* Appends one value. links may be NULL. */
void fw_type_value(struct buf *out, enum fw_type type, const unsigned char *bytes, size_t len, bool host_order,
                   const struct fw_links *links);
/* The same of one end of a range: numbers where else there are words. */
void fw_type_bound(struct buf *out, enum fw_type type, const unsigned char *bytes, size_t len, bool host_order,
                   const struct fw_links *links);
/* Appends the numbers of the bits that are set, joined by commas: labels of connections. */
void fw_type_bits(struct buf *out, const unsigned char *bytes, size_t len);
/* Appends the flags of a value, joined by `between`; "0x0" when none is set. */
void fw_type_flags(struct buf *out, enum fw_type type, uint64_t value, const char *between);
/* Appends an IPv4 (4 bytes) or IPv6 (16) address. */
void fw_type_address(struct buf *out, const unsigned char *bytes, size_t len);
/* Appends bytes as "0x" and digits; a number without leading zeros when short. */
void fw_type_hex(struct buf *out, const unsigned char *bytes, size_t len, bool host_order);
/* Appends text of the host in double quotes, made inert; fw_type_word without quotes where it is a plain word. */
void fw_type_quoted(struct buf *out, const void *text, size_t len);
void fw_type_word(struct buf *out, const void *text, size_t len);
/* Appends milliseconds as nft has them: "1d2h3m4s5ms". */
void fw_type_duration(struct buf *out, uint64_t milliseconds);

#endif
