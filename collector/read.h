/* The bytes of a file: never more than it had, never in silence less. */
#ifndef HZ_COLLECTOR_READ_H
#define HZ_COLLECTOR_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/watch.h"

#define READ_BLOCK ((size_t)4096) /* step towards a bad block */
/* Files of procfs, sysfs and their kind do not know their size, some never end: this much is taken. */
#define READ_WHOLE_MAX ((size_t)16 << 20)

struct read_part {
    size_t got;    /* bytes at the beginning of what was asked for */
    bool ended;    /* the file ends there */
    int sys_errno; /* not 0: the next block cannot be read */
};

/* len bytes from offset. watch: may be NULL. Fails only for our own shortage. */
int read_part(int fd, struct watch *watch, uint64_t offset, void *bytes, size_t len, struct read_part *out,
              struct hz_error *err);

struct read_rest {
    size_t got;
    bool limited;  /* there was more, or reading failed after some bytes */
    bool full;     /* `room` was too small */
    int sys_errno; /* not 0: not one byte could be read */
    int cut_errno; /* not 0: reading failed after some bytes */
};

/* From where the descriptor stands to the end, at most room bytes. */
int read_whole(int fd, struct watch *watch, void *bytes, size_t room, struct read_rest *out, struct hz_error *err);

#endif
