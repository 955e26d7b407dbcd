/* A folder of this machine for what must be a file here for a while; TMPDIR says where, else /var/tmp. */
#ifndef HZ_CUSTODY_ARCHIVE_LOCAL_H
#define HZ_CUSTODY_ARCHIVE_LOCAL_H

#include "base/buf.h"
#include "base/error.h"
#include "base/io_tree.h"
#include "custody/archive.h"
#include "custody/archive_held.h"

struct archive_local {
    struct buf path;     /* the file */
    struct io_tree tree; /* where it was brought to; not used for what lies in a folder */
};
#define ARCHIVE_LOCAL_INIT                                                                                             \
    {                                                                                                                  \
        .path = BUF_INIT(16384), .tree = IO_TREE_INIT                                                                  \
    }

/* "<folder>/hozen-<name>.partial" as the tree, made, or left by an earlier run of the same user. HZ_E_DENIED: it is
 * somebody else's, or others could write into it; nothing in it was touched. path: without ".partial". */
int archive_local_stage(const char *name, struct io_tree *tree, struct buf *path, struct hz_error *err);
/* The bundle of a copy as a file: where it lies, or brought here from a store. */
int archive_local_get(struct archive_local *l, struct archive_target *t, const struct archive_copy *c,
                      struct hz_error *err);
void archive_local_free(struct archive_local *l); /* removes what was brought; legal on ARCHIVE_LOCAL_INIT */

#endif
