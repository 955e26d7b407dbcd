/* Observations about what starts by itself (formats/spec/sources/persistence.md lists the codes). */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_OBSERVE_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_OBSERVE_H

#include "collector/persistence/pers_rows.h"
#include "collector/run.h"

#define PERS_OBSERVED_MAX 200U /* of each code; how many more there are is one more observation */

struct pers_counts { /* zeroed before the first */
    struct {
        const char *code;
        unsigned count;
    } list[16];
};

/* One, unless there were PERS_OBSERVED_MAX of its code. detail: NULL, or bytes of unknown origin. */
int pers_observe(struct run *run, struct pers_counts *counts, const char *code, struct span subject, struct span detail,
                 struct hz_error *err);
/* How many were left out. listing: the file where they are all. */
int pers_observe_rest(struct run *run, const struct pers_counts *counts, const char *listing, struct hz_error *err);

/* Those about rows; known: there is a package database. */
int pers_observe_rows(struct run *run, const struct pers_rows *rows, bool known, struct hz_error *err);

/* Not an observation: what could not be looked at is absent. where: of the row about those that are too many. */
int pers_observe_absences(struct run *run, const struct pers_absences *absences, const char *where,
                          struct hz_error *err);

#endif
