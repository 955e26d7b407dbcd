/* Any number of facts in the order of their kinds, names and values, in bounded memory: what does not fit goes out in
 * sorted runs to a temporary file (verify/spool.h). */
#ifndef HZ_VERIFY_SORTED_H
#define HZ_VERIFY_SORTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SORTED_MEMORY ((size_t)6 << 20) /* while it is filled; and where nothing was spilled */
#define SORTED_RUNS 1024                /* of which each is that large */
#define SORTED_MERGE ((size_t)4 << 20)  /* of all runs together, while they are read */

struct sorted_row {
    unsigned char kind;
    const unsigned char *name, *value;
    size_t name_len, value_len;
};

struct sorted_run;

struct sorted { /* zeroed: none */
    size_t memory;
    unsigned char *arena; /* owned */
    size_t used;
    uint32_t *at; /* owned; where each row begins in the arena */
    size_t count, next;
    int spool; /* owned; -1: nothing was spilled */
    uint64_t end;
    struct sorted_run *runs; /* owned */
    size_t run_count;
    uint32_t *heap; /* owned; runs that have rows left, the least first */
    size_t heads;
    bool reading, taken;
};

/* memory: at least 1 MiB; SORTED_MEMORY but for tests. */
int sorted_open(struct sorted *s, size_t memory, struct hz_error *err);
void sorted_close(struct sorted *s);
/* A row is at most half of the memory. HZ_E_LIMIT: more than SORTED_RUNS runs, or such a row. */
int sorted_add(struct sorted *s, const struct sorted_row *row, struct hz_error *err);
/* Nothing more comes. */
int sorted_finish(struct sorted *s, struct hz_error *err);
/* The next row, valid until the next call; *more false: that was all. */
int sorted_next(struct sorted *s, struct sorted_row *out, bool *more, struct hz_error *err);
void sorted_rewind(struct sorted *s); /* the next one is the first again */

/* Order of kind and name alone. */
int sorted_compare(const struct sorted_row *a, const struct sorted_row *b);

#endif
