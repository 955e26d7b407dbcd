/* Where a sorted run of files may be cut into parts that are walked one after the other.
 *
 * Each walk tells case twins apart among its own files only, and a twin's suffix moves its name behind others that
 * begin with it ("a" becomes "a=@...", which is behind "a+b"). So a cut is right only where no name before it, in the
 * same folder, is the beginning of one behind it, capitals aside. */
#ifndef HZ_COLLECTOR_RECENT_PART_H
#define HZ_COLLECTOR_RECENT_PART_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/recent_rows.h"

#define RECENT_PART_FILES 16384 /* a part ends at the next right place behind these */
#define RECENT_PART_MOST 65536  /* and holds no more than these */

struct recent_part {
    struct buf last; /* key of the file before */
    size_t bound;    /* length of the shortest beginning that some name behind it shares; SIZE_MAX: none */
};

void recent_part_init(struct recent_part *p);
void recent_part_free(struct recent_part *p);
/* key: of the next file, ascending (recent_rows_key). *apart: a part may end before it. */
int recent_part_next(struct recent_part *p, struct w_bytes key, bool *apart, struct hz_error *err);

#endif
