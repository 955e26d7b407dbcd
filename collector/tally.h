/* What became of things, for the summary and for the exit code. */
#ifndef HZ_COLLECTOR_TALLY_H
#define HZ_COLLECTOR_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/absence.h"
#include "collector/walk.h"

struct tally {
    uint64_t absent[ABSENCE_STATUSES];
    uint64_t file_status[W_LIMITED + 1];
    uint64_t exposed;  /* read or listed without O_NOATIME; harmless where every mount is noatime */
    uint64_t started;  /* programs of the host */
    uint64_t unlocked; /* databases whose copy can be torn */
    bool partial;
    char **mounts; /* paths of mount points not crossed; each owned, as is the array */
    size_t mount_count, mount_room, mount_bytes;
};

void tally_free(struct tally *t);
int tally_absence(struct tally *t, const struct walk_absence *absence, struct hz_error *err);
uint64_t tally_absences(const struct tally *t);

#endif
