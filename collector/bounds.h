/* What existed before the collection and could not be foretold, for the record (formats/spec/timestamp.md section 4).
 */
#ifndef HZ_COLLECTOR_BOUNDS_H
#define HZ_COLLECTOR_BOUNDS_H

#include <stddef.h>

#include "base/error.h"

#define BOUNDS_MAX 16
#define BOUNDS_FILE_MAX ((size_t)64 << 10)
#define BOUNDS_SUM_MAX ((size_t)128 << 10) /* they go into a record of at most 1 MiB */

struct bounds {
    char *texts[BOUNDS_MAX]; /* owned: "timestamp:" or "checkpoint:" and base64 */
    size_t count;
};

/* Reads the files that --not-before names. What they say is not judged here: that is for those who verify. HZ_E_USAGE:
 * too many, or together too large; HZ_E_FORMAT: neither a time stamp nor a checkpoint by its first bytes and length. */
int bounds_load(struct bounds *out, const char *const *paths, size_t count, struct hz_error *err);
void bounds_free(struct bounds *b);

#endif
