/* The legacy tables (iptables, ip6tables, arptables, ebtables) of the calling thread's network namespace, by
 * getsockopt(2): only those that are there already, since asking for another makes it. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_LEGACY_H
#define HZ_COLLECTOR_FIREWALL_FW_LEGACY_H

#include "collector/firewall/fw_space.h"

int fw_legacy_take(struct fw_space *s, int proc, struct hz_error *err);

#endif
