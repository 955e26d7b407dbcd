/* The bytes of one file: never more than it had at open, never less than was promised, never in silence. */
#ifndef HZ_COLLECTOR_READ_H
#define HZ_COLLECTOR_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/bundle.h"

#define READ_CHUNK ((size_t)1 << 20)
#define READ_BLOCK ((size_t)4096) /* step towards a bad block */
/* Files of procfs, sysfs and their kind do not know their size, some never end: this much is taken. */
#define READ_WHOLE_MAX ((size_t)16 << 20)

struct reader { /* one file at a time; reusable */
    int fd;
    bool exposed;        /* opened without O_NOATIME: reading may leave an access time */
    bool whole;          /* a file that does not know its size: all that is taken of it is in head already */
    bool limited;        /* whole, and there was more */
    bool ended;          /* head reaches to the end of the file */
    const char *method;  /* "read", "procfs", ... */
    const char *refused; /* why reading would alter the host; else NULL */
    struct statx before; /* at open */
    struct buf head;     /* what was read last */
};

void reader_init(struct reader *r);
void reader_free(struct reader *r);

/* Opens the regular file behind an O_PATH descriptor and reads its first bytes, so that a file that cannot be read is
 * known before the bundle promises it. name: last component. On failure err->sys_errno says why it is absent;
 * HZ_E_DENIED with errno 0: not opened at all, r->refused says why. */
int reader_open(struct reader *r, int path_fd, const char *name, size_t name_len, struct hz_error *err);

struct read_outcome {
    enum w_file_status status;
    int sys_errno; /* not 0: reading failed in the middle; the rest is zeros and status is W_LIMITED */
};

/* Writes the opened file as one member and closes it. Fails only when the bundle cannot be written. */
int reader_copy(struct reader *r, struct w_bundle *bundle, const struct w_file *file, struct read_outcome *out,
                struct hz_error *err);

#endif
