/* Whether files are worth being asked for before somebody reads them: only where they are not in the page cache. There
 * the walker has the kernel begin to read what it puts into slots, so that a disk has much to do at a time. */
#ifndef HZ_COLLECTOR_AHEAD_H
#define HZ_COLLECTOR_AHEAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/watch.h"

struct ahead { /* of a collection; zeroed at first. Any thread */
    atomic_int missed;
    atomic_bool unknown; /* a file system does not say what is in the cache */
};

/* The bytes at the beginning of a file that are in the cache already, at most len; how many. What this finds is what
 * ahead_pays goes by. watch: of the thread. */
size_t ahead_take(struct ahead *a, struct watch *watch, int fd, void *bytes, size_t len);
/* Have many of the latest files not been in the cache? */
bool ahead_pays(const struct ahead *a);

#endif
