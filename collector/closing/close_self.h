/* What the kernel says about our own process (proc(5)). */
#ifndef HZ_COLLECTOR_CLOSING_CLOSE_SELF_H
#define HZ_COLLECTOR_CLOSING_CLOSE_SELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOSE_SELF_PARENTS 32 /* of ours, nearest first; a longer line is cut */
#define CLOSE_SELF_NAME 64

struct close_process {
    int64_t pid;
    char name[CLOSE_SELF_NAME]; /* comm, raw bytes, NUL-terminated */
    uint64_t start_ticks;       /* after boot; with pid it names one process */
};

struct close_self {
    struct close_process process;
    struct close_process parents[CLOSE_SELF_PARENTS];
    size_t parent_count;
    bool has_io;
    uint64_t read_bytes, written_bytes; /* rchar, wchar: through read(2) and write(2), whatever they were of */
    uint64_t read_calls, write_calls;
    bool has_memory;
    uint64_t memory_kib; /* VmHWM */
};

/* From a procfs of our own, else /proc below root. false: not even our own stat is to be had. */
bool close_self_look(struct close_self *out, int root);

/* The pid, name, parent and start time of a line of /proc/PID/stat; false: it is not one. */
bool close_self_stat(const char *text, size_t len, struct close_process *out, int64_t *parent);

#endif
