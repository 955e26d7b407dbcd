/* What ss(8) and ip(8) of the host print, as a second source: only with --host-tools. */
#ifndef HZ_COLLECTOR_NETWORK_NET_TOOLS_H
#define HZ_COLLECTOR_NETWORK_NET_TOOLS_H

#include "base/error.h"
#include "collector/run.h"

/* Members below data/network/+ip and +ss, before any other of the source. */
int net_tools_take(struct run *run, struct hz_error *err);

#endif
