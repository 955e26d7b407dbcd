/* When the evidence record beside a copy of the archive is to be renewed (formats/spec/ledger.md section 12). */
#ifndef HZ_CUSTODY_ARCHIVE_AGING_H
#define HZ_CUSTODY_ARCHIVE_AGING_H

#include "custody/archive_held.h"

struct archive_aging {
    struct stamp ends; /* the first that a certificate ends; 0: none is known */
    size_t due;        /* so many copies */
};

/* Is it to be renewed, at this time? policy: what is asked for its case; NULL: nothing. */
bool archive_aging_due(const struct archive_copy *c, const struct r_policy_archive *policy, struct stamp now);
/* Of all copies. */
struct archive_aging archive_aging(const struct archive_held *held, const struct r_policy *policy, struct stamp now);

#endif
