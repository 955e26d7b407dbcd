/* A legacy table as getsockopt(2) gives it (struct ipt_get_entries and its kin): entries behind one another, each with
 * matches and a target. Everything in it is checked before it is followed. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_TABLE_H
#define HZ_COLLECTOR_FIREWALL_FW_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/firewall/fw_xt.h"
#include "collector/sheet.h"

#define FW_TABLE_HOOKS 5 /* NF_INET_NUMHOOKS; those of ARP are fewer */

struct fw_table {
    uint8_t family;   /* NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_ARP */
    const char *name; /* "filter" */
    uint32_t valid_hooks, hook_entry[FW_TABLE_HOOKS], underflow[FW_TABLE_HOOKS];
    const struct fw_xt_sets *sets; /* NULL: not known */
    const unsigned char *entries;
    size_t size;
};

/* Appends it to the sheet's text in the form of `iptables-save -c`, and a row for each chain and rule. *rules: how many
 * there are. HZ_E_FORMAT: the entries do not hold together; nothing was written then. */
int fw_table_write(const struct fw_table *t, struct sheet *out, size_t *rules, struct hz_error *err);

#endif
