/* Files whose mapped path is too long for a member name: taken last, in the source "long", ordered by the digests of
 * their paths. The paths wait in a spool file, so that memory holds a few dozen bytes for each. */
#ifndef HZ_COLLECTOR_DEFERRED_H
#define HZ_COLLECTOR_DEFERRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/digest.h"

struct deferred_row {
    unsigned char digest[W_DIGEST_SIZE]; /* of the raw path */
    const char *source;                  /* where it would have stood; not owned */
    uint64_t offset;
    uint32_t len;
    bool named;
};

#define DEFERRED_MEMORY ((uint64_t)4 << 20) /* bytes of names, where there is no directory */

struct deferred {
    int directory; /* for the spool; not owned; -1: memory */
    int spool;
    uint64_t end;
    struct deferred_row *rows; /* owned */
    size_t count, room;
};

void deferred_init(struct deferred *d, int directory);
void deferred_free(struct deferred *d);
/* source must stay valid as long as d. HZ_E_LIMIT: there is no directory, and memory for it is full. */
int deferred_add(struct deferred *d, const char *source, const void *path, size_t len, bool named,
                 struct hz_error *err);
void deferred_sort(struct deferred *d); /* into the order of the bundle */
/* Raw path of a row, NUL-terminated, replaces what out held. */
int deferred_path(const struct deferred *d, size_t i, struct buf *out, struct hz_error *err);

#endif
