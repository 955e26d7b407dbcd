#include "collector/noatime.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "collector/action.h"

/* In one step: no mount may appear between making them private and making them noatime. */
static int set_noatime(void)
{
    struct mount_attr attr = {
        .attr_set = MOUNT_ATTR_NOATIME | MOUNT_ATTR_NODIRATIME,
        .attr_clr = MOUNT_ATTR__ATIME,
        .propagation = MS_PRIVATE,
    };
    return mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof attr);
}

void noatime_enter(struct noatime *n)
{
    *n = (struct noatime) { .start = action_now() };
    if (unshare(CLONE_NEWNS) != 0)
        n->failed = "unshare";
    else if (set_noatime() != 0)
        n->failed = "mount_setattr";
    n->sys_errno = n->failed == NULL ? 0 : errno;
    n->entered = n->failed == NULL;
    n->end = action_now();
}
