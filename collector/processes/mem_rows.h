/* The listing of a process's memory: regions and threads. */
#ifndef HZ_COLLECTOR_MEM_ROWS_H
#define HZ_COLLECTOR_MEM_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/processes/mem_hold.h"
#include "collector/processes/proc_maps.h"
#include "collector/processes/proc_stat.h"
#include "collector/products.h"

struct mem_region {
    struct proc_map map;
    struct buf runs;  /* pairs of uint64_t: where the stored runs begin and end */
    uint64_t stored;  /* bytes */
    uint64_t missing; /* pages in these runs that could not be read and are zeros */
    int sys_errno;    /* why a page could not be read */
    const char *why;  /* why nothing (more) was read */
};

struct mem_rows {
    uint32_t pid;
    uint64_t start_ticks;
    struct proc_stat before;
    char state_held, state_after; /* 0: not known */
    bool held;                    /* all threads stood still all the time */
    double seconds;
    struct buf json, text;
};

void mem_rows_init(struct mem_rows *r, uint32_t pid, const struct proc_stat *before);
void mem_rows_free(struct mem_rows *r);
int mem_rows_run(struct mem_region *region, uint64_t start, uint64_t end, struct hz_error *err);
int mem_rows_region(struct mem_rows *r, const struct mem_region *region, struct hz_error *err);
/* regions.jsonl, regions.txt, threads.jsonl, maps and the registers, below the folder of the process. */
int mem_rows_write(struct mem_rows *r, struct products *p, const struct buf *maps, const struct mem_thread *threads,
                   size_t count, struct hz_error *err);

#endif
