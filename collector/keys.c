#include "collector/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

void keys_free(struct keys *k)
{
    free(k->list);
    free(k->bytes);
    *k = (struct keys) { 0 };
}

static int make_room(struct keys *k, size_t more, struct hz_error *err)
{
    if (k->count == k->room) {
        size_t room = k->room == 0 ? 256 : k->room * 2;
        struct keys_item *list = reallocarray(k->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        k->list = list;
        k->room = room;
    }
    if (k->used + more > k->size) {
        size_t size = k->size == 0 ? (size_t)64 << 10 : k->size;
        while (size < k->used + more)
            size *= 2;
        unsigned char *bytes = realloc(k->bytes, size);
        if (bytes == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        k->bytes = bytes;
        k->size = size;
    }
    return HZ_OK;
}

int keys_add(struct keys *k, const char *kind, struct w_bytes key, struct w_bytes text, struct hz_error *err)
{
    k->taken = true;
    if (k->full || key.len > KEYS_BYTES - k->used || text.len > KEYS_BYTES - k->used - key.len) {
        k->full = true;
        return HZ_OK;
    }
    int rc = make_room(k, key.len + text.len, err);
    if (rc != HZ_OK)
        return rc;
    k->list[k->count++] = (struct keys_item) { kind, k->used, key.len, text.len };
    if (key.len > 0)
        memcpy(k->bytes + k->used, key.data, key.len);
    if (text.len > 0)
        memcpy(k->bytes + k->used + key.len, text.data, text.len);
    k->used += key.len + text.len;
    k->sorted = false;
    return HZ_OK;
}

static int compare(const struct keys *a, const struct keys_item *x, const struct keys *b, const struct keys_item *y)
{
    int order = strcmp(x->kind, y->kind);
    size_t len = x->key_len < y->key_len ? x->key_len : y->key_len;
    if (order == 0 && len > 0)
        order = memcmp(a->bytes + x->at, b->bytes + y->at, len);
    return order != 0 ? order : (x->key_len > y->key_len) - (x->key_len < y->key_len);
}

static int by_key(const void *x, const void *y, void *context)
{
    return compare(context, x, context, y);
}

static void sort(struct keys *k)
{
    if (!k->sorted && k->count > 1)
        qsort_r(k->list, k->count, sizeof *k->list, by_key, k);
    k->sorted = true;
}

static struct key_change change_of(const struct keys *k, const struct keys_item *key, bool appeared)
{
    return (struct key_change) { key->kind, appeared, { k->bytes + key->at + key->key_len, key->text_len } };
}

int keys_compare(struct keys *before, struct keys *after, keys_each *each, void *context, struct hz_error *err)
{
    size_t i = 0, j = 0;
    int rc = HZ_OK;
    sort(before);
    sort(after);
    while (rc == HZ_OK && (i < before->count || j < after->count)) {
        int order = i == before->count  ? 1
                    : j == after->count ? -1
                                        : compare(before, &before->list[i], after, &after->list[j]);
        if (order != 0) {
            const struct key_change change =
                order < 0 ? change_of(before, &before->list[i], false) : change_of(after, &after->list[j], true);
            rc = each(context, &change, err);
        }
        i += order <= 0;
        j += order >= 0;
    }
    return rc;
}

int keys_all(struct keys *k, const char *kind, keys_one *one, void *context, struct hz_error *err)
{
    int rc = HZ_OK;
    sort(k);
    for (size_t i = 0; rc == HZ_OK && i < k->count; i++) {
        const struct keys_item *item = &k->list[i];
        const unsigned char *at = k->bytes + item->at;
        if (strcmp(item->kind, kind) == 0)
            rc = one(context, (struct w_bytes) { at, item->key_len },
                     (struct w_bytes) { at + item->key_len, item->text_len }, err);
    }
    return rc;
}
