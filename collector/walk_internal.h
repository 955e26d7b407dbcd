/* Shared by walk.c (what may be visited), walk_absent.c (what cannot be), walk_open.c (one entry) and walk_stack.c
 * (directories on the way), and by nobody else. */
#ifndef HZ_COLLECTOR_WALK_INTERNAL_H
#define HZ_COLLECTOR_WALK_INTERNAL_H

#include "base/buf.h"
#include "collector/listing.h"
#include "collector/pseudo.h"
#include "collector/walk.h"

#define WALK_PATH_LIMIT ((size_t)1 << 20) /* bytes of a path */

struct frame { /* one directory on the way down */
    int fd;    /* O_PATH; -1 while too many others are open */
    struct statx stat;
    const struct pseudo *pseudo; /* that it lies in */
    struct listing list;
    const struct tree_node *node; /* NULL: nothing particular is asked for here or below */
    size_t raw_len, path_len;     /* of this directory's own names in the buffers */
    bool asked;                   /* all entries are asked for, not only node's children */
    bool lost;                    /* it could not be reached again from below */
    struct walk_absence loss;     /* then of each of its entries that are left */
    bool overlong;                /* said already that entries have too long names */
};

struct visit { /* the entry at hand; its descriptor is item.fd */
    const struct listing_entry *entry;
    const struct tree_node *node;
    bool asked;
    struct walk_item item;
};

struct walk {
    const struct walk_config *config;
    struct watch *watch; /* of the thread at work */
    struct pseudo_cache pseudo;
    const struct tree_node *node; /* these two: of the entry being visited, for walk_give_up */
    bool asked, begun;
    struct buf raw, path; /* of the entry being visited; raw is "" for the root */
    struct sorter_store lists;
    struct frame *frames;
    size_t depth, room;
    uint64_t exposed;
    size_t left; /* entries that got rows since the collection is to stop */
};

/* One row. node: what was asked for by exactly this path, or NULL. */
int walk_emit(struct walk *w, struct walk_absence a, struct w_bytes origin, const struct tree_node *node,
              struct hz_error *err);
/* Rows for everything asked for strictly below a node that cannot be reached. */
int walk_emit_below(struct walk *w, struct walk_absence a, const struct tree_node *top, struct hz_error *err);
/* The entry itself, where it was asked for, and what was asked for below it. */
int walk_leave(struct walk *w, const struct visit *v, struct walk_absence a, struct hz_error *err);
extern const struct walk_absence walk_unanswered; /* a file system that does not answer */
/* Our own shortage ends the walk; anything else is said about the entry. err may be NULL. */
int walk_explain(const struct hz_error *why, struct walk_absence *a, struct hz_error *err);
/* As in base/io_open.h, watched. */
int walk_look(struct watch *watch, int directory, const char *name, int *fd, struct hz_error *err);
int walk_statx(struct watch *watch, int fd, bool known, struct statx *out, struct hz_error *err);
/* Raw path of the entry being visited. */
struct w_bytes walk_origin(const struct walk *w);
bool walk_other_mount(const struct statx *parent, const struct statx *st);
/* The kernel's own file system that it lies in, or NULL. */
const struct pseudo *walk_pseudo(struct walk *w, const struct visit *v);
/* Opened at once, where that alters nothing and it turns out to be what the listing said. */
bool walk_open_at_once(struct walk *w, const struct frame *parent, struct visit *v, const char *name);
/* Looked at first, then examined; *border when it is a mount point that is not to be crossed, and so was not asked. */
int walk_open_with_care(struct walk *w, const struct frame *parent, struct visit *v, const char *name, bool *border,
                        struct hz_error *why);
void walk_close(struct walk *w, struct walk_item *item);
/* Puts a directory on the stack; fd and list become its own on success. */
int walk_push(struct walk *w, int *fd, struct listing *list, const struct frame *like, struct hz_error *err);
void walk_pop(struct walk *w);
void walk_unwind(struct walk *w); /* closes and frees everything */
/* What a lost call was asked about stays as it is, for good, since it may still look at that. */
int walk_leave_names(struct walk *w, struct hz_error *err);
/* Makes the top directory's descriptor usable again, or marks the frame as lost. Fails only for our own shortage. The
 * entry's name may stand in raw already. */
int walk_reach(struct walk *w, struct hz_error *err);

#endif
