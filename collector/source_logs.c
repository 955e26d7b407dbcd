/* logs: what lies below /var/log, text logs with their rotations and binary ones (formats/spec/sources.md). */
#include <string.h>

#include "base/lang.h"
#include "collector/log_age.h"
#include "collector/plan.h"
#include "collector/source.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return log_age_wanted(options, "logs");
}

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    return plan_add(tree, root, "/var/log", options->logs_named, err);
}

static bool is_journal(const struct walk_item *item)
{
    static const char path[] = "/var/log/journal";
    return S_ISDIR(item->stat.stx_mode) && item->origin.len == sizeof path - 1 &&
           memcmp(item->origin.data, path, sizeof path - 1) == 0;
}

static const char *skip(const struct collect_options *options, const struct walk_item *item, bool content)
{
    (void)content;
    if (is_journal(item))
        return N_("belongs to the source journal");
    if (S_ISREG(item->stat.stx_mode) && log_age_before(options, &item->stat.stx_mtime))
        return N_("last written before the time asked for");
    return NULL;
}

const struct source source_logs = { .name = "logs", .wanted = wanted, .plan = plan, .skip = skip, .take = source_walk };
