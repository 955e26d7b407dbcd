/* Which version of a file in a store is the recorded one, where others may have put more over it. */
#ifndef HZ_CUSTODY_ARCHIVE_VERSION_H
#define HZ_CUSTODY_ARCHIVE_VERSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/archive.h"

/* The newest version of a file of a store, of at most so many bytes, that has this digest. HZ_E_NOTFOUND: none has. */
int archive_version_of(struct archive_target *t, const char *path, const char *sha256, uint64_t most,
                       char version[ARCHIVE_VERSION], struct hz_error *err);
/* *over: what the store gives to whoever names no version is another one, or nothing: a deletion marker is there. */
int archive_version_over(struct archive_target *t, const char *path, const char *version, bool *over,
                         struct hz_error *err);

#endif
