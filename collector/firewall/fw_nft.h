/* Asks the kernel for the rules of nftables in the calling thread's network namespace (nfnetlink, linux/netfilter/
 * nf_tables.h): dumps only, nothing is reset. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_NFT_H
#define HZ_COLLECTOR_FIREWALL_FW_NFT_H

#include "collector/firewall/fw_model.h"
#include "collector/network/netlink.h"

#define FW_NFT_TRIES 3 /* while the generation changes meanwhile */

/* For other parts that talk to nfnetlink: subsystem and message type in one number; the family header. */
uint16_t fw_nft_type(unsigned subsystem, unsigned message);
void fw_nft_head(struct buf *body, uint8_t family);

/* n: NETLINK_NETFILTER. m: initialised; sorted afterwards. HZ_E_UNSUPPORTED: the kernel does not have it. */
int fw_nft_take(struct netlink *n, struct fw_model *m, struct hz_error *err);
/* The interfaces of the calling thread's network namespace. */
int fw_nft_links(struct fw_links *out, struct hz_error *err);

#endif
