/* Making files hard to change: read-only modes, the immutable flag, fs-verity; and reading them again without the page
 * cache. Nothing below a folder is followed out of it. */
#ifndef HZ_BASE_IO_SEAL_H
#define HZ_BASE_IO_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define IO_SEAL_DIGEST 32

/* Every regular file below the folder gets mode 0444, every folder and itself 0555. Links, pipes, devices and what lies
 * more than 16 folders deep is none of ours, and left as it is; so in the two below. */
int io_seal_modes(int folder, struct hz_error *err);
/* The same backwards: what its owner needs to remove or replace it. */
int io_seal_release(int folder, struct hz_error *err);
/* The immutable flag (ioctl_iflags(2)) of all of it, the folder itself included. false: not on all, and then on none:
 * the file system has none, or this user may not. */
bool io_seal_immutable(int folder);
/* Has it that flag? */
bool io_seal_is_immutable(int fd);
/* A whole file into a sealed folder, in the place of one of its name: written as NAME.partial, synced, renamed. The
 * folder is opened for that time alone, not what else lies in it; both are read-only then, and immutable where that is
 * asked for or the folder was it. HZ_E_DENIED and the like before anything is written: it cannot be made immutable. */
int io_seal_add(int folder, const char *name, const void *bytes, size_t len, bool immutable, struct hz_error *err);
/* fs-verity with SHA-256 and blocks of 4096 on a file that nobody has open for writing. *digest is that of fs-verity.
 * false: the file system or kernel has none. */
bool io_seal_verity(int fd, unsigned char digest[IO_SEAL_DIGEST]);

/* Asks the kernel to forget what it has of the file in memory. true: nothing of its beginning is left there. */
bool io_seal_forget(int fd);

/* A lock on an open file or folder that ends with the descriptor (flock(2)). HZ_E_DENIED: somebody else has it. */
int io_seal_lock(int fd, struct hz_error *err);

/* Two folders of one folder change their names, at once where the file system can (RENAME_EXCHANGE), else one after the
 * other. Synced. */
int io_seal_exchange(int directory, const char *a, const char *b, struct hz_error *err);

/* For going on with a file that was not finished: read and write, nothing followed. HZ_E_DENIED: it has another name
 * somewhere, where it would change, too. */
int io_seal_reopen(int directory, const char *name, int *fd, struct hz_error *err);
int io_seal_cut(int fd, uint64_t size, struct hz_error *err);

#endif
