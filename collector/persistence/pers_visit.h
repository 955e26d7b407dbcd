/* A thing at a place of a hunt: its files are noted as to be taken and have their rows made, its folders are gone
 * through. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_VISIT_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_VISIT_H

#include "collector/persistence/pers_hunt.h"

/* path: absolute, without patterns. What was gone through for the same kind of rows is passed over. */
int pers_visit(struct pers_hunt *h, const struct pers_place *place, const char *path, struct hz_error *err);

#endif
