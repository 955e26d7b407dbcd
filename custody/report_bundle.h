/* What a bundle says of its own making, as hozen-verify lists it: there is one reader of bundles. */
#ifndef HZ_CUSTODY_REPORT_BUNDLE_H
#define HZ_CUSTODY_REPORT_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define REPORT_EXCEPTIONS 1000 /* kept; the rest is counted */

struct report_exception { /* something that is not in the bundle as it was asked for; texts are owned */
    struct buf name, source, status, reason;
    struct buf size, real_size, method; /* of a file; real_size: of one that is limited or shrunk, what was read */
};

struct report_bundle {
    struct buf record;                   /* meta/acquisition.json, canonical JSON; empty: the bundle does not tell it */
    struct report_exception *exceptions; /* owned */
    size_t count;
    uint64_t more;
    bool intact;
};

/* Runs hozen-verify on the bundle. */
int report_bundle_read(struct report_bundle *b, const char *path, struct hz_error *err);
void report_bundle_free(struct report_bundle *b); /* legal on a zeroed struct */

/* For report_bundle_read: the answer as it comes, in pieces of any size. HZ_E_FORMAT: a line that hozen-verify never
 * writes. */
struct report_bundle_reader {
    struct report_bundle *out;
    struct buf line;
};
int report_bundle_begin(struct report_bundle_reader *r, struct report_bundle *out, struct hz_error *err);
int report_bundle_take(struct report_bundle_reader *r, const void *bytes, size_t len, struct hz_error *err);
void report_bundle_end(struct report_bundle_reader *r);

/* Calls `each` for every text, number or truth value at a path ("tool.version") of the record: of an array for each
 * element. Objects inside arrays are not looked into. */
typedef void report_bundle_each(void *context, const char *value);
int report_bundle_find(const struct report_bundle *b, const char *path, report_bundle_each *each, void *context,
                       struct hz_error *err);
/* For every object of the array `key`: calls `each` with the texts at these paths inside it, NULL where there is none.
 */
#define REPORT_COLUMNS 6
typedef void report_bundle_row(void *context, const char *const values[REPORT_COLUMNS]);
int report_bundle_rows(const struct report_bundle *b, const char *key, const char *const paths[REPORT_COLUMNS],
                       report_bundle_row *each, void *context, struct hz_error *err);

#endif
