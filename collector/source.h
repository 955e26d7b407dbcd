/* Sources of evidence as rows of a table, in the order of volatility. */
#ifndef HZ_COLLECTOR_SOURCE_H
#define HZ_COLLECTOR_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "collector/options.h"
#include "collector/run.h"
#include "collector/tree.h"

struct source {
    const char *name; /* [a-z][a-z0-9-]{0,31} */
    /* Is it asked for at all? NULL: always. deferred: how many files the sources before have left for "long". */
    bool (*wanted)(const struct collect_options *options, size_t deferred);
    /* Puts what it will take into the tree; reads no file content. NULL: nothing that can be planned. */
    int (*plan)(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err);
    /* Takes it. Fails only when the bundle cannot go on; everything else becomes a record. */
    int (*take)(struct run *run, const struct tree_node *tree, struct hz_error *err);
};

extern const struct source *const source_table[];
extern const size_t source_count;

extern const struct source source_system, source_files, source_long;

/* take for sources that are a walk through their tree. */
int source_walk(struct run *run, const struct tree_node *tree, struct hz_error *err);

#endif
