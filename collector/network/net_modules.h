/* What the kernel can answer without loading a module for it. Several families of netlink (sock_diag, nfnetlink) load
 * one when they are asked for what they do not know yet; we ask only for what is there. */
#ifndef HZ_COLLECTOR_NETWORK_NET_MODULES_H
#define HZ_COLLECTOR_NETWORK_NET_MODULES_H

#include <stdbool.h>

#include "base/buf.h"
#include "collector/run.h"

struct net_modules {
    bool nothing_loads; /* no modules in this kernel, loading is locked, or there is no modprobe: asking is harmless */
    struct buf loaded, builtin; /* proc_modules(5), modules.builtin(5) */
};

/* What cannot be read counts as not there. */
void net_modules_read(struct run *run, struct net_modules *out);
void net_modules_free(struct net_modules *m);
/* May it be asked for? The name with underscores: "tcp_diag". */
bool net_modules_has(const struct net_modules *m, const char *name);

#endif
