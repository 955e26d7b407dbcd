/* Which rows are of a package, and which are not what it delivered. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_OWNED_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_OWNED_H

#include "collector/persistence/pers_rows.h"
#include "collector/persistence/pkg_owner.h"

/* What must be asked about for these rows. */
int pers_owned_ask(const struct pers_rows *rows, struct pkg_owners *owners, struct hz_error *err);
/* What was found, into the rows; nothing where this host has no package database. */
int pers_owned_tell(struct pers_rows *rows, const struct pkg_owners *owners, struct hz_error *err);
/* Programs and modules of no package: their bytes are worth having. */
int pers_owned_take(const struct pers_rows *rows, struct pers_paths *found, struct hz_error *err);

#endif
