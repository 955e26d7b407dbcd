/* What has a copy's name in a target already, and is no copy that the ledger knows. */
#ifndef HZ_CUSTODY_ARCHIVE_OURS_H
#define HZ_CUSTODY_ARCHIVE_OURS_H

#include <stdbool.h>

#include "custody/archive.h"
#include "custody/archive_held.h"

struct archive_ours {
    const char *name, *file, *sha256; /* of the copy; of the bundle in it */
    const char *ledger, *item;
};

/* true: a put of this ledger made it, which ended before it was recorded. Its export is of this ledger and item, the
 * bundle has the digest, and no evidence record lies beside it that could be lost. t: a folder. */
bool archive_ours(struct archive_target *t, const struct archive_ours *what);

/* HZ_E_EXISTS: a copy of the ledger lies in this target where the copy called NAME would lie, or be prepared. */
int archive_ours_free(const struct archive_target *t, const struct archive_held *all, const char *name,
                      struct hz_error *err);

#endif
