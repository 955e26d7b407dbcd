/* What all commands do: open the bundle, load what the user brings along, read in the jail, judge. */
#ifndef HZ_VERIFY_WORK_H
#define HZ_VERIFY_WORK_H

#include "verify/policy.h"
#include "verify/reader.h"

struct work_order {
    const char *bundle;  /* a path, or "-" for standard input */
    const char *signers; /* NULL: none */
    const char *revoked; /* NULL: none */
    const char *const *signatures;
    size_t signature_count;
};

struct work {
    struct policy policy;
    struct account account;
    struct verdict verdict;
};

/* *out is the caller's, work_free, also after an error unless it is NULL (out of memory). The bundle is opened, and
 * lists are read, before anything is told to the listener. HZ_OK: the verdict is there. */
int work_new(struct work **out, struct hz_error *err);
int work_run(struct work *w, const struct work_order *order, const struct reader_listener *listener,
             struct hz_error *err);
void work_free(struct work *w);

#endif
