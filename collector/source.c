#include "collector/source.h"

#include "collector/take.h"

const struct source *const source_table[] = { &source_system, &source_files, &source_long };
const size_t source_count = sizeof source_table / sizeof source_table[0];

int source_walk(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    const struct walk_config config = {
        .root = run->root,
        .tree = tree,
        .source = run->source,
        .cross_mounts = run->options->cross_mounts,
        .visitor = take_visitor(run),
    };
    uint64_t exposed = 0;
    int rc = walk_run(&config, &exposed, err);
    run->tally.exposed += exposed;
    return rc;
}
