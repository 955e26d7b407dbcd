/* From a name or number to where it stands, so that long files of accounts are not gone through for each account. */
#ifndef HZ_COLLECTOR_ACCOUNTS_ACC_INDEX_H
#define HZ_COLLECTOR_ACCOUNTS_ACC_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/write/record.h"

#define ACC_INDEX_MAX ((size_t)500000)

struct acc_index_entry {
    const char *key; /* points to where it was */
    uint32_t len, number;
    size_t at;
};

struct acc_index {                /* zeroed: empty */
    struct acc_index_entry *list; /* owned */
    size_t count, room;
    bool more; /* than are kept: ACC_INDEX_MAX */
};

/* A key is some bytes and a number; one of them may be nothing. HZ_E_NOMEM. */
int acc_index_add(struct acc_index *x, struct w_bytes key, uint32_t number, size_t at, struct hz_error *err);
/* Once, behind the last one that is added and before the first that is looked for. */
void acc_index_sort(struct acc_index *x);
/* The entry with this key that has the lowest `at`, and the next one; NULL: none. */
const struct acc_index_entry *acc_index_find(const struct acc_index *x, struct w_bytes key, uint32_t number);
const struct acc_index_entry *acc_index_next(const struct acc_index *x, const struct acc_index_entry *e);
void acc_index_free(struct acc_index *x);

#endif
