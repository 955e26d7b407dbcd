/* Files that the kernel makes while they are read (procfs, sysfs), by their path below a directory. They have no access
 * times to keep and do not know their size. Not for files of a host's disks: there io_evidence_* keeps what must not
 * change. All set err->sys_errno. */
#ifndef HZ_BASE_IO_PROC_H
#define HZ_BASE_IO_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"

/* path: relative, may have several components ("4711/status"). The last one is not followed. *fd is the caller's. */
int io_proc_directory(int directory, const char *path, int *fd, struct hz_error *err);
/* Appends the file, at most max bytes of it; *more: there was more. Opened O_RDONLY|O_NONBLOCK, regular files only. */
int io_proc_read(int directory, const char *path, size_t max, struct buf *out, bool *more, struct hz_error *err);
/* Appends the target of a link; a NUL is not added. */
int io_proc_link(int directory, const char *path, struct buf *out, struct hz_error *err);
/* The thing behind one of the kernel's own links, followed once: /proc/PID/exe, /proc/PID/ns/net, map_files. Read only,
 * O_NONBLOCK, with O_NOATIME where we may; only regular files and files of nsfs (HZ_E_UNSUPPORTED). */
int io_proc_follow(int directory, const char *path, int *fd, struct hz_error *err);
/* A host's own file behind one of procfs's links (exe, map_files, fd): looked at first and only then opened, so that
 * what is no regular file is left alone (HZ_E_UNSUPPORTED). proc: procfs itself, of which "self" is asked. *noatime: 0
 * where reading it may move its access time; no mount of ours covers it. */
int io_proc_file(int proc, const char *path, int *fd, int *noatime, struct hz_error *err);
/* Of what stands behind such a link, not opened; what another program serves is asked for no more than it has told. */
int io_proc_statx(int directory, const char *path, struct statx *out, struct hz_error *err);

/* Every entry but "." and ".."; type as in dirent. What it returns other than HZ_OK ends the listing. */
typedef int io_proc_each(void *context, const char *name, unsigned char type, struct hz_error *err);
/* Gives each entry of what getdents64(2) filled in, aligned for it, but for . and .. */
int io_proc_entries(const unsigned char *bytes, size_t len, io_proc_each *each, void *context, struct hz_error *err);
int io_proc_list(int directory, const char *path, io_proc_each *each, void *context, struct hz_error *err);

#endif
