/* The one place where files are opened. (tests/checks holds the rest of the tree to it.)
 * Every descriptor is O_CLOEXEC. Paths in errors are given as text; escape before printing. */
#ifndef HZ_BASE_IO_OPEN_H
#define HZ_BASE_IO_OPEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/error.h"

/* An ordinary input of ours (a key, a list of signers, a bundle): regular file or, where said, a pipe. Follows links.
 * A directory gives HZ_E_FORMAT "is a directory". *fd is the caller's to close. */
int io_open_input(const char *path, int *fd, struct hz_error *err);
/* true for a file or a link to one; nothing is opened, so nothing is waited for. */
bool io_is_regular(int directory, const char *name);
/* The same where a file that is not seen would change the answer: what cannot be told is an error, not false. shown is
 * what a message calls it. HZ_E_IO, HZ_E_DENIED, HZ_E_NOMEM. */
int io_find_regular(int directory, const char *name, const char *shown, bool *there, struct hz_error *err);
int io_open_directory(const char *path, int *fd, struct hz_error *err);
/* open(2) for SQLite, which asks for a file again, to read it, when it cannot be opened for writing: where there is
 * none then, errno is still the reason why the first attempt failed. */
int io_open_again(const char *path, int flags, int mode);
/* A file that must not exist yet. HZ_E_EXISTS when it does. */
int io_create_new(int directory, const char *name, mode_t mode, int *fd, struct hz_error *err);
/* Unlinked read-write file in a directory (O_TMPFILE, else created and unlinked), mode 0600. */
int io_create_spool(int directory, int *fd, struct hz_error *err);
int io_create_memory(int *fd, struct hz_error *err); /* the same without a file system: memfd_create(2) */
int io_make_directory(int directory, const char *name, mode_t mode, struct hz_error *err);
/* Opens or makes one directory below `directory`, never through a link. *fd is the caller's. */
int io_enter_directory(int directory, const char *name, mode_t mode, int *fd, struct hz_error *err);
void io_close(int *fd); /* closes and sets -1; -1 is legal; usable with HZ_CLEANUP */

/* Evidence: nothing is followed, nothing is altered; pipes, devices and terminals cannot hang the caller. (A file
 * system that another program or host serves can: it answers when it likes.) evidence_look: O_PATH|O_NOFOLLOW
 * descriptor of one directory entry (component, no slash), for statx and reopening. evidence_reopen: from that
 * descriptor, through /proc/self/fd, O_RDONLY|O_NOATIME|O_NONBLOCK|O_NOCTTY; falls back without O_NOATIME when EPERM
 * (not owner) and says so in *noatime. Only regular files: HZ_E_UNSUPPORTED else. evidence_directory: the same for a
 * directory, to list it. All set err->sys_errno; ENOSYS: /proc is not there, or is not the real one. */
int io_evidence_look(int directory, const char *component, int *fd, struct hz_error *err);
int io_evidence_reopen(int path_fd, int *fd, int *noatime, struct hz_error *err);
int io_evidence_directory(int path_fd, int *fd, int *noatime, struct hz_error *err);
/* The quick way for what a listing calls a regular file: opened by its name at once, O_RDONLY|O_NOATIME|O_NONBLOCK|
 * O_NOCTTY, nothing followed, no mount point crossed. The caller examines the descriptor before it uses it: a name that
 * was swapped since may have opened something else, which whoever could swap it could have done without us. Any failure
 * (also a kernel without openat2(2)): the careful way above tells why. */
int io_evidence_open(int directory, const char *component, int *fd, struct hz_error *err);
int io_statx(int fd, struct statx *out, struct hz_error *err); /* of the descriptor itself (AT_EMPTY_PATH) */
/* The same from what the kernel remembers: type, device, inode and mount are right, the rest may be out of date or
 * empty. A file system that a program or another host serves is not asked, and so cannot keep us waiting. */
int io_statx_known(int fd, struct statx *out, struct hz_error *err);
/* Target of the symlink behind an O_PATH descriptor; NUL-terminated; malloc'd, *len without the NUL. */
int io_evidence_readlink(int path_fd, char **target, size_t *len, struct hz_error *err);

#endif
