/* closing: what is there at the end, what came and went meanwhile, and what this program itself did
 * (formats/spec/sources/closing.md). */
#include "collector/closing/close_footprint.h"
#include "collector/closing/close_observations.h"
#include "collector/products.h"
#include "collector/source.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options->source_count > 0;
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct products *p = NULL;
    int rc = products_open(&p, run, err);
    if (rc == HZ_OK)
        rc = close_observations(run, p, err);
    if (rc == HZ_OK)
        rc = close_footprint(run, p, err);
    if (rc == HZ_OK)
        rc = products_write(p, tree, err);
    products_free(p);
    return rc;
}

const struct source source_closing = { .name = "closing", .wanted = wanted, .take = take };
