/* From the walk into the bundle: each thing visited becomes a member, an object or an absent row. */
#ifndef HZ_COLLECTOR_TAKE_H
#define HZ_COLLECTOR_TAKE_H

#include "base/error.h"
#include "collector/run.h"
#include "collector/walk.h"

/* The visitor that writes into run->bundle; valid as long as run. */
struct walk_visitor take_visitor(struct run *run);

/* One regular file under the given member path, or its absence. */
int take_file(struct run *run, const struct walk_item *item, const char *path, bool named, struct hz_error *err);
int take_absence(struct run *run, const struct walk_absence *absence, struct hz_error *err);

#endif
