#include "collector/source.h"

#include <stdlib.h>

#include "base/lang.h"
#include "collector/feed.h"
#include "collector/pipeline.h"

const struct source *const source_table[] = {
    &source_system,     &source_network,  &source_processes,   &source_memory,       &source_firewall,
    &source_kernel,     &source_sessions, &source_databases,   &source_journal,      &source_logs,
    &source_recent,     &source_accounts, &source_persistence, &source_recent_files, &source_packages,
    &source_containers, &source_files,    &source_long,        &source_closing
};
const size_t source_count = sizeof source_table / sizeof source_table[0];

const char *source_why_skip(void *context, const struct walk_item *item)
{
    const struct source_skip *s = context;
    return s->source->skip == NULL ? NULL : s->source->skip(s->options, item, s->content);
}

struct walking { /* a walk as a job of the pipeline */
    struct walk_config config;
    struct walk *walk; /* NULL before it begins */
    struct source_skip skip;
    struct collect_options options; /* for skip, which a thread may be in that was given up */
};

static int go(void *context, struct feed *feed, struct hz_error *err)
{
    struct walking *w = context;
    if (w->walk == NULL) {
        w->config.visitor = feed_visitor(feed);
        w->config.watch = feed->watch;
        w->config.silent = feed->devices;
        int rc = walk_new(&w->walk, &w->config, err);
        if (rc != HZ_OK)
            return rc;
    }
    return walk_go(w->walk, err);
}

static int give_up(void *context, struct feed *feed, struct hz_error *err)
{
    struct walking *w = context;
    return walk_give_up(w->walk, feed->watch, err);
}

int source_walk(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct walking *w = malloc(sizeof *w);
    if (w == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *w = (struct walking) { .config = { .root = run->root,
                                        .spool = run->deferred.directory,
                                        .tree = tree,
                                        .source = run->source,
                                        .cross_mounts = run->options->cross_mounts,
                                        .image = options_rooted(run->options),
                                        .rows_left = budget_rows_left(&run->budget),
                                        .open_files = true,
                                        .skip = source_why_skip,
                                        .skip_context = &w->skip },
                            .skip = { run->taking, &w->options, true },
                            .options = *run->options };
    const struct pipeline_job job = { w, go, give_up };
    int rc = pipeline_run(run, &job, err);
    if (w->walk != NULL)
        run->tally.exposed += walk_exposed(w->walk);
    walk_free(w->walk);
    if (!pipeline_lost_any(run->pipeline))
        free(w);
    return rc;
}
