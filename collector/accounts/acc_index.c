#include "collector/accounts/acc_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

int acc_index_add(struct acc_index *x, struct w_bytes key, uint32_t number, size_t at, struct hz_error *err)
{
    x->more |= x->count == ACC_INDEX_MAX;
    if (x->count == ACC_INDEX_MAX)
        return HZ_OK;
    if (x->count == x->room) {
        size_t room = x->room == 0 ? 64 : x->room * 2;
        struct acc_index_entry *list = reallocarray(x->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        x->list = list;
        x->room = room;
    }
    x->list[x->count++] = (struct acc_index_entry) { key.data, (uint32_t)key.len, number, at };
    return HZ_OK;
}

static int compare_keys(const struct acc_index_entry *x, struct w_bytes key, uint32_t number)
{
    size_t least = x->len < key.len ? x->len : key.len;
    int by = least == 0 ? 0 : memcmp(x->key, key.data, least);
    if (by == 0)
        by = (x->len > key.len) - (x->len < key.len);
    return by != 0 ? by : (x->number > number) - (x->number < number);
}

static int compare(const void *a, const void *b)
{
    const struct acc_index_entry *x = a, *y = b;
    int by = compare_keys(x, (struct w_bytes) { y->key, y->len }, y->number);
    return by != 0 ? by : (x->at > y->at) - (x->at < y->at);
}

void acc_index_sort(struct acc_index *x)
{
    if (x->count > 1)
        qsort(x->list, x->count, sizeof *x->list, compare);
}

const struct acc_index_entry *acc_index_find(const struct acc_index *x, struct w_bytes key, uint32_t number)
{
    size_t low = 0, high = x->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_keys(&x->list[middle], key, number) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < x->count && compare_keys(&x->list[low], key, number) == 0 ? &x->list[low] : NULL;
}

const struct acc_index_entry *acc_index_next(const struct acc_index *x, const struct acc_index_entry *e)
{
    const struct acc_index_entry *next = e + 1;
    return next < x->list + x->count && compare_keys(next, (struct w_bytes) { e->key, e->len }, e->number) == 0 ? next
                                                                                                                : NULL;
}

void acc_index_free(struct acc_index *x)
{
    free(x->list);
    *x = (struct acc_index) { 0 };
}
