/* From paths as people type them to the tree that is walked. */
#ifndef HZ_COLLECTOR_PLAN_H
#define HZ_COLLECTOR_PLAN_H

#include <stdbool.h>

#include "base/error.h"
#include "collector/options.h"
#include "collector/tree.h"

/* Asks for a path: made absolute against the working directory, links before its last component resolved. A last
 * component that is a symbolic link is asked for itself, and then what it leads to, and so on to the end of the chain.
 * named: see tree_node. A path that is not there becomes a node marked missing, one of which that cannot be told a node
 * marked unresolved and not asked for; HZ_OK all the same.
 * root: descriptor of "/". */
int plan_add(struct tree_node *tree, int root, const char *path, bool named, struct hz_error *err);
/* What a pattern asks for at path or below could not be looked for. path: absolute; a final '/' says nothing. */
int plan_refused(struct tree_node *tree, const char *path, int sys_errno, struct hz_error *err);
/* What a person named. With --root a relative path is one inside the image. */
int plan_named(struct tree_node *tree, int root, const struct collect_options *options, const char *path,
               struct hz_error *err);
/* What nobody named: asks for it where it is, or where that cannot be told. */
int plan_there(struct tree_node *tree, int root, const char *path, struct hz_error *err);
/* Appends the path of that where nothing can be looked at (resolve_unseen). */
int plan_unseen(const struct collect_options *options, const char *path, struct buf *out, struct hz_error *err);

#endif
