/* The memory of one process, region by region, while it stands still. */
#ifndef HZ_COLLECTOR_MEM_TAKE_H
#define HZ_COLLECTOR_MEM_TAKE_H

#include <stdint.h>

#include "base/error.h"
#include "collector/processes/proc_files.h"
#include "collector/products.h"
#include "collector/run.h"

#define MEM_REGION_MAX ((uint64_t)1 << 40) /* bytes of a region whose pages are asked about */

/* Main thread. Adds <pid>/... to products. What cannot be had becomes an absent row; fails only when the collection
 * cannot go on. */
int mem_take(struct run *run, struct products *products, struct proc_files *files, uint32_t pid, struct hz_error *err);

#endif
