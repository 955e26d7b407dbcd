/* One entry of a legacy table: struct ipt_entry, ip6t_entry or arpt_entry. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_ENTRY_H
#define HZ_COLLECTOR_FIREWALL_FW_ENTRY_H

#include <linux/netfilter/x_tables.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "collector/firewall/fw_xt.h"

struct fw_entry {
    size_t at, size;
    const unsigned char *bytes; /* size of them */
    size_t matches, matches_end;
    uint64_t packets, bytes_counted;
    bool is_goto;
    char target[XT_EXTENSION_MAXNAMELEN];
    unsigned target_revision;
    const unsigned char *target_data;
    size_t target_len;
    char match[XT_EXTENSION_MAXNAMELEN]; /* name of the one that fw_entry_match gave last */
};

/* false: what stands at this place is no entry that lies within size. */
bool fw_entry_read(uint8_t family, const unsigned char *entries, size_t size, size_t at, struct fw_entry *out);
/* The next match; *at begins as e->matches. The name is valid until the next call. */
bool fw_entry_match(uint8_t family, struct fw_entry *e, size_t *at, struct fw_xt *out);
/* Was it asked for as "-m state"? */
bool fw_entry_is_state(const struct fw_xt *x);
/* Appends what the entry itself compares: addresses, interfaces, protocol; each with a blank before it. */
void fw_entry_head(uint8_t family, const struct fw_entry *e, struct buf *out);

#endif
