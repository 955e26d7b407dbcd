/* How a row of the tables of places is written. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_PLACES_FORMS_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_PLACES_FORMS_H

#include "collector/persistence/pers_parse.h"

#define ROOT "root"

/* Ranks of folders with units: systemd.unit(5), the first one wins. */
#define UNITS(folder, number)                                                                                          \
    {                                                                                                                  \
        .path = (folder), .kind = "systemd", .parse = pers_unit_file, .scope = "system", .rank = (number),             \
        .follows = pers_unit_follows                                                                                   \
    }
#define USER_UNITS(folder, number)                                                                                     \
    {                                                                                                                  \
        .path = (folder), .kind = "systemd", .parse = pers_unit_file, .scope = "user", .rank = (number),               \
        .follows = pers_unit_follows                                                                                   \
    }
#define RUN(folder, what, moment)                                                                                      \
    {                                                                                                                  \
        .path = (folder), .kind = (what), .parse = pers_program_run, .when = (moment), .user = ROOT,                   \
        .flags = PERS_BARE                                                                                             \
    }
#define SOURCED(file, what, moment)                                                                                    \
    {                                                                                                                  \
        .path = (file), .kind = (what), .parse = pers_program_sourced, .when = (moment)                                \
    }
#define PARSED(file, what, function)                                                                                   \
    {                                                                                                                  \
        .path = (file), .kind = (what), .parse = (function)                                                            \
    }
#define TAKEN(file, what)                                                                                              \
    {                                                                                                                  \
        .path = (file), .kind = (what)                                                                                 \
    }
#define SEARCHED(file, what, function)                                                                                 \
    {                                                                                                                  \
        .path = (file), .kind = (what), .parse = (function), .flags = PERS_LISTED                                      \
    }
#define PRESENT(file, what)                                                                                            \
    {                                                                                                                  \
        .path = (file), .kind = (what), .parse = pers_program_present, .flags = PERS_LISTED | PERS_BARE                \
    }

#endif
