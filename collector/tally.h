/* What became of things, for the summary and for the exit code. */
#ifndef HZ_COLLECTOR_TALLY_H
#define HZ_COLLECTOR_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/absence.h"
#include "collector/walk.h"

#define TALLY_FIRST 10 /* failures that are told one by one */

struct tally_failure { /* owned */
    char *what;        /* raw: the host path, or the source where there is none */
    char *reason;
};

struct tally {
    uint64_t absent[ABSENCE_STATUSES];
    uint64_t file_status[W_LIMITED + 1];
    uint64_t exposed;       /* read or listed without O_NOATIME; harmless where every mount is noatime */
    uint64_t exposed_links; /* the same through links of procfs, which lead past our mounts */
    uint64_t started;       /* programs of the host */
    uint64_t unlocked;      /* databases whose copy can be torn */
    bool partial;
    struct tally_failure first[TALLY_FIRST]; /* of what was asked for and could not be taken */
    size_t failures;                         /* in all */
    char **mounts;                           /* paths of mount points not crossed; each owned, as is the array */
    size_t mount_count, mount_room, mount_bytes;
};

void tally_free(struct tally *t);
/* source: its name */
int tally_absence(struct tally *t, const char *source, const struct walk_absence *absence, struct hz_error *err);
uint64_t tally_absences(const struct tally *t);

#endif
