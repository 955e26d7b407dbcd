/* What hozen-verify hands to hozen-custody of a bundle, so that it can look inside: `hozen-verify heads BUNDLE` writes
 * records to its standard output, each followed by len bytes, and after the last one its answer as `verify --json`
 * gives it. Both are of one build: integers are in the order of the machine. Nothing of it is verified before the
 * answer. */
#ifndef HZ_BASE_HEADS_H
#define HZ_BASE_HEADS_H

#include <stddef.h>
#include <stdint.h>

#define HEADS_BYTES ((size_t)128 << 10) /* of each file, from its beginning ... */
#define HEADS_WHOLE "data/databases/"   /* ... but all of those below this folder */
#define HEADS_TEXT_MAX 4096

enum heads_kind {
    HEADS_FILE = 1, /* its path; size: its own */
    HEADS_DATA,     /* bytes of the file before */
    HEADS_UNLOCKED, /* path of a file below HEADS_WHOLE that was copied without a lock */
    HEADS_ANSWER    /* len 0; what comes now is JSON */
};

struct heads_record {
    uint32_t kind, len;
    uint64_t size;
};

#endif
