/* File systems of this host that lie on its own disks or in its memory, from mountinfo: proc(5). */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_MOUNTS_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_MOUNTS_H

#include "base/error.h"
#include "collector/persistence/pers_text.h"

#define PERS_MOUNTS_MAX ((size_t)1024)

struct pers_mount {
    char *path, *type;     /* owned; where it is mounted, without the escapes of mountinfo; "ext4" */
    char *root;            /* owned; the part of the file system that is mounted there */
    unsigned major, minor; /* of the device */
    bool nosuid;           /* nothing on it runs with more rights */
    bool served;           /* another host or program answers for it, or does not */
    bool searched;         /* false: another host or program serves it, or it shows what another one holds */
};

struct pers_mounts {
    struct pers_mount *list; /* owned */
    size_t count, room;
    bool more; /* there are more than PERS_MOUNTS_MAX */
};

void pers_mounts_free(struct pers_mounts *m);
/* From the text of /proc/PID/mountinfo; lines of another form are passed over. A file system that is mounted in several
 * places, wholly or in part, is searched once. What lies below one that is not searched is not searched either. */
int pers_mounts_parse(struct pers_mounts *m, struct span text, struct hz_error *err);

#endif
