/* The paths that recent was asked for: each is listed itself where it is recent, and opened where it is a folder. They
 * are looked at by threads that can be left behind. */
#ifndef HZ_COLLECTOR_RECENT_ROOTS_H
#define HZ_COLLECTOR_RECENT_ROOTS_H

#include <stdint.h>

#include "base/error.h"
#include "collector/recent_scan.h"
#include "collector/run.h"

struct recent_roots {
    struct recent_root *list; /* owned, recent_roots_free */
    size_t count, room;
    uint64_t looked_at; /* of the paths themselves */
};

/* Main thread. Fills *roots, which is zeroed, and puts the rows of the paths themselves into run->recent. patience_ns:
 * for each of them; HZ_E_TIMEOUT when one did not answer by then, and there are no rows. 0: as long as the command
 * timeout; then there is a row for what did not answer. */
int recent_roots_look(struct run *run, const struct recent_window *window, int64_t patience_ns,
                      struct recent_roots *roots, struct hz_error *err);

#endif
