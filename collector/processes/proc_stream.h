/* A file behind one of procfs's links, read piece by piece on threads that can be left behind. */
#ifndef HZ_COLLECTOR_PROC_STREAM_H
#define HZ_COLLECTOR_PROC_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/products.h"
#include "collector/run.h"

struct proc_stream {
    int proc; /* procfs; the caller's */
    int fd;   /* owned */
    bool begun;
    char link[96];
    struct buf target; /* what the link says */
    uint64_t inode, size, given;
    bool exposed;         /* reading it may move its access time */
    unsigned char *block; /* owned */
    size_t got;
    int sys_errno;
};

/* Opens "PID/exe" or the like. *s is NULL when it did not answer (it belongs to a lost thread then), or not begun when
 * it could not be opened; *why says it. Fails only when the collection cannot go on. */
int proc_stream_open(struct proc_stream **s, struct run *run, int proc, const char *link, const char **why,
                     struct hz_error *err);
/* From where it is to the size that it had. Sets *why when there was less, and *s NULL as above. */
int proc_stream_copy(struct proc_stream **s, struct run *run, struct product *to, const char **why,
                     struct hz_error *err);
void proc_stream_free(struct proc_stream *s); /* NULL is legal */

#endif
