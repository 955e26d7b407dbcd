/* A source's plan, made where it cannot hang the run: looking for paths asks file systems that may never answer. */
#ifndef HZ_COLLECTOR_PLANNING_H
#define HZ_COLLECTOR_PLANNING_H

#include "base/error.h"
#include "collector/run.h"
#include "collector/source.h"

/* *tree: what the source would take, the caller's to free; empty where it has no plan. A plan that is not done within
 * the command timeout becomes an absent row and an empty tree; one that was cut short, a row. */
int planning_do(struct run *run, const struct source *source, struct tree_node **tree, struct hz_error *err);

#endif
