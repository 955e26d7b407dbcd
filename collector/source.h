/* Sources of evidence as rows of a table, in the order of volatility. */
#ifndef HZ_COLLECTOR_SOURCE_H
#define HZ_COLLECTOR_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "collector/options.h"
#include "collector/run.h"
#include "collector/tree.h"
#include "collector/walk.h"

struct source {
    const char *name; /* [a-z][a-z0-9-]{0,31} */
    bool live;        /* about the running host only: a mounted image (--root) has nothing of it */
    bool own_proc;    /* reads a procfs of its own where it may: what is mounted at /proc does not matter */
    /* Is it asked for at all? NULL: always. deferred: how many files the sources before have left for "long". */
    bool (*wanted)(const struct collect_options *options, size_t deferred);
    /* Puts what it will take into the tree; reads no file content. NULL: nothing that can be planned. */
    int (*plan)(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err);
    /* For a plan: appends the name of the i-th file that it makes beside its tree (or the command that prints it);
     * false: there is none. NULL: it makes no such files. */
    bool (*makes)(const struct collect_options *options, size_t i, struct buf *out);
    /* Why an entry below what is asked for is not taken, or NULL (walk_config.skip). content: false in a plan, which
     * reads none. NULL: everything is taken. */
    const char *(*skip)(const struct collect_options *options, const struct walk_item *item, bool content);
    /* Begins it beside the sources before it, for take to end: called where none of them is about what passes. NULL: it
     * does nothing ahead. */
    int (*begin)(struct run *run, struct hz_error *err);
    /* Takes it. On the main thread, with nothing on its way: the sequential functions of w_bundle_* may be used. Asks
     * stop_now before each thing. Fails only when the bundle cannot go on; everything else becomes a record. */
    int (*take)(struct run *run, const struct tree_node *tree, struct hz_error *err);
};

extern const struct source *const source_table[];
extern const size_t source_count;

struct source_skip { /* a source's skip, for a walk */
    const struct source *source;
    const struct collect_options *options;
    bool content;
};
/* For walk_config; context: a struct source_skip. */
const char *source_why_skip(void *context, const struct walk_item *item);

extern const struct source source_system, source_network, source_processes, source_memory, source_firewall,
    source_kernel, source_sessions, source_databases, source_journal, source_logs, source_recent, source_recent_files,
    source_persistence, source_accounts, source_packages, source_containers, source_files, source_long, source_closing;

/* take for sources that are a walk through their tree: whole files of the host, with what else lies there. May be
 * called several times in one take, for trees in the order of the bundle. */
int source_walk(struct run *run, const struct tree_node *tree, struct hz_error *err);

/* What source_recent began and nobody took. */
void source_recent_abandon(struct run *run);

#endif
