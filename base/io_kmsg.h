/* The kernel's log as /dev/kmsg gives it, a record at a time (Documentation/ABI/testing/dev-kmsg). Reading takes
 * nothing away from others. */
#ifndef HZ_BASE_IO_KMSG_H
#define HZ_BASE_IO_KMSG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* dev/kmsg below `root`, where it is the kernel's device 1:11 and nothing else; at the oldest record. HZ_E_UNSUPPORTED:
 * it is something else, which was not opened. *fd is the caller's. err->sys_errno says why not. */
int io_kmsg_open(int root, int *fd, struct hz_error *err);
/* The next record; *len 0: that was all, for now. *lost: records were overwritten since the last call; the next call
 * gives the oldest that is left. */
int io_kmsg_next(int fd, char *out, size_t room, size_t *len, bool *lost, struct hz_error *err);

#endif
