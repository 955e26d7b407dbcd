/* A path as people type it, resolved without following anything in the kernel: each component is looked at, symbolic
 * links on the way are read and replaced. */
#ifndef HZ_COLLECTOR_RESOLVE_H
#define HZ_COLLECTOR_RESOLVE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

#define RESOLVE_LINKS_MAX 40 /* as the kernel: more is a loop */
/* From so many looks on a way is too long (ENAMETOOLONG): links through deep folders and up again can ask for billions.
 */
#define RESOLVE_LOOKS_MAX 100000

struct resolved {
    struct buf path; /* absolute; no empty, "." or ".." components, no links before the last; "/" for the root itself */
    bool link;       /* the last component is a symbolic link ... */
    struct buf target; /* ... that leads to this absolute, unresolved path */
    size_t looks;      /* at components, of all paths that were resolved into this one */
    int missing;       /* 0, or the errno with which the way ended; path then holds what was asked for beyond it, too,
                          up to a ".." */
};

void resolve_init(struct resolved *r);
void resolve_free(struct resolved *r);
/* root: descriptor of "/". path: absolute, without NUL. A final '/' asks for what a link leads to, as everywhere.
 * HZ_OK also when nothing is there. */
int resolve_path(int root, const char *path, struct resolved *out, struct hz_error *err);
/* Appends what resolve_path would make of it where nothing can be looked at: all of it up to a ".." */
int resolve_unseen(const char *path, struct buf *out, struct hz_error *err);

#endif
