/* What journalctl of this host says of the units asked for with --unit. */
#ifndef HZ_COLLECTOR_JOURNAL_UNITS_H
#define HZ_COLLECTOR_JOURNAL_UNITS_H

#include "base/error.h"
#include "collector/run.h"
#include "collector/tree.h"

/* For each unit, in the order of the bundle, its entries in the export format and as text: they come before the files
 * of the host. tree: what the source will walk. Fails only when the bundle cannot go on. */
int journal_units_take(struct run *run, const struct tree_node *tree, struct hz_error *err);

#endif
