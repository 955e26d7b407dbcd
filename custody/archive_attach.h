/* The evidence record beside a copy of the archive (formats/spec/evidence.md): read, and put in the place of the one
 * that is there. */
#ifndef HZ_CUSTODY_ARCHIVE_ATTACH_H
#define HZ_CUSTODY_ARCHIVE_ATTACH_H

#include "base/buf.h"
#include "base/error.h"
#include "custody/archive.h"
#include "custody/archive_held.h"

/* Appends what lies there as a record, at most out->limit bytes: in a store the version that the ledger names, whatever
 * lies over it, or where that is gone the newest. HZ_E_NOTFOUND: nothing does. */
int archive_attach_read(struct archive_target *t, const struct archive_copy *c, struct buf *out, struct hz_error *err);
/* Writes it beside the bundle and reads it back. A folder is sealed again as the ledger says that it was; in a store it
 * is a further version, kept as the bundle is; version: empty, of a folder. *kept false: the store does not keep that
 * any more, and not this. */
int archive_attach_write(struct archive_target *t, const struct archive_copy *c, const struct buf *record,
                         char version[ARCHIVE_VERSION], bool *kept, struct hz_error *err);

#endif
