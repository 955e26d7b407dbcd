/* Pieces of /proc/PID/mem (proc_pid_mem(5)), read on threads that can be left behind. */
#ifndef HZ_COLLECTOR_MEM_BLOCK_H
#define HZ_COLLECTOR_MEM_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/run.h"

#define MEM_BLOCK ((size_t)1 << 20)

struct mem_block { /* on the heap */
    int fd;        /* of mem; the caller's */
    size_t page;
    uint64_t at;
    size_t len;                     /* what is asked for, at most MEM_BLOCK, whole pages */
    unsigned char bytes[MEM_BLOCK]; /* pages that could not be read are zeros */
    size_t missing;                 /* how many these are */
    int sys_errno;                  /* of the first of them */
};

/* Reads len bytes from at. HZ_E_TIMEOUT: *b belongs to a lost thread now and is NULL. HZ_E_CHANGED: the collection is
 * to end. */
int mem_block_read(struct mem_block **b, struct run *run, struct hz_error *err);

#endif
