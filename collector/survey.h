/* What would be taken, in what order, how much: the walk without reading any content. */
#ifndef HZ_COLLECTOR_SURVEY_H
#define HZ_COLLECTOR_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/options.h"
#include "collector/tally.h"

struct survey_row { /* one thing asked for, in the order of the bundle */
    const char *source;
    char *path; /* raw, absolute; the bare name of a file that the tool produces; owned */
    bool made;
    uint64_t files, bytes, objects, absent;
};

/* What would make the collection partial, named one by one up to this many. */
#define SURVEY_PROBLEMS_MAX 1000

struct survey_problem {
    char *path; /* raw, owned */
    enum w_absent_status status;
    const char *reason;
};

struct survey {
    struct survey_row *rows; /* owned */
    size_t count, room;
    struct survey_problem problems[SURVEY_PROBLEMS_MAX];
    size_t problem_count;
    struct tally tally;
};

/* Enters a mount namespace as collect_run does. Only needs the paths of the options. */
int survey_run(const struct collect_options *options, struct survey **out, struct hz_error *err);
void survey_free(struct survey *s); /* NULL is legal */

#endif
