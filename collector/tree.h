/* What is asked for, as a tree of raw path components: so that overlapping paths merge into one walk. */
#ifndef HZ_COLLECTOR_TREE_H
#define HZ_COLLECTOR_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* A file that the tool produces, standing in the tree at its place in the source's order. */
struct tree_made {
    const char *name;   /* "clock.json"; also its name below the source's folder */
    const char *method; /* how it came about: "generated" */
    /* Appends the file's bytes. context: the one below, or, where that is NULL, the facts of the run. */
    int (*make)(const void *context, struct buf *out, struct hz_error *err);
    const void *context;
};

struct tree_node {
    char *name; /* raw, NUL-terminated; "" for the root */
    size_t len;
    struct tree_node *parent;    /* NULL for the root */
    struct tree_node **children; /* ascending by raw bytes */
    size_t count, room;
    bool asked;                   /* take this and all below it; otherwise it only leads to something asked for */
    bool named;                   /* a person named it: if it cannot be taken, the collection is partial */
    bool missing;                 /* it was not there when the plan was made */
    int astray;                   /* errno: a link that leads to no end (ELOOP), or to one that no record can name */
    int refused;                  /* errno: what patterns ask for below it could not be looked for; 0: it could */
    int unresolved;               /* errno: where it leads could not be told when the plan was made; 0: it could */
    bool cut;                     /* of the root: more was found than could be planned */
    const struct tree_made *made; /* NULL: a thing of the host */
};

/* The root ("/"), not asked for yet. */
int tree_new(struct tree_node **out, struct hz_error *err);
void tree_free(struct tree_node *root); /* NULL is legal */

/* The node of a path, made where it is not there yet. path: absolute, no empty, "." or ".." components; "/" is the
 * root. HZ_E_FORMAT for other paths. *node belongs to the tree. */
int tree_add(struct tree_node *root, const char *path, size_t len, struct tree_node **node, struct hz_error *err);
/* Puts a produced file below the root. */
int tree_make(struct tree_node *root, const struct tree_made *made, struct hz_error *err);
/* Index of the child with this name; TREE_NONE when there is none. parent may be NULL. */
#define TREE_NONE ((size_t)-1)
size_t tree_find(const struct tree_node *parent, const char *name, size_t len);
/* The node behind this one among top and all below it, parents first; NULL after the last one. */
const struct tree_node *tree_next(const struct tree_node *node, const struct tree_node *top);
/* Appends the path of a node; nothing for the root. */
int tree_path(const struct tree_node *node, struct buf *out, struct hz_error *err);

#endif
