/* Where Linux systems look for what is to start by itself, as tables (formats/spec/sources/persistence.md lists them).
 */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_PLACES_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_PLACES_H

#include "collector/persistence/pers_hunt.h"

extern const struct pers_place pers_places_system[]; /* absolute; a path of NULL ends them */
extern const struct pers_place pers_places_home[];   /* below every home folder */
/* For what files of these places name. Of keys: whose they are says the name of the file or of its folder. */
extern const struct pers_place pers_places_keys, pers_places_keys_of_name, pers_places_keys_of_folder;
extern const struct pers_place pers_places_authority, pers_places_principals, pers_places_sshd, pers_places_pam,
    pers_places_library_path, pers_places_interfaces, pers_places_logrotate, pers_places_settings;

#endif
