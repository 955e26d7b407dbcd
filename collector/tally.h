/* What became of things, for the summary and for the exit code. */
#ifndef HZ_COLLECTOR_TALLY_H
#define HZ_COLLECTOR_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/absence.h"
#include "collector/walk.h"

#define TALLY_FIRST 10 /* things that are told one by one */

struct tally_thing { /* owned */
    char *what;      /* raw: the host path; where there is none the source, or the path in the bundle */
    char *reason;    /* NULL: not known */
};

struct tally {
    uint64_t absent[ABSENCE_STATUSES];
    uint64_t file_status[W_LIMITED + 1];
    uint64_t exposed;       /* read or listed without O_NOATIME; harmless where every mount is noatime */
    uint64_t exposed_links; /* the same through links of procfs, which lead past our mounts */
    uint64_t started;       /* programs of the host */
    uint64_t unlocked;      /* databases whose copy can be torn */
    bool partial;
    struct tally_thing first[TALLY_FIRST];   /* of what was asked for and could not be taken */
    size_t failures;                         /* in all */
    struct tally_thing limited[TALLY_FIRST]; /* of the files of this status */
    char **mounts;                           /* paths of mount points not crossed; each owned, as is the array */
    size_t mount_count, mount_room, mount_bytes;
};

void tally_free(struct tally *t);
/* source: its name */
int tally_absence(struct tally *t, const char *source, const struct walk_absence *absence, struct hz_error *err);
/* A file that was taken. what: its host path, or where it has none its path in the bundle; reason: why it ends early,
 * NULL where that is not known. */
int tally_file(struct tally *t, enum w_file_status status, struct w_bytes what, const char *reason,
               struct hz_error *err);
uint64_t tally_absences(const struct tally *t);

#endif
