/* What the child in the jail sends to its parent. For foreign*.c alone. */
#ifndef HZ_CUSTODY_FOREIGN_PART_H
#define HZ_CUSTODY_FOREIGN_PART_H

#include <stdint.h>

#include "base/child.h"
#include "custody/foreign.h"

#define FOREIGN_NAME_MAX ((size_t)64 << 10)
#define FOREIGN_MEMBERS UINT64_C(1000000)
#define FOREIGN_BYTES (UINT64_C(1) << 40) /* of members, unpacked */
#define FOREIGN_CPU_SECONDS (4 * 3600)
#define FOREIGN_SILENT_MS (10 * 60 * 1000) /* without a record, at most */
#define FOREIGN_ALIVE ((uint64_t)64 << 20) /* bytes between two signs of life */

enum foreign_kind { FOREIGN_LIVES, FOREIGN_MEMBER, FOREIGN_END, FOREIGN_KINDS };

enum foreign_type {
    FOREIGN_FILE,
    FOREIGN_DIRECTORY,
    FOREIGN_SYMLINK,
    FOREIGN_HARDLINK,
    FOREIGN_FIFO,
    FOREIGN_SOCKET,
    FOREIGN_CHARACTER,
    FOREIGN_BLOCK,
    FOREIGN_OTHER,
    FOREIGN_TYPES
};

/* of a member, and of the end */
enum foreign_status { FOREIGN_READ, FOREIGN_ENCRYPTED, FOREIGN_UNREADABLE, FOREIGN_STATUSES };
enum foreign_outcome { FOREIGN_COMPLETE, FOREIGN_DAMAGED, FOREIGN_LIMITED, FOREIGN_STOPPED, FOREIGN_NONE };

#define FOREIGN_SIZED 1U
#define FOREIGN_DATED 2U
#define FOREIGN_HASHED 4U

/* Followed by two texts: name and target of a member, format and detail of the end. */
struct foreign_record {
    uint32_t kind, type, status, has; /* status: outcome, at the end */
    uint64_t size;                    /* sign of life: how far the archive was read */
    int64_t seconds;
    uint32_t nanoseconds, text[2]; /* text: lengths */
    unsigned char sha256[W_DIGEST_SIZE];
};

/* The child: reads job->fd, sends records. */
child_body foreign_child;

#endif
