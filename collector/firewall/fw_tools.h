/* With --host-tools: what the host's own programs say about its rules, a second source. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_TOOLS_H
#define HZ_COLLECTOR_FIREWALL_FW_TOOLS_H

#include "base/error.h"
#include "collector/run.h"

/* Nothing unless it was asked for. Only programs whose rules are there already: they would load modules and make tables
 * themselves. */
int fw_tools_take(struct run *run, struct hz_error *err);

#endif
