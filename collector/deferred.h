/* Files whose mapped path is too long for a member name: taken last, in the source "long", ordered by the digests of
 * their paths. The paths wait in a spool file and are sorted outside of memory, however many there are. */
#ifndef HZ_COLLECTOR_DEFERRED_H
#define HZ_COLLECTOR_DEFERRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/sorter.h"

struct deferred_row {
    char source[33]; /* where it would have stood */
    bool named;
};

#define DEFERRED_MEMORY ((uint64_t)4 << 20) /* bytes of names, where there is no directory */

struct deferred {  /* may not move */
    int directory; /* for the spool; not owned; -1: memory */
    int spool;
    uint64_t end;
    size_t count;
    struct sorter_store store;
    struct sorter order;
};

void deferred_init(struct deferred *d, int directory);
void deferred_free(struct deferred *d);
/* HZ_E_LIMIT: there is no room for it, in memory where there is no directory. */
int deferred_add(struct deferred *d, const char *source, const void *path, size_t len, bool named,
                 struct hz_error *err);
/* Nothing more comes. HZ_E_LIMIT: there was no room for the last of them. */
int deferred_end(struct deferred *d, struct hz_error *err);
/* The next in the order of the bundle; path: raw, NUL-terminated, replaces what it held. *more false: that was all. */
int deferred_next(struct deferred *d, struct deferred_row *out, struct buf *path, bool *more, struct hz_error *err);

#endif
