/* Looking at many names of a file system quickly: a folder is opened, listed in large pieces, each name examined where
 * it stands. Nothing is followed, no file is opened, no access time moves where it can be helped. All functions may be
 * called from several threads. All set err->sys_errno. */
#ifndef HZ_BASE_IO_SCAN_H
#define HZ_BASE_IO_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/error.h"

/* Opens for listing the folder at `path` below the folder behind `root` (an O_PATH descriptor will do); "" is root
 * itself. path: relative, no empty, "." or ".." components, any length. No symbolic link is followed, and without
 * cross_mounts no mount point entered (EXDEV), where the kernel can be asked for that (openat2(2), Linux 5.6).
 * *noatime: 0 where listing it may leave an access time. *fd is the caller's. */
int io_scan_open(int root, const char *path, bool cross_mounts, int *fd, int *noatime, struct hz_error *err);
/* Entries as getdents64(2) gives them; *got is 0 at the end. */
int io_scan_entries(int fd, void *out, size_t room, size_t *got, struct hz_error *err);
/* Of a name itself, from what the kernel remembers (AT_STATX_DONT_SYNC): times, owner, mode, size, birth time. */
int io_scan_statx(int directory, const char *name, struct statx *out, struct hz_error *err);
/* An extended attribute of a name itself, as it is stored. *len is 0 where it has none; HZ_E_LIMIT when it does not
 * fit. Asked through /proc/self/fd, there being no call for it on most kernels: ENOENT where /proc is not mounted, too.
 */
int io_scan_attribute(int directory, const char *name, const char *attribute, void *out, size_t room, size_t *len,
                      struct hz_error *err);
/* Target of a symbolic link, not NUL-terminated; HZ_E_LIMIT when it does not fit. */
int io_scan_link(int directory, const char *name, char *out, size_t room, size_t *len, struct hz_error *err);

#endif
