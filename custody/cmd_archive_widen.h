/* The SHA-512 of what an evidence record is about: read from copies, whose SHA-256 is the recorded one. */
#ifndef HZ_CUSTODY_CMD_ARCHIVE_WIDEN_H
#define HZ_CUSTODY_CMD_ARCHIVE_WIDEN_H

#include "custody/archive_record.h"
#include "custody/cmd_archive.h"

/* Fills r->wides, once; what no copy that is there has as it was recorded stays unknown. HZ_E_NOTFOUND: the bundle
 * itself. */
int cmd_archive_widen(struct archive_record *r, struct cmd_archive_targets *targets, const struct cli_args *args,
                      struct hz_error *err);
/* How many of the files beside it stayed unknown. */
size_t cmd_archive_widen_unknown(const struct archive_record *r);

#endif
