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

struct survey {
    struct survey_row *rows; /* owned */
    size_t count, room;
    struct tally tally;
};

/* Enters a mount namespace as collect_run does. Only needs the paths of the options. */
int survey_run(const struct collect_options *options, struct survey *out, struct hz_error *err);
void survey_free(struct survey *s);

#endif
