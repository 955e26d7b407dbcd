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
#include "collector/pseudo.h"
#include "collector/stop.h"
#include "collector/tree.h"
#include "collector/watch.h"
#include "formats/write/record.h"

#define WALK_OPEN_MAX 48

struct walk_item {
    struct w_bytes origin; /* raw absolute path */
    const char *path;      /* mapped, "data/<source>/..."; may be longer than W_NAME_PATH_MAX */
    size_t path_len;
    int fd;      /* of the thing; a visitor may keep it and put -1 here, but not that of a directory */
    bool opened; /* fd is open for reading; else O_PATH */
    struct statx stat;
    const struct pseudo *pseudo; /* of the directory that it is in */
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
    int (*file)(void *context, struct walk_item *item, bool named, struct hz_error *err);
    int (*object)(void *context, struct walk_item *item, struct hz_error *err); /* directories too, before entries */
    int (*made)(void *context, const struct tree_made *made, struct hz_error *err);
    int (*absent)(void *context, const struct walk_absence *absence, struct hz_error *err);
    enum stop_reason (*stopped)(void *context); /* STOP_NONE until some time: then all that is left becomes absent */
};

/* NULL, or why an entry below something asked for is left out: its absence is `excluded` with this reason. A directory
 * that is left out is not entered. Not called for what was asked for by its own path. */
typedef const char *walk_skip(void *context, const struct walk_item *item);

struct walk_config {
    int root;      /* descriptor of "/" */
    int spool;     /* of a directory for an unlinked file, where a list of names is long; -1: nothing is written */
    size_t memory; /* for lists of names (sorter.h); 0: as much as they may take */
    const struct tree_node *tree;
    const char *source;
    bool cross_mounts;
    bool image; /* root is that of an image: what the running kernel makes is left out */
    /* Once the collection is to stop: how many entries get rows of their own, long names counting more; from then on a
     * directory gets one for the rest, and after as many of these the topmost that was asked for. */
    size_t rows_left;
    bool open_files;              /* open what a listing calls a regular file at once (io_evidence_open) */
    struct watch *watch;          /* of the thread that walks; NULL: nobody watches */
    struct watch_devices *silent; /* NULL, or those not to be asked */
    walk_skip *skip;              /* NULL: nothing is left out */
    void *skip_context;           /* outlives a thread that was given up */
    struct walk_visitor visitor;
};

size_t walk_row_weight(size_t origin_len); /* of one row, against rows_left */

/* In one go. *exposed: directories that could not be listed without leaving an access time. */
int walk_run(const struct walk_config *config, uint64_t *exposed, struct hz_error *err);

/* The same on a thread that may be given up (watch.h). config stays the caller's, as long as w. */
struct walk;
int walk_new(struct walk **out, const struct walk_config *config, struct hz_error *err);
int walk_go(struct walk *w, struct hz_error *err);
/* A thread in walk_go was given up: on another, with its watch, before walk_go is called again. What the lost call was
 * about becomes absent. */
int walk_give_up(struct walk *w, struct watch *watch, struct hz_error *err);
uint64_t walk_exposed(const struct walk *w);
void walk_free(struct walk *w); /* closes what it holds; NULL is legal */

#endif
