/* A path of the host, opened component by component; links are never followed. */
#ifndef HZ_COLLECTOR_LOOK_H
#define HZ_COLLECTOR_LOOK_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io_proc.h"

/* path: absolute; empty components are skipped. *fd: O_PATH descriptor, the caller's. err->sys_errno says why not. */
int look_path(int root, const char *path, size_t len, int *fd, struct hz_error *err);
/* The first bytes, up to out->limit, of a small host file that the tool itself wants to know; links are resolved as
 * plan_add does. Access times stay as far as we can see to it. HZ_E_NOTFOUND and others: it is not to be had. */
int look_read(int root, const char *path, struct buf *out, struct hz_error *err);
/* The same file opened for reading, whatever its size. *fd is the caller's. HZ_E_UNSUPPORTED: no regular file, or one
 * whose bytes the kernel gives away when they are read (pseudo_refuses). */
int look_open(int root, const char *path, int *fd, struct hz_error *err);
/* A folder opened for listing. */
int look_folder(int root, const char *path, int *fd, struct hz_error *err);
/* Each entry of a folder of the host, but "." and "..", in the order of the file system; links are resolved as above.
 */
int look_entries(int fd, io_proc_each *each, void *context, struct hz_error *err); /* of a folder open for reading */
int look_list(int root, const char *path, io_proc_each *each, void *context, struct hz_error *err);

#endif
