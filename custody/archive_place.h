/* What the ledger and its policy know of a target: under which path, and which medium was there. */
#ifndef HZ_CUSTODY_ARCHIVE_PLACE_H
#define HZ_CUSTODY_ARCHIVE_PLACE_H

#include <stdbool.h>

#include "base/error.h"
#include "custody/archive.h"
#include "custody/archive_held.h"

/* One folder under two paths: through a link, another spelling, a bind mount. false too where one is not there. */
bool archive_place_same(const char *one, const char *other);
/* HZ_E_DENIED: a rule of the policy is about the volume of the target, under another path. all: the copies of the
 * whole ledger. */
int archive_place_ruled(const struct archive_target *t, const struct archive_held *all, const struct r_policy *policy,
                        struct hz_error *err);
/* HZ_E_NOTFOUND: copies of the ledger were put there, and none of its copies on the medium that is there now. */
int archive_place_known(const struct archive_target *t, const struct archive_held *all, struct hz_error *err);

/* A folder whose mark is missing, altered, or names a volume that the ledger does not know, gets the mark of `volume`
 * anew where one of that volume's copies is there, byte for byte. *done: it was. HZ_E_IO and the like: it cannot be
 * written. */
int archive_place_mark(const char *where, const char *volume, const struct archive_held *all, bool *done,
                       struct hz_error *err);

#endif
