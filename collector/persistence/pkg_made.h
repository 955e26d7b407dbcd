/* Configuration that a package did not bring but made when it was installed, and whose origin is recorded all the same:
 * by ucf(1), and the few files that Debian's base-files copies. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PKG_MADE_H
#define HZ_COLLECTOR_PERSISTENCE_PKG_MADE_H

#include "base/error.h"
#include "collector/persistence/pkg_owner.h"

/* Paths that must be asked about as well, for those that stand in the list. */
int pkg_made_ask(struct pers_paths *paths, struct hz_error *err);
/* Fills claims that have no owner yet. root: descriptor of "/". */
int pkg_made_tell(struct pkg_owners *o, struct hz_error *err);

#endif
