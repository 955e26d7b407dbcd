/* Reading at a bounded rate, until somebody asks for an end (SIGINT, SIGTERM). */
#ifndef HZ_CUSTODY_ARCHIVE_PACE_H
#define HZ_CUSTODY_ARCHIVE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/archive.h"

struct archive_pace {
    uint64_t rate; /* bytes a second; 0: as fast as it goes */
    uint64_t done;
    int64_t began_ns;
    bool stopped;
};

/* From here on the two signals wait until they are asked for. */
void archive_pace_begin(struct archive_pace *p, uint64_t rate);
/* true from the first of the signals on. */
bool archive_pace_stopped(struct archive_pace *p);
/* As a sink: waits as long as the rate asks for; HZ_E_TIMEOUT when it is to end. */
int archive_pace_put(void *context, const void *bytes, size_t len, struct hz_error *err);

#endif
