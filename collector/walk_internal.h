/* Shared by walk.c (what may be visited) and walk_stack.c (directories on the way), and by nobody else. */
#ifndef HZ_COLLECTOR_WALK_INTERNAL_H
#define HZ_COLLECTOR_WALK_INTERNAL_H

#include "base/buf.h"
#include "collector/listing.h"
#include "collector/walk.h"

struct frame { /* one directory on the way down */
    int fd;    /* O_PATH; -1 while too many others are open */
    struct statx stat;
    struct listing list;
    size_t next;                  /* entry to be visited next */
    const struct tree_node *node; /* NULL: nothing particular is asked for here or below */
    size_t raw_len, path_len;     /* of this directory's own names in the buffers */
    bool asked;                   /* all entries are asked for, not only node's children */
    bool lost;                    /* moved or replaced while we were below */
    bool overlong;                /* said already that entries have too long names */
};

struct walk {
    const struct walk_config *config;
    struct buf raw, path; /* of the entry being visited; raw is "" for the root */
    struct frame *frames;
    size_t depth, room;
    uint64_t exposed;
};

/* Puts a directory on the stack; fd and list become its own on success. */
int walk_push(struct walk *w, int *fd, struct listing *list, const struct frame *like, struct hz_error *err);
void walk_pop(struct walk *w);
void walk_unwind(struct walk *w); /* closes and frees everything */
/* Makes the top directory's descriptor usable again, or marks the frame as lost. Fails only for our own shortage. */
int walk_reach(struct walk *w, struct hz_error *err);

#endif
