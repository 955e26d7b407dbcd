/* The file that tells a target from an empty folder: hozen-archive.json (formats/spec/ledger.md section 12). */
#ifndef HZ_CUSTODY_ARCHIVE_MARK_H
#define HZ_CUSTODY_ARCHIVE_MARK_H

#include <stdbool.h>

#include "base/error.h"
#include "custody/archive.h"

/* Of what a store holds, and what it is to hold. HZ_E_FORMAT: it is no mark. */
int archive_mark_parse(const struct buf *text, char volume[ARCHIVE_VOLUME], struct hz_error *err);
int archive_mark_build(struct buf *out, struct hz_error *err);

/* Reads the mark in the folder at `url`. HZ_E_NOTFOUND: there is none; make: one is made then. HZ_E_FORMAT: it is none.
 */
int archive_mark(const char *url, int folder, bool make, char volume[ARCHIVE_VOLUME], struct hz_error *err);
/* The mark of this volume in the folder at `url`, in the place of what has its name. */
int archive_mark_restore(const char *url, const char *volume, struct hz_error *err);

#endif
