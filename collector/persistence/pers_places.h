/* Where Linux systems look for what is to start by itself, as tables (formats/spec/sources/persistence.md lists them).
 */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_PLACES_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_PLACES_H

#include "collector/persistence/pers_hunt.h"

extern const struct pers_place pers_places_system[]; /* absolute; a path of NULL ends them */
extern const struct pers_place pers_places_home[];   /* below every home folder */
extern const struct pers_place pers_places_keys;     /* for each place that sshd_config(5) names */

#endif
