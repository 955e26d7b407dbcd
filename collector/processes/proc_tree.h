/* Who is whose child, as an order to print in: parents before their children, each process once. */
#ifndef HZ_COLLECTOR_PROC_TREE_H
#define HZ_COLLECTOR_PROC_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "collector/processes/proc_table.h"

#define PROC_TREE_DEEP 32 /* levels that are drawn; deeper ones stand at the last */

struct proc_branch {
    const struct proc *p;
    size_t no; /* in the table */
    unsigned depth;
    unsigned lines; /* bit i: another child of the same parent follows at level i + 1 */
    bool orphan;    /* its parent is not in the table */
};

/* *out: malloc'd, t->count of them. Loops, which a table that was not taken at one moment can have, are cut. */
int proc_tree_order(const struct proc_table *t, struct proc_branch **out, struct hz_error *err);

#endif
