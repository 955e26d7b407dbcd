/* files: what --path asked for. */
#include "collector/plan.h"
#include "collector/source.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options->path_count > 0;
}

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < options->path_count; i++)
        rc = plan_add(tree, root, options->paths[i], true, err);
    return rc;
}

const struct source source_files = { .name = "files", .wanted = wanted, .plan = plan, .take = source_walk };
