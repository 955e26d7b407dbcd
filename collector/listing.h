/* One directory's entries in the order of the bundle: mapped, twins told apart, sorted (formats/spec/bundle.md,
 * section 3). All listings of a walk together stay within SORTER_MEMORY, however many entries there are. */
#ifndef HZ_COLLECTOR_LISTING_H
#define HZ_COLLECTOR_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/sorter.h"
#include "collector/tree.h"
#include "collector/watch.h"

struct listing_entry {
    struct name name;
    bool clash;                   /* its name in the bundle would equal another's: it cannot be taken */
    const struct tree_node *node; /* what was asked for by this path or below it; NULL: nothing in particular */
};

struct listing_body;

struct listing {               /* zeroed: empty, legal to free */
    struct listing_body *body; /* owned */
    bool cut;                  /* there are more entries than there is room for */
    int failed;                /* errno with which reading ended early, 0 when it reached the end */
    bool exposed;              /* could not be read without leaving an access time */
};

#define LISTING_ENTRIES_MAX ((size_t)1 << 24) /* names */

void listing_free(struct listing *l);
/* All entries of the directory behind an O_PATH descriptor, and those of node's children that it does not list (they
 * may be hidden or gone). An error means that nothing could be listed; err->sys_errno says why. out is empty on entry.
 * The store outlives it. What the directory is asked is watched, and only that: NULL: it is not. */
int listing_read(struct sorter_store *store, struct watch *watch, int path_fd, const struct tree_node *node,
                 struct listing *out, struct hz_error *err);
/* Only node's children. */
int listing_planned(struct sorter_store *store, struct watch *watch, int path_fd, const struct tree_node *node,
                    struct listing *out, struct hz_error *err);
/* The next entry, its names valid until the next call for any listing of the store; *more false: that was all. Fails
 * only for our own shortage. */
int listing_next(struct listing *l, struct listing_entry *out, bool *more, struct hz_error *err);

#endif
