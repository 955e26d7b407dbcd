/* From slots into the bundle, in order, on the main thread: each item becomes a member, an object or an absent row. */
#ifndef HZ_COLLECTOR_TAKE_H
#define HZ_COLLECTOR_TAKE_H

#include "base/error.h"
#include "collector/run.h"
#include "collector/slot.h"
#include "collector/tree.h"
#include "collector/walk.h"

/* The items that were read and are not in the bundle yet. Their bytes are lent. */
int take_slot(struct run *run, struct slot *s, struct hz_error *err);
int take_absence(struct run *run, const struct walk_absence *absence, struct hz_error *err);
/* Rows for what the plan could not have: what a link that leads back to itself leads to, what a pattern asks for where
 * nothing could be looked for. top: a plan, NULL: none. */
int take_unplanned(struct run *run, const struct tree_node *top, struct hz_error *err);

#endif
