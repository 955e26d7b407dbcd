/* A directory that appears whole or not at all: filled as NAME.partial, renamed without replacing anything. */
#ifndef HZ_BASE_IO_TREE_H
#define HZ_BASE_IO_TREE_H

#include <stdbool.h>

#include "base/error.h"

struct io_tree {
    int directory; /* owned: where the tree shall stand */
    int fd;        /* owned: the tree itself, to be filled */
    char *name, *partial;
    bool found; /* NAME.partial was there */
};

#define IO_TREE_INIT                                                                                                   \
    {                                                                                                                  \
        -1, -1, NULL, NULL, false                                                                                      \
    }

/* path: where the finished tree shall stand; slashes at its end are ignored. Makes NAME.partial, mode 0700. HZ_E_EXISTS
 * when one of the two is there. */
int io_tree_begin(struct io_tree *t, const char *path, struct hz_error *err);
/* The same, but NAME.partial may be there from a run that did not end: what is in it stays. replace: NAME may be there,
 * too; the caller exchanges the two. */
int io_tree_resume(struct io_tree *t, const char *path, bool replace, struct hz_error *err);
/* Renames it, syncs both directories, empties t. */
int io_tree_commit(struct io_tree *t, struct hz_error *err);
/* Removes NAME.partial, or NAME where a failed commit left it, with everything in it, following no link; t is emptied.
 * Legal on an emptied struct. */
void io_tree_abort(struct io_tree *t);
/* Removes everything in a folder but the name that is to be kept, following no link. */
void io_tree_clear(int folder, const char *keep);

#endif
