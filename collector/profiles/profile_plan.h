/* What profiles look for, put into the plans of sources. */
#ifndef HZ_COLLECTOR_PROFILE_PLAN_H
#define HZ_COLLECTOR_PROFILE_PLAN_H

#include "base/error.h"
#include "collector/options.h"
#include "collector/tree.h"

/* What the patterns find; a path without a pattern is asked for in any case. root: as for plan_add. */
int profile_plan_files(struct tree_node *tree, int root, const struct collect_options *options, struct hz_error *err);
/* The same, regular files alone that begin as SQLite databases do. */
int profile_plan_databases(struct tree_node *tree, int root, const struct collect_options *options,
                           struct hz_error *err);
/* The profiles as they were written: profile-NAME.yaml. */
int profile_plan_texts(struct tree_node *tree, const struct collect_options *options, struct hz_error *err);

#endif
