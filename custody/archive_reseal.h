/* A copy whose bytes are the recorded ones, and which nothing keeps any more from being changed. */
#ifndef HZ_CUSTODY_ARCHIVE_RESEAL_H
#define HZ_CUSTODY_ARCHIVE_RESEAL_H

#include <stdbool.h>

#include "base/error.h"
#include "custody/archive.h"
#include "custody/archive_held.h"

/* *lost: it is there, and not sealed as it was recorded. */
int archive_reseal_look(struct archive_target *t, const struct archive_copy *c, bool *lost, struct hz_error *err);
/* What is said of such a copy, translated. */
const char *archive_reseal_text(const struct archive_copy *c);
/* Reads it back, compares, and seals it where it lies. *done false: it is sealed, or its bytes are not the recorded
 * ones; what is there then was not touched. HZ_E_DENIED: it cannot be sealed here as it was. */
int archive_reseal(struct archive_target *t, const struct archive_copy *c, bool *done, struct hz_error *err);

#endif
