/* Mounts as /proc/PID/mountinfo lists them (proc(5)), and the processes to ask for it. */
#ifndef HZ_COLLECTOR_KERNEL_KERN_MOUNT_H
#define HZ_COLLECTOR_KERNEL_KERN_MOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/sheet.h"
#include "formats/write/record.h"

#define KERN_PIDS_MAX ((size_t)1 << 22) /* the kernel's PID_MAX_LIMIT */
#define KERN_MOUNTINFO_MAX ((size_t)8 << 20)

struct kern_mount { /* raw bytes, in the line that was parsed */
    uint64_t id, parent;
    struct w_bytes device, root, point, options, optional, type, source, super_options;
};

/* A line without its newline; its octal escapes are decoded in place. HZ_E_FORMAT. */
int kern_mount_parse(struct kern_mount *out, char *line, size_t len);
typedef int kern_mount_each(void *context, const struct kern_mount *mount, struct hz_error *err);
/* Of all lines of a mountinfo, which is altered. A line that is not one is left out. */
int kern_mount_list(struct buf *mountinfo, kern_mount_each *each, void *context, struct hz_error *err);
/* Is `option` one of those between commas, "name=value" included? Its value (empty where it has none). */
bool kern_mount_option(struct w_bytes options, const char *name, struct w_bytes *value);

/* All processes that /proc lists, ascending. *pids is the caller's to free. */
int kern_pids(int root, int **pids, size_t *count, struct hz_error *err);
/* N of "mnt:[N]", where /proc/WHO/ns/KIND leads; who: "4711", "thread-self". HZ_E_NOTFOUND, ..., HZ_E_FORMAT. */
int kern_namespace(int root, const char *who, const char *kind, uint64_t *inode, struct hz_error *err);

/* Processes whose mount namespaces could not be told. Zeroed: none. */
struct kern_unseen {
    size_t count;
    int sys_errno; /* of the first */
};
/* One more, unless it has ended; our own shortage is returned. */
int kern_unseen_add(struct kern_unseen *u, const struct hz_error *why, struct hz_error *err);
int kern_unseen_tell(struct sheet *s, const struct kern_unseen *u, struct hz_error *err);

#endif
