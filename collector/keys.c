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

bool keys_begun(const struct keys *k, const char *kind)
{
    for (size_t i = 0; i < k->kind_count; i++)
        if (strcmp(k->kinds[i], kind) == 0)
            return true;
    return false;
}

void keys_begin(struct keys *k, const char *kind)
{
    if (k->kind_count < KEYS_KINDS && !keys_begun(k, kind))
        k->kinds[k->kind_count++] = kind;
}

void keys_gap(struct keys *k, const char *kind, const char *prefix)
{
    size_t len = strlen(prefix);
    if (k->gap_count == KEYS_GAPS) { /* too many to be told apart */
        k->full = true;
        return;
    }
    struct keys_gap *gap = &k->gaps[k->gap_count++];
    *gap = (struct keys_gap) { .kind = kind };
    if (len < sizeof gap->prefix)
        memcpy(gap->prefix, prefix, len);
}

/* Would the set have this key if the thing had been there? */
static bool can_deny(const struct keys *k, const char *kind, struct w_bytes key)
{
    if (k->full || !keys_begun(k, kind))
        return false;
    for (size_t i = 0; i < k->gap_count; i++) {
        size_t len = strlen(k->gaps[i].prefix);
        if (strcmp(k->gaps[i].kind, kind) == 0 && key.len >= len && memcmp(key.data, k->gaps[i].prefix, len) == 0)
            return false;
    }
    return true;
}

int keys_add(struct keys *k, const char *kind, struct w_bytes key, struct w_bytes text, struct hz_error *err)
{
    keys_begin(k, kind);
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

/* Of what k alone has. */
static int tell(const struct keys *k, const struct keys_item *key, const struct keys *other, bool appeared,
                keys_each *each, void *context, struct hz_error *err)
{
    const unsigned char *at = k->bytes + key->at;
    const struct key_change change = { key->kind, appeared, { at + key->key_len, key->text_len } };
    if (!can_deny(other, key->kind, (struct w_bytes) { at, key->key_len }))
        return HZ_OK;
    return each(context, &change, err);
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
        if (order < 0)
            rc = tell(before, &before->list[i], after, false, each, context, err);
        else if (order > 0)
            rc = tell(after, &after->list[j], before, true, each, context, err);
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
