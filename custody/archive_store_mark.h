/* The mark of a target in a store: one of its versions (formats/spec/ledger.md section 12). */
#ifndef HZ_CUSTODY_ARCHIVE_STORE_MARK_H
#define HZ_CUSTODY_ARCHIVE_STORE_MARK_H

#include <stdbool.h>

#include "base/error.h"
#include "custody/archive.h"

/* Fills t->volume and t->mark, with the newest version that names the volume that stands in t->volume, whatever others
 * put over it; where that is empty or no version names it, with the newest that is a mark. HZ_E_NOTFOUND: there is
 * none; make: one is made then. HZ_E_FORMAT or HZ_E_LIMIT: what is there is none. t->store is open. */
int archive_store_mark(struct archive_target *t, bool make, struct hz_error *err);

#endif
