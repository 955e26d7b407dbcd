/* The legacy tables (iptables, ip6tables, arptables, ebtables) of the calling thread's network namespace, by
 * getsockopt(2): only those that are there already, since asking for another makes it. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_LEGACY_H
#define HZ_COLLECTOR_FIREWALL_FW_LEGACY_H

#include "collector/firewall/fw_space.h"

int fw_legacy_take(struct fw_space *s, int proc, struct hz_error *err);

/* For those who read tables: the kernel's bytes as "<part>/<table>.bin"; an absent row whose reason ends in why->text.
 */
int fw_legacy_keep(struct fw_space *s, enum fw_part part, const char *table, const void *bytes, size_t len,
                   struct hz_error *err);
int fw_legacy_absent(struct fw_space *s, enum fw_part part, uint8_t family, const struct hz_error *why, bool failure,
                     struct hz_error *err);

#endif
