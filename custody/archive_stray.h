/* What lies in a copy and is neither a file nor the folder of its export: links, pipes, sockets, devices, other
 * folders. Nothing of it is opened or followed. */
#ifndef HZ_CUSTODY_ARCHIVE_STRAY_H
#define HZ_CUSTODY_ARCHIVE_STRAY_H

#include "base/error.h"
#include "custody/archive.h"
#include "custody/archive_held.h"

/* Tells each, by its path in the copy (any bytes), but what has the name of something that is recorded, which is told
 * as that. A store has none. What cannot be listed has none. */
int archive_stray(const struct archive_target *t, const struct archive_copy *c,
                  int (*each)(void *context, const char *path, struct hz_error *err), void *context,
                  struct hz_error *err);

#endif
