/* Which statements stood in a log already: a set of the first 8 bytes of their digests. */
#ifndef HZ_VERIFY_EXPORT_SEEN_H
#define HZ_VERIFY_EXPORT_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct export_seen {
    uint64_t *slots;    /* owned; 0: free */
    size_t count, size; /* size: 0 or a power of two */
};

void export_seen_free(struct export_seen *s); /* legal on a zeroed struct */
/* digest: in hex. *again: it was there. HZ_E_NOMEM. */
int export_seen_add(struct export_seen *s, const char *digest, bool *again, struct hz_error *err);

#endif
