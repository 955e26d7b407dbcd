/* The limits of profiles: they bound what a profile finds by itself, never what a person named. */
#ifndef HZ_COLLECTOR_QUOTA_H
#define HZ_COLLECTOR_QUOTA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/options.h"
#include "collector/tree.h"

struct quota {
    uint64_t max_file_size, total; /* 0: none */
    _Atomic uint64_t used;
    /* Of the source at work: what is named in the tree, and all below it, is free; NULL: everything is. */
    const struct tree_node *tree;
};

void quota_begin(struct quota *q, const struct collect_options *o);
/* Main thread, before a source takes anything: tree is its plan. */
void quota_source(struct quota *q, const struct collect_options *o, const char *source, const struct tree_node *tree);
/* May a file of this size be taken? NULL: yes, and it counts. Else why not, for its over-budget row; *failure: whether
 * that makes the collection partial (a file that is too large for the profile does not). The thread that walks. */
const char *quota_admit(struct quota *q, struct w_bytes origin, uint64_t size, bool *failure);

#endif
