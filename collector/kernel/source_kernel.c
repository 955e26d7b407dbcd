/* kernel: modules, BPF programs, kernel log, settings, mounts (formats/spec/sources/kernel.md). */
#include "collector/kernel/kern_listings.h"
#include "collector/plan.h"
#include "collector/products.h"
#include "collector/source.h"

static const struct sheet_maker makers[] = {
    { "modules", "hozen-modules/1", "procfs", kern_modules_make },
    { "kmsg", "hozen-kmsg/1", "kmsg", kern_kmsg_make },
};
#define MAKERS (sizeof makers / sizeof makers[0])

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "kernel");
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct products *p = NULL;
    int rc = products_open(&p, run, err);
    if (rc == HZ_OK)
        rc = sheet_make(run, p, makers, MAKERS, err);
    if (rc == HZ_OK)
        rc = products_write(p, tree, err);
    products_free(p);
    return rc;
}

const struct source source_kernel = { .name = "kernel", .wanted = wanted, .take = take, .live = true };
