/* Folders still to be read: last in, first out, so that few wait at a time. What does not fit in memory waits in an
 * unlinked spool. */
#ifndef HZ_COLLECTOR_RECENT_QUEUE_H
#define HZ_COLLECTOR_RECENT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define RECENT_QUEUE_MEMORY ((size_t)4 << 20)

struct recent_queue_block {
    uint64_t offset;
    size_t len;
};

struct recent_queue {
    int directory; /* the caller's; -1: no spool */
    int spool;
    uint64_t end;
    struct buf bytes;
    struct recent_queue_block *blocks; /* older than bytes, the last one the youngest */
    size_t block_count, block_room;
};

struct recent_folder {
    uint32_t root;   /* which one it was reached from */
    struct buf path; /* from there on; NUL-terminated, "" is the root itself */
};

void recent_queue_init(struct recent_queue *q, int directory);
void recent_queue_free(struct recent_queue *q);
bool recent_queue_is_empty(const struct recent_queue *q);
/* Appends an item in the form that recent_queue_push takes. path: at most W_NAME_ORIGIN_MAX bytes. */
int recent_queue_pack(struct buf *out, uint32_t root, const void *path, size_t len);
/* The same for a name in a folder. */
int recent_queue_pack_entry(struct buf *out, const struct recent_folder *folder, const void *name, size_t len);
/* One or more packed items. HZ_E_LIMIT: no spool, and memory is full; none of them was put in. */
int recent_queue_push(struct recent_queue *q, const void *packed, size_t len, struct hz_error *err);
/* The queue is not empty. folder->path is replaced. */
int recent_queue_pop(struct recent_queue *q, struct recent_folder *folder, struct hz_error *err);

#endif
