/* Matches and targets of x_tables in the words of iptables-save: of the legacy tables, and of rules that iptables-nft
 * keeps in nftables. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_XT_H
#define HZ_COLLECTOR_FIREWALL_FW_XT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "collector/firewall/fw_attr.h"

struct fw_xt_set {
    uint16_t index;
    char name[32];
};
struct fw_xt_sets { /* ipset's sets: rules know them by number */
    struct fw_xt_set *list;
    size_t count;
};

struct fw_xt {        /* an extension with its data */
    const char *name; /* NUL-terminated */
    unsigned revision;
    const unsigned char *data;
    size_t len;
    uint8_t family;                /* enum NFPROTO_* of the table */
    const struct fw_xt_sets *sets; /* NULL: not known */
};

/* Appends the options, each with a blank before it; hostile bytes are made inert. false, and nothing appended: this
 * extension or revision is not known here, or its data is too short for it. */
bool fw_xt_match(struct buf *out, const struct fw_xt *x);
bool fw_xt_target(struct buf *out, const struct fw_xt *x);
/* Appends " [ rev N hex ]". */
void fw_xt_unknown(struct buf *out, const struct fw_xt *x);
/* A text as iptables-save quotes it. */
void fw_xt_string(struct buf *out, const void *text, size_t len);

/* For a rule of nftables: `xt match "tcp"` and the options. */
struct fw_model;
void fw_xt_compat(struct buf *out, bool match, const struct fw_model *model, uint8_t family,
                  const struct netlink_attr *name, uint32_t revision, const struct netlink_attr *info);

#endif
