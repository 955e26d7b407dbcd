/* Sorted runs of names outside of memory: blocks in one unlinked file, or, where there is no place for a file, packed
 * with zstd in memory. Read back as one sorted sequence. */
#ifndef HZ_COLLECTOR_RUNS_H
#define HZ_COLLECTOR_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/names.h"

#define RUNS_BLOCK ((size_t)8 << 10)

struct run_store {
    int directory;             /* the caller's; where the file is made; -1: blocks stay in memory */
    int fd;                    /* owned; -1 until needed */
    uint64_t end;              /* of what is in use of the file */
    size_t packed, packed_max; /* bytes of packed blocks */
    size_t memory;             /* held by all runs, packed blocks left out */
    void *packer, *unpacker;   /* owned; of zstd, NULL until needed */
};

void run_store_open(struct run_store *s, int directory, size_t packed_max);
void run_store_close(struct run_store *s);

struct run;

struct runs { /* zeroed but for store: none */
    struct run_store *store;
    struct run *list; /* owned */
    size_t count, room;
    unsigned char *block; /* owned; being filled */
    size_t filled;
    uint32_t *heap; /* owned; runs that have names left, the least first; NULL: not being read */
    size_t heads;
    bool taken;   /* the least name was given out */
    uint64_t end; /* in the file, of the last block */
};

void runs_init(struct runs *r, struct run_store *store);
void runs_free(struct runs *r); /* does not set back store->end */
/* A run: begin, names ascending, end. After a failure undo; HZ_E_LIMIT: no room, neither in the file nor in memory. */
int runs_begin(struct runs *r, struct hz_error *err);
int runs_put(struct runs *r, const struct name *name, struct hz_error *err);
int runs_end(struct runs *r, struct hz_error *err);
void runs_undo(struct runs *r); /* forgets the last one, begun or ended */
/* The least name left of all runs, valid until the next call for the same runs; *more false: there is none. No run may
 * be begun while others are read. */
int runs_next(struct runs *r, struct name *out, bool *more, struct hz_error *err);
void runs_rewind(struct runs *r); /* the next one is the first again */
void runs_rest(struct runs *r);   /* frees what reading needs; it goes on where it was */

#endif
