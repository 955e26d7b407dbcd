/* Network namespaces that a mount keeps alive (ip-netns(8)): proc_pid_mountinfo(5), file system nsfs. */
#ifndef HZ_COLLECTOR_NETWORK_NET_MOUNTS_H
#define HZ_COLLECTOR_NETWORK_NET_MOUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef int net_mounts_each(void *context, uint64_t inode, const char *path, struct hz_error *err);

/* Those of our own mount namespace. What `each` returns other than HZ_OK ends it. root: descriptor of "/". */
int net_mounts(int root, net_mounts_each *each, void *context, struct hz_error *err);
/* The same from the text; lines that are none are skipped. */
int net_mounts_parse(const char *text, size_t len, net_mounts_each *each, void *context, struct hz_error *err);

#endif
