/* What is read of a process whose memory is taken, opened on a thread that can be left behind. */
#ifndef HZ_COLLECTOR_MEM_OPEN_H
#define HZ_COLLECTOR_MEM_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/processes/proc_stat.h"
#include "collector/run.h"

#define MEM_MAPS_MAX ((size_t)32 << 20)

struct mem_open { /* on the heap */
    int proc;     /* procfs; the caller's */
    uint32_t pid;
    struct proc_stat stat;
    struct buf maps;
    bool maps_more;
    int mem, pagemap; /* owned; pagemap -1: not to be had */
    int sys_errno;    /* why it is not open; 0: it is */
};

struct mem_open *mem_open_new(int proc, uint32_t pid); /* NULL: out of memory */
void mem_open_free(struct mem_open *o);                /* NULL is legal */
/* HZ_E_TIMEOUT: *o belongs to a lost thread now and is NULL. HZ_E_CHANGED: the collection is to end. */
int mem_open_do(struct mem_open **o, struct run *run, struct hz_error *err);
/* /proc/PID/stat; 0, or why it cannot be read. */
int mem_open_stat(int proc, uint32_t pid, struct proc_stat *out);

#endif
