/* Where another host or program answers, as far as this host's mounts tell: NFS, FUSE and their like. Whatever had no
 * answer once keeps away from there when it is tried again. */
#ifndef HZ_COLLECTOR_AWAY_H
#define HZ_COLLECTOR_AWAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct away {    /* zeroed: nowhere; legal to free */
    char **list; /* owned, as is each: absolute paths of mount points */
    size_t count;
};

/* From /proc/self/mountinfo below root, a descriptor; an image has none. Only our own shortage is a failure. */
int away_find(int root, struct away *out, struct hz_error *err);
/* Is the path, taken as it is written, such a place or below one? */
bool away_has(const struct away *a, const char *path);
void away_free(struct away *a);

#endif
