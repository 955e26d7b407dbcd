/* Files that are put into a bundle on the spot: hozen-collect, run beside ourselves with a one-time key. */
#ifndef HZ_CUSTODY_WRAPPING_H
#define HZ_CUSTODY_WRAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define WRAPPING_PATHS 256

/* The words of its record. NULL: not said. */
struct wrapping_job {
    const char *folder; /* for the bundle */
    const char *case_id, *item, *operator_name, *organisation, *exhibit, *authority, *reason, *location;
    const char *const *paths, *const *witnesses; /* files and trees; at most WRAPPING_PATHS of each */
    size_t path_count, witness_count;
};

struct wrapping {
    char *bundle, *fingerprint; /* owned */
    bool partial;               /* sealed, but something could not be taken */
};

/* HZ_OK: the bundle is there. HZ_E_NOTFOUND, HZ_E_DENIED...: one of the paths is not, and nothing was made. HZ_E_IO:
 * hozen-collect is not there or made none; it has said why on stderr. Signals between interrupt_begin and interrupt_end
 * reach it: after one it seals what it has. */
int wrapping_make(const struct wrapping_job *job, struct wrapping *out, struct hz_error *err);
void wrapping_free(struct wrapping *w); /* legal on a zeroed struct */

#endif
