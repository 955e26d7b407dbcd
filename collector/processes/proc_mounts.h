/* /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
#ifndef HZ_COLLECTOR_PROC_MOUNTS_H
#define HZ_COLLECTOR_PROC_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/write/record.h"

struct proc_mount { /* as the kernel writes them: blank, tab, newline and backslash are octal escapes */
    struct w_bytes root, point, type, source;
};

/* The next line from *at on that has all fields; false: there is none. */
bool proc_mounts_next(const void *text, size_t len, size_t *at, struct proc_mount *out);
/* Is it over /proc itself, and no procfs? */
bool proc_mounts_instead(const struct proc_mount *mount);
/* Is it over /proc/NUMBER or something below that? */
bool proc_mounts_over(const struct proc_mount *mount, uint32_t *pid, bool *below);

#endif
