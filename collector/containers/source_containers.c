/* containers: containers, without their tools (formats/spec/sources/containers.md). */
#include "collector/containers/cont_files.h"
#include "collector/containers/cont_listings.h"
#include "collector/plan.h"
#include "collector/profiles/profile_glob.h"
#include "collector/sheet.h"
#include "collector/source.h"

/* The first of these is about files and can be made of an image, too. */
static const struct sheet_maker makers[] = {
    { "configuration", "hozen-container-files/1", "generated", cont_configuration_make, true },
    { "containers", "hozen-containers/1", "procfs", cont_containers_make, false },
    { "layers", "hozen-layers/1", "procfs", cont_layers_make, false },
};

static size_t made(const struct collect_options *options)
{
    return options_rooted(options) ? 1 : sizeof makers / sizeof makers[0];
}

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "containers");
}

struct planning {
    struct tree_node *tree;
    int root;
};

static int plan_path(void *context, const char *path, struct hz_error *err)
{
    struct planning *p = context;
    return plan_add(p->tree, p->root, path, false, err);
}

static int plan_refusal(void *context, const char *path, int sys_errno, struct hz_error *err)
{
    struct planning *p = context;
    return plan_refused(p->tree, path, sys_errno, err);
}

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    struct planning p = { tree, root };
    HZ_CLEANUP(away_free) struct away away = { 0 };
    const struct profile_glob_sink sink = { &p, plan_path, plan_refusal };
    int rc = options->wary ? away_find(root, &away, err) : HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < cont_file_count; i++)
        rc = profile_glob(root, cont_files[i].pattern, &away, &sink, &tree->cut, err);
    return rc;
}

static bool makes(const struct collect_options *options, size_t i, struct buf *out)
{
    return sheet_makes(makers, made(options), i, out);
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    return sheet_take(run, tree, makers, made(run->options), err);
}

const struct source source_containers = {
    .name = "containers", .wanted = wanted, .plan = plan, .makes = makes, .take = take
};
