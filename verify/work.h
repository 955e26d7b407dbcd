/* What all commands do: open the bundle, load what the user brings along, read in the jail, judge. */
#ifndef HZ_VERIFY_WORK_H
#define HZ_VERIFY_WORK_H

#include "verify/policy.h"
#include "verify/reader.h"

struct work {
    struct policy policy;
    struct account account;
    struct verdict verdict;
};

/* *out is the caller's, work_free, also after an error unless it is NULL (out of memory). The bundle is opened, and
 * lists are read, before anything is told to the listener. HZ_OK: the verdict is there. */
int work_new(struct work **out, struct hz_error *err);
/* order->bundle: a path, or "-" for standard input. */
int work_run(struct work *w, const struct policy_order *order, const struct reader_listener *listener,
             struct hz_error *err);
/* May what was read be handed out? It is intact and signed by somebody trusted; or, where nobody was named, intact and
 * signed by somebody at all. */
bool work_may_appear(const struct work *w);
void work_free(struct work *w);

#endif
