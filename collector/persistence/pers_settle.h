/* What only all rows together tell about units of systemd: which are enabled, by which links, and which stand before
 * others of the same name. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_SETTLE_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_SETTLE_H

#include "collector/persistence/pers_rows.h"

/* Sets PERS_ENABLED, PERS_ENABLED_BY and PERS_OVERRIDES of rows of the kind "systemd"; rows that are links stay as they
 * are. */
int pers_settle_units(struct pers_rows *rows, struct hz_error *err);

#endif
