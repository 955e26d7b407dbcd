/* files: what --path asked for, and what the patterns of profiles find. */
#include "collector/plan.h"
#include "collector/profiles/profile_plan.h"
#include "collector/source.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options->path_count > 0 || options->profiles.path_count > 0;
}

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < options->path_count; i++)
        rc = plan_named(tree, root, options, options->paths[i], err);
    return rc == HZ_OK ? profile_plan_files(tree, root, options, err) : rc;
}

const struct source source_files = { .name = "files", .wanted = wanted, .plan = plan, .take = source_walk };
