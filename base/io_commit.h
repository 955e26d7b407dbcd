/* Files that appear whole or not at all: written as NAME.partial, synced, renamed without overwriting, directory
 * synced. */
#ifndef HZ_BASE_IO_COMMIT_H
#define HZ_BASE_IO_COMMIT_H

#include <sys/types.h>

#include "base/error.h"

struct io_partial {
    int directory; /* owned */
    int fd;        /* owned; write here */
    char *name;    /* final name; owned */
    char *partial; /* name while unfinished; owned */
};

/* path: where the finished file shall stand. HZ_E_EXISTS when it or its .partial is there. */
int io_partial_begin(struct io_partial *p, const char *path, mode_t mode, struct hz_error *err);
/* The same, but begins anew where a run that was killed left NAME.partial: a regular file of this user with no other
 * name. HZ_E_DENIED: it is something else, or somebody is at work on it (flock(2), held until p is emptied). */
int io_partial_restart(struct io_partial *p, const char *path, mode_t mode, struct hz_error *err);
/* fsync alone, for who wants the long part of a commit done before. */
int io_partial_sync(const struct io_partial *p, struct hz_error *err);
/* fsync, rename without replacing, fsync of the directory. After HZ_OK the file is durable; p is emptied. After a
 * failure the file has its .partial name, also when the last step failed. */
int io_partial_commit(struct io_partial *p, struct hz_error *err);
/* Leaves what was written as NAME.partial for a human to judge. */
void io_partial_keep(struct io_partial *p);
/* Removes what was written. Legal on an emptied or zeroed (fd -1) struct. */
void io_partial_abort(struct io_partial *p);
/* begin, write, commit. */
int io_commit_bytes(const char *path, mode_t mode, const void *bytes, size_t len, struct hz_error *err);
/* The same in the place of what has the name (a file, a link, a pipe; no folder), begun anew like io_partial_restart.
 */
int io_commit_replace(const char *path, mode_t mode, const void *bytes, size_t len, struct hz_error *err);
/* The same for a whole directory tree: rename old to new inside a directory, never replacing, both synced. */
int io_rename_new(int directory, const char *from, const char *to, struct hz_error *err);

#endif
