/* Time stamps of checkpoints, in the log and beside checkpoints from outside (formats/spec/ledger.md section 7,
 * timestamp.md): what they say about the clocks of those who recorded. */
#ifndef HZ_CUSTODY_AUDIT_TIME_H
#define HZ_CUSTODY_AUDIT_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/read/timestamp.h"

#define AUDIT_STAMPS 1000 /* kept for the report; the rest is counted */

struct audit_stamp {
    uint64_t entry; /* that holds it; of one from outside: UINT64_MAX */
    char *file;     /* of one from outside; owned */
    uint64_t size;  /* of the checkpoint */
    struct r_timestamp token;
};

struct audit_time {
    struct r_timestamp_roots *roots; /* owned; NULL: none were given, and nothing is proven */
    struct audit_stamp *stamps;      /* owned */
    size_t count;
    uint64_t more;
    bool has_lower;        /* what stands from lower_entry on was recorded after `lower` */
    bool told, told_early; /* a finding says that this does not fit */
    struct stamp lower;
    uint64_t lower_entry;
    uint64_t covered; /* the first so many entries were compared with `upper`, at which they existed */
    struct stamp upper;
};

void audit_time_free(struct audit_time *t);

#endif
