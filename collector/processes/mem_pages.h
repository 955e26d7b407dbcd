/* Which pages of a region are in memory or in swap: /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst). */
#ifndef HZ_COLLECTOR_MEM_PAGES_H
#define HZ_COLLECTOR_MEM_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/run.h"

#define MEM_PAGES_GAP ((uint64_t)1 << 20) /* a smaller hole between two pages does not begin a new run */

struct mem_run {
    uint64_t start, end;
};

/* The next run of pages that are there, from *at on and below `end`, which are page boundaries; *at moves behind it.
 * false: there is none. pagemap: its descriptor; where it is -1, or cannot be read any more, every page counts as
 * there.
 */
bool mem_pages_next(int pagemap, uint64_t page, uint64_t *at, uint64_t end, struct mem_run *out);

struct mem_look { /* on the heap */
    int pagemap;
    uint64_t page, at, end;
    struct mem_run run;
    bool found;
};

/* The same on a thread that can be left behind: the kernel may have to wait for the process's own page faults.
 * HZ_E_TIMEOUT: *look belongs to a lost thread now and is NULL. HZ_E_CHANGED: the collection is to end. */
int mem_pages_look(struct mem_look **look, struct run *run, struct hz_error *err);

#endif
