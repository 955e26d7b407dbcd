/* /proc/PID/maps (proc_pid_maps(5)). */
#ifndef HZ_COLLECTOR_PROC_MAPS_H
#define HZ_COLLECTOR_PROC_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/write/record.h"

struct proc_map {
    uint64_t start, end, offset, inode;
    uint32_t device_major, device_minor;
    char permissions[5]; /* "r-xp" */
    struct w_bytes path; /* as the kernel writes it (newlines are \012); len 0: none */
};

enum proc_map_kind { /* what makes one worth a row; the first that fits */
                     PROC_MAP_PLAIN,
                     PROC_MAP_ANONYMOUS, /* can be executed, and no file with a name stands behind it */
                     PROC_MAP_MEMORY,    /* can be executed, and a memfd stands behind it */
                     PROC_MAP_DELETED,   /* can be executed, and its file is deleted */
                     PROC_MAP_WRITABLE   /* can be written and executed, and a file stands behind it */
};

/* The next line from *at on that has all fields; false: there is none. */
bool proc_maps_next(const void *text, size_t len, size_t *at, struct proc_map *out);
enum proc_map_kind proc_maps_kind(const struct proc_map *map);
const char *proc_maps_name(enum proc_map_kind kind); /* "anonymous-executable"; static */

#endif
