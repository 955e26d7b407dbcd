/* The names in a folder, sorted: what io_proc_list, look_list and look_entries give, kept. */
#ifndef HZ_COLLECTOR_ENTRIES_H
#define HZ_COLLECTOR_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct entries { /* zeroed: empty */
    char **list; /* each owned, as is the array */
    size_t count, room;
    size_t limit; /* 0: none */
    bool more;    /* than the limit */
};

/* For these functions; context: a struct entries. */
int entries_add(void *context, const char *name, unsigned char type, struct hz_error *err);
void entries_sort(struct entries *e); /* by bytes */
void entries_free(struct entries *e);

#endif
