/* The legacy tables of ebtables: linux/netfilter_bridge/ebtables.h. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_BRIDGE_H
#define HZ_COLLECTOR_FIREWALL_FW_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

#include "collector/firewall/fw_space.h"

/* On the servant's thread, in the namespace. Only tables that are there for certain. */
int fw_bridge_take(struct fw_space *s, struct hz_error *err);

struct fw_bridge { /* a table as the kernel gave it */
    const char *name;
    uint32_t valid_hooks;
    const unsigned char *entries;
    size_t size;
    const unsigned char *counters; /* struct ebt_counter for each rule, in their order */
    size_t counter_count;
};
/* Appends lines and rows as fw_table_write does. HZ_E_FORMAT: it does not hold together; nothing was written then. */
int fw_bridge_write(const struct fw_bridge *t, struct sheet *out, size_t *rules, struct hz_error *err);

#endif
