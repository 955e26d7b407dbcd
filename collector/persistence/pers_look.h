/* A thing of the host, looked at, read and listed without a trace. May wait for its file system for ever: on a
 * servant's thread. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_LOOK_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_LOOK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"

struct pers_thing {
    struct buf path; /* absolute, without links; NUL-terminated */
    int fd;          /* O_PATH */
    struct statx stat;
    bool exposed; /* was read or listed in a way that may move its access time */
    bool more;    /* pers_look_list gave not all entries ... */
    int unread;   /* ... or failed, with this errno, before the last one */
};
#define PERS_PATH_MAX ((size_t)1 << 20)
#define PERS_THING_INIT                                                                                                \
    {                                                                                                                  \
        .path = BUF_INIT(PERS_PATH_MAX), .fd = -1                                                                      \
    }

void pers_thing_free(struct pers_thing *t); /* ready for the next use */
/* path: absolute, links resolved to their end inside root. err->sys_errno says why not; t->path then holds as much as
 * could be told of where it leads. */
int pers_look(int root, const char *path, struct pers_thing *t, struct hz_error *err);
/* Appends the first bytes of a regular file, at most max. HZ_E_UNSUPPORTED: it is none. */
int pers_look_read(struct pers_thing *t, size_t max, struct buf *out, struct hz_error *err);
/* Opens it for reading; the descriptor is the caller's. HZ_E_UNSUPPORTED also: reading it would take its bytes away
 * from the host (pseudo_refuses). */
int pers_look_open(struct pers_thing *t, int *fd, struct hz_error *err);
/* Every entry of a folder but "." and "..", at most PERS_ENTRIES_MAX: t->more says that there are others. What each
 * returns other than HZ_OK ends it. HZ_OK also where it cannot be read to its end: t->unread says that. */
#define PERS_ENTRIES_MAX 100000U
typedef int pers_look_each(void *context, const char *name, struct hz_error *err);
int pers_look_list(struct pers_thing *t, pers_look_each *each, void *context, struct hz_error *err);

#endif
