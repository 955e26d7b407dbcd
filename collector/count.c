#include "collector/count.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/io_open.h"
#include "collector/detached.h"
#include "collector/source.h"
#include "collector/walk.h"
#include "formats/write/name.h"

/* Beside all that a collection itself takes and has open. */
#define LISTS_MEMORY ((size_t)2 << 20)
#define DESCRIPTORS_MIN 512

struct part {
    struct tree_node *tree; /* owned */
    struct source_skip skip;
};

struct count {
    atomic_uint holders; /* the thread and whoever began */
    atomic_bool ended, complete;
    _Atomic uint64_t files, bytes;
    bool cut; /* the thread's: not everything was seen */
    int root; /* owned */
    struct collect_options options;
    struct part parts[W_NAME_SOURCES_MAX];
    size_t part_count;
};

static void release(struct count *c)
{
    if (atomic_fetch_sub(&c->holders, 1) > 1)
        return;
    for (size_t i = 0; i < c->part_count; i++)
        tree_free(c->parts[i].tree);
    io_close(&c->root);
    free(c);
}

/* Any failure ends the walk at once. */
static int go_on(const struct count *c)
{
    return atomic_load(&c->ended) ? HZ_E_TIMEOUT : HZ_OK;
}

static int on_file(void *context, struct walk_item *item, bool named, struct hz_error *err)
{
    struct count *c = context;
    (void)named;
    (void)err;
    atomic_fetch_add(&c->files, 1);
    atomic_fetch_add(&c->bytes, item->stat.stx_size);
    return go_on(c);
}

static int on_object(void *context, struct walk_item *item, struct hz_error *err)
{
    (void)item;
    (void)err;
    return go_on(context);
}

static int on_made(void *context, const struct tree_made *made, struct hz_error *err)
{
    (void)made;
    (void)err;
    return go_on(context);
}

static int on_absent(void *context, const struct walk_absence *absence, struct hz_error *err)
{
    struct count *c = context;
    (void)err;
    c->cut |= absence->status == W_OVER_BUDGET;
    return go_on(c);
}

static enum stop_reason never_stopped(void *context)
{
    (void)context;
    return STOP_NONE;
}

static int walk_part(struct count *c, struct part *part)
{
    uint64_t exposed;
    struct hz_error ignored;
    const struct walk_config config = {
        .root = c->root,
        .spool = -1,
        .memory = LISTS_MEMORY,
        .tree = part->tree,
        .source = part->skip.source->name,
        .cross_mounts = c->options.cross_mounts,
        .image = options_rooted(&c->options),
        .skip = source_why_skip,
        .skip_context = &part->skip,
        .visitor = { c, on_file, on_object, on_made, on_absent, never_stopped },
    };
    return walk_run(&config, &exposed, &ignored);
}

static bool plan(struct count *c)
{
    const struct collect_options *options = &c->options;
    for (size_t i = 0; i < source_count && c->part_count < W_NAME_SOURCES_MAX; i++) {
        const struct source *source = source_table[i];
        struct part *part = &c->parts[c->part_count];
        struct hz_error ignored;
        if (source->plan == NULL || (source->wanted != NULL && !source->wanted(options, 0)))
            continue;
        if (tree_new(&part->tree, &ignored) != HZ_OK)
            return false;
        part->skip = (struct source_skip) { source, options, false };
        c->part_count++;
        if (source->plan(options, c->root, part->tree, &ignored) != HZ_OK)
            return false;
    }
    return true;
}

static void run(void *argument)
{
    struct count *c = argument;
    bool complete = plan(c);
    for (size_t i = 0; complete && i < c->part_count; i++)
        complete = walk_part(c, &c->parts[i]) == HZ_OK;
    atomic_store(&c->complete, complete && !c->cut);
    release(c);
}

/* Folders on its way are open beside those of the collection. */
static bool may_open_more(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max >= DESCRIPTORS_MIN;
}

struct count *count_begin(const struct collect_options *options, int root)
{
    struct count *c = may_open_more() ? calloc(1, sizeof *c) : NULL;
    if (c == NULL)
        return NULL;
    c->root = fcntl(root, F_DUPFD_CLOEXEC, 3);
    c->options = *options;
    atomic_init(&c->holders, 2);
    if (c->root < 0 || detached_start(NULL, run, c, false) != 0) {
        atomic_store(&c->holders, 1);
        release(c);
        return NULL;
    }
    return c;
}

struct count_numbers count_now(const struct count *c)
{
    return (struct count_numbers) { atomic_load(&c->files), atomic_load(&c->bytes), atomic_load(&c->complete) };
}

void count_end(struct count *c)
{
    if (c == NULL)
        return;
    atomic_store(&c->ended, true);
    release(c);
}
