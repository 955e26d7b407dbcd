/* Which pages of a region are in memory or in swap: /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst). */
#ifndef HZ_COLLECTOR_MEM_PAGES_H
#define HZ_COLLECTOR_MEM_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define MEM_PAGES_GAP ((uint64_t)1 << 20) /* a smaller hole between two pages does not begin a new run */

struct mem_run {
    uint64_t start, end;
};

/* The next run of pages that are there, from *at on and below `end`, which are page boundaries; *at moves behind it.
 * false: there is none. pagemap: its descriptor; where it is -1, or cannot be read any more, every page counts as
 * there.
 */
bool mem_pages_next(int pagemap, uint64_t page, uint64_t *at, uint64_t end, struct mem_run *out);

#endif
