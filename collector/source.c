#include "collector/source.h"

#include "collector/take.h"

const struct source *const source_table[] = { &source_system, &source_databases,    &source_journal, &source_logs,
                                              &source_recent, &source_recent_files, &source_files,   &source_long };
const size_t source_count = sizeof source_table / sizeof source_table[0];

const char *source_why_skip(void *context, const struct walk_item *item)
{
    const struct source_skip *s = context;
    return s->source->skip == NULL ? NULL : s->source->skip(s->options, item, s->content);
}

int source_walk(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct source_skip skip = { run->taking, run->options, true };
    const struct walk_config config = {
        .root = run->root,
        .tree = tree,
        .source = run->source,
        .cross_mounts = run->options->cross_mounts,
        .skip = source_why_skip,
        .skip_context = &skip,
        .visitor = take_visitor(run),
    };
    uint64_t exposed = 0;
    int rc = walk_run(&config, &exposed, err);
    run->tally.exposed += exposed;
    return rc;
}
