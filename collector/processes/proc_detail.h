/* A second, thorough look at one process: its rows in the listings, and what is noteworthy about it. */
#ifndef HZ_COLLECTOR_PROC_DETAIL_H
#define HZ_COLLECTOR_PROC_DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json_out.h"
#include "collector/processes/proc_image.h"
#include "collector/processes/proc_table.h"
#include "collector/processes/proc_users.h"

#define PROC_WANTED_MAX 1024 /* files of one process that are to be recovered */

struct proc_wanted { /* a file without a name that only the process still holds */
    bool mapping;    /* map_files/START-END; else fd/N */
    uint64_t start, end, fd;
    uint64_t inode, size;
    uint32_t device_major, device_minor;
};

struct proc_counts {
    uint64_t descriptors, mappings;
    uint64_t anonymous, anonymous_bytes, memory, deleted, writable; /* executable mappings */
};

struct proc_detail { /* a piece of work */
    const struct proc_table *table;
    const struct proc_users *users;
    const struct proc *p;
    const struct proc_image *image; /* NULL: none */
    bool environ_values;
    bool hidden;
    bool own; /* it is this program */

    /* Results; bufs are its own. */
    struct buf row, descriptors, descriptors_text, mappings, mappings_text; /* lines */
    struct buf status, maps,
        cmdline;        /* raw; kept where something is odd. cmdline: where it is longer than the table's */
    struct buf preload; /* LD_PRELOAD=... */
    struct proc_counts counts;
    struct proc_wanted *wanted; /* owned */
    size_t wanted_count;
    uint64_t wanted_more; /* beyond PROC_WANTED_MAX */
    bool maps_more;       /* there were more mappings than were read */
    bool descriptors_read;
    int status_errno, maps_errno, fd_errno; /* why they could not be read; 0: they were, or are not there */
    bool reused, gone;
    bool denied; /* a file of it could not be read for want of permission */
    int rc;
    struct hz_error err;
};

struct proc_detail *proc_detail_new(void);    /* NULL: out of memory */
void proc_detail_free(struct proc_detail *d); /* NULL is legal */
void proc_detail_work(void *context);         /* any thread */
/* Is there anything that an examiner would look at? */
bool proc_detail_odd(const struct proc_detail *d);

/* Parts of the work. fd: of /proc/PID. */
void proc_detail_descriptors(struct proc_detail *d, int fd);
void proc_detail_mappings(struct proc_detail *d, int fd);
/* Notes a file to be recovered; beyond PROC_WANTED_MAX counts it. */
void proc_detail_want(struct proc_detail *d, const struct proc_wanted *wanted);
/* The row itself. fd -1: the process could not be looked at. */
void proc_row(struct proc_detail *d, int fd);

#endif
