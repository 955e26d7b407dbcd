/* Files that are taken out of a bundle whole, to be looked at: one behind the other in an unlinked file in $TMPDIR or
 * /var/tmp, of which nothing is left whatever ends this process. */
#ifndef HZ_CUSTODY_TAKEN_H
#define HZ_CUSTODY_TAKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct taken_file {
    char *path;        /* owned; in the bundle */
    uint64_t at, size; /* in the unlinked file; at is that of a page */
    bool unlocked;     /* it was copied without a lock on the host */
};

struct taken {
    int fd; /* owned; -1: none was needed yet */
    struct taken_file *files;
    size_t count, room;
    uint64_t end;
    size_t names; /* bytes of all paths */
    bool sorted;
};
#define TAKEN_INIT                                                                                                     \
    {                                                                                                                  \
        .fd = -1                                                                                                       \
    }

/* Begins a file, HZ_E_LIMIT when there are too many; adds to the last one. Errors name the folder. */
int taken_begin(struct taken *t, const char *path, struct hz_error *err);
int taken_put(struct taken *t, const void *bytes, size_t len, struct hz_error *err);
/* By path, a folder's files before those of the folder behind it. For taken_find and taken_exact. */
void taken_sort(struct taken *t);
/* Of `len` bytes of path and the suffix; NULL: none. */
struct taken_file *taken_find(const struct taken *t, const char *path, size_t len, const char *suffix);
struct taken_file *taken_exact(const struct taken *t, const char *path); /* of any length */
void taken_free(struct taken *t);                                        /* leaves TAKEN_INIT; legal on it */

#endif
