/* The graph in the making: nodes, each once, named by what they are. Failures stick in the JSON. */
#ifndef HZ_CUSTODY_UCO_GRAPH_H
#define HZ_CUSTODY_UCO_GRAPH_H

#include <stdbool.h>

#include "base/json_out.h"
#include "custody/report.h"

#define UCO_ID 46 /* "urn:uuid:" and 36 characters, with the NUL */
#define UCO_NODES 65536

struct uco {
    struct json_out j;
    const struct report *report;
    const char *item;
    char (*known)[UCO_ID]; /* owned; names of the nodes that are there, ascending */
    size_t count;
};

int uco_graph_begin(struct uco *g, const struct report *report, struct buf *out, struct hz_error *err);
int uco_graph_end(struct uco *g, struct hz_error *err);
void uco_graph_free(struct uco *g); /* legal on a zeroed struct */

/* The name of the node that is `kind` `key` in this ledger. */
void uco_id(struct uco *g, const char *kind, const char *key, char out[UCO_ID]);
/* Begins the node, with its type, unless it is there already: false. Members in ascending order, then json_object_end.
 */
bool uco_node(struct uco *g, const char *kind, const char *key, const char *type);

/* Members. Key or value NULL: nothing. */
void uco_ref(struct uco *g, const char *member, const char *kind, const char *key);
void uco_typed(struct uco *g, const char *member, const char *type, const char *value);
/* One reference as an element of an array that is open. */
void uco_element(struct uco *g, const char *kind, const char *key);
/* A node inside a node, in an array that is open: facets, digests, references. */
void uco_inner(struct uco *g, const char *kind, const char *key, const char *type);
/* uco-core:externalReference: the number or name that something has elsewhere. */
void uco_reference(struct uco *g, const char *key, const char *context, const char *identifier);

/* uco-core:description: "label: value" for each that has a value; label NULL: the value alone. */
struct uco_line {
    const char *label, *value;
};
void uco_lines(struct uco *g, const struct uco_line *lines, size_t count);
/* The same for members of a statement, by their keys; at most 16. */
void uco_told(struct uco *g, const struct r_statement *s, const char *const *keys, size_t count);

#endif
