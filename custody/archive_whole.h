/* Is a copy in a folder complete? */
#ifndef HZ_CUSTODY_ARCHIVE_WHOLE_H
#define HZ_CUSTODY_ARCHIVE_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "custody/archive.h"
#include "formats/write/statement.h"

struct archive_whole {
    const char *name, *file;       /* of the copy, and of the bundle in it */
    const struct w_beside *beside; /* what lies beside the bundle */
    size_t beside_count;
    bool bundle, parity; /* it is one, with its texts; recovery data is asked for */
};

/* true when custody/ is there, the texts of a bundle, everything beside it with its digest, and the recovery data as
 * files. The bundle itself is not looked at. t: a folder. */
bool archive_whole(struct archive_target *t, const struct archive_whole *what);

#endif
