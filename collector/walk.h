/* The walk through a tree: directories in the order of the bundle, nothing followed, nothing left out in silence. It
 * decides what may be visited; a visitor does something with it. The C stack does not grow with depth, and at most
 * WALK_OPEN_MAX directories are open at a time. */
#ifndef HZ_COLLECTOR_WALK_H
#define HZ_COLLECTOR_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "collector/stop.h"
#include "collector/tree.h"
#include "formats/write/record.h"

#define WALK_OPEN_MAX 64

struct walk_item {
    struct w_bytes origin; /* raw absolute path */
    const char *path;      /* mapped, "data/<source>/..."; may be longer than W_NAME_PATH_MAX */
    size_t path_len;
    int fd; /* O_PATH descriptor of the thing */
    struct statx stat;
};

struct walk_absence {
    struct w_bytes origin; /* data NULL: a produced file */
    enum w_absent_status status;
    const char *reason;
    int sys_errno;
    bool failure;     /* makes the collection partial */
    bool mount_point; /* a mount point that was not crossed */
};

/* What they return other than HZ_OK ends the walk and is its result. */
struct walk_visitor {
    void *context;
    int (*file)(void *context, const struct walk_item *item, bool named, struct hz_error *err);
    int (*object)(void *context, const struct walk_item *item,
                  struct hz_error *err); /* directories too, before entries */
    int (*made)(void *context, const struct tree_made *made, struct hz_error *err);
    int (*absent)(void *context, const struct walk_absence *absence, struct hz_error *err);
    enum stop_reason (*stopped)(void *context); /* STOP_NONE until some time: then all that is left becomes absent */
};

struct walk_config {
    int root; /* descriptor of "/" */
    const struct tree_node *tree;
    const char *source;
    bool cross_mounts;
    /* NULL, or why an entry below something asked for is left out: its absence is `excluded` with this reason. A
     * directory that is left out is not entered. Not called for what was asked for by its own path. */
    const char *(*skip)(void *context, const struct walk_item *item);
    void *skip_context;
    struct walk_visitor visitor;
};

/* *exposed: directories that could not be listed without leaving an access time. */
int walk_run(const struct walk_config *config, uint64_t *exposed, struct hz_error *err);

#endif
