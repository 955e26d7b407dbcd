/* Archives of other collectors (tar, zip, 7z): what they hold, member by member, as a listing file
 * (formats/spec/ledger.md, section 10). They are read by libarchive, in a child in a jail; what comes out of it is
 * believed to be no more than text and numbers. */
#ifndef HZ_CUSTODY_FOREIGN_H
#define HZ_CUSTODY_FOREIGN_H

#include <stdint.h>

#include "base/error.h"
#include "base/io_commit.h"
#include "custody/intake_file.h"
#include "formats/write/digest.h"

#define FOREIGN_FORMAT_MAX 64
#define FOREIGN_TROUBLE_MAX 256

struct foreign_job {
    int fd; /* the archive; read from its start */
    uint64_t size;
    const char *item, *file_sha256; /* of the archive, for the first line */
    const char *path;               /* of the listing, which must not exist */
    const struct intake_progress *progress;
};

struct foreign {
    char format[FOREIGN_FORMAT_MAX]; /* "tar+gzip" */
    uint64_t members;
    char sha256[W_DIGEST_HEX];         /* of the listing */
    char trouble[FOREIGN_TROUBLE_MAX]; /* why it is not all that there is; any bytes. Empty: it is */
    struct io_partial file;            /* owned; the listing, on disk, which waits for its name (io_partial_commit) */
};
#define FOREIGN_INIT                                                                                                   \
    {                                                                                                                  \
        .file = {.directory = -1, .fd = -1 }                                                                           \
    }

/* Writes the listing under its partial name. HZ_OK also where not all could be listed. HZ_E_UNSUPPORTED: no archive of
 * a kind that is known, HZ_E_EXISTS: the listing is there already. */
int foreign_list(const struct foreign_job *job, struct foreign *out, struct hz_error *err);
void foreign_free(struct foreign *f); /* removes a listing that got no name; legal on FOREIGN_INIT */

#endif
