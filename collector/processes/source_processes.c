/* processes: the process table and what belongs to each process (formats/spec/sources/processes.md). */
#include "collector/products.h"
#include "collector/source.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "processes");
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct products *p = NULL;
    int rc = products_open(&p, run, err);
    if (rc == HZ_OK)
        rc = products_write(p, tree, err);
    products_free(p);
    return rc;
}

const struct source source_processes = { .name = "processes", .wanted = wanted, .take = take, .live = true };
