/* Any number of names, sorted, in bounded memory. Those that do not fit go out in sorted runs; and where several lists
 * are kept at once (the directories on the way of a walk), the oldest go out first, since they are needed last. */
#ifndef HZ_COLLECTOR_SORTER_H
#define HZ_COLLECTOR_SORTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "collector/names.h"
#include "collector/runs.h"

#define SORTER_MEMORY                                                                                                  \
    ((size_t)8 << 20) /* of all lists together, and once more, packed, where there is no place for a file */

struct sorter;

struct sorter_store {
    struct run_store runs;
    size_t memory; /* that all lists may take together */
    size_t names;  /* bytes of all names in memory */
    struct sorter *oldest, *newest;
};

/* directory: for an unlinked file, the caller's; -1: nothing is written. memory: SORTER_MEMORY or less. */
void sorter_store_open(struct sorter_store *s, int directory, size_t memory);
void sorter_store_close(struct sorter_store *s); /* after the last sorter of it */
size_t sorter_store_memory(const struct sorter_store *s);

struct sorter { /* may not move while it is in use */
    struct sorter_store *store;
    struct sorter *older, *newer;
    struct names names;
    struct runs runs;
    size_t next;
    bool ended;  /* nothing is added any more */
    bool pinned; /* what was given out stays while other sorters work */
};

void sorter_init(struct sorter *s, struct sorter_store *store);
void sorter_free(struct sorter *s);
/* HZ_E_LIMIT: no room for more; what was added so far stays good, and sorter_end is next. */
int sorter_add(struct sorter *s, const struct name *name, struct hz_error *err);
/* Nothing more comes. HZ_E_LIMIT: only the first of them were kept. */
int sorter_end(struct sorter *s, struct hz_error *err);
/* The next name in order, valid until the next call for any sorter of the store; *more false: that was all. */
int sorter_next(struct sorter *s, struct name *out, bool *more, struct hz_error *err);
void sorter_rewind(struct sorter *s); /* not after other sorters were used, unless pinned */

#endif
