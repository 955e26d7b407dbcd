/* How much there is to be taken, planned and counted by a walk in a thread of its own beside the collection: for the
 * estimate of the time that is left, and for nothing else. */
#ifndef HZ_COLLECTOR_COUNT_H
#define HZ_COLLECTOR_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/options.h"

struct count;

struct count_numbers {
    uint64_t files, bytes; /* so far */
    bool complete;         /* that is all */
};

/* root: descriptor of "/". NULL when there is no memory or no thread for it. */
struct count *count_begin(const struct collect_options *options, int root);
struct count_numbers count_now(const struct count *c);
/* Ends it. A file system that does not answer may keep the thread, which then owns what it uses. NULL is legal. */
void count_end(struct count *c);

#endif
