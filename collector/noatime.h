/* Reading without leaving access times, symbolic links and directories included: a mount namespace of our own in which
 * every mount is noatime (unshare(2), mount_setattr(2)). The host's own mounts are not changed. */
#ifndef HZ_COLLECTOR_NOATIME_H
#define HZ_COLLECTOR_NOATIME_H

#include <stdbool.h>

#include "formats/write/record.h"

struct noatime {
    bool entered;       /* every mount we can see is noatime for us */
    int sys_errno;      /* why not */
    const char *failed; /* the call that did not work; NULL when entered */
    struct w_moment start, end;
};

/* Open outputs and spools first: they stay in the host's own mounts. Never fails: without the privilege single files
 * and directories are still read with O_NOATIME where we own them. */
void noatime_enter(struct noatime *n);

#endif
