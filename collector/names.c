#include "collector/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/write/name.h"

#define HEAD 5
#define MEMBER 1
#define REGULAR 2
#define SAME 4 /* the mapped name is the raw one, stored once */

static bool is_same(const struct name *n)
{
    return n->raw_len == n->mapped_len && memcmp(n->raw, n->mapped, n->raw_len) == 0;
}

size_t name_size(const struct name *n)
{
    return HEAD + n->raw_len + 1 + (is_same(n) ? 0 : n->mapped_len + 1);
}

void name_write(unsigned char *out, const struct name *n)
{
    const uint16_t lengths[2] = { (uint16_t)n->raw_len, (uint16_t)n->mapped_len };
    bool same = is_same(n);
    memcpy(out, lengths, sizeof lengths);
    out[4] = (unsigned char)((n->member ? MEMBER : 0) | (n->regular ? REGULAR : 0) | (same ? SAME : 0));
    memcpy(out + HEAD, n->raw, n->raw_len);
    out[HEAD + n->raw_len] = '\0';
    if (same)
        return;
    memcpy(out + HEAD + n->raw_len + 1, n->mapped, n->mapped_len);
    out[HEAD + n->raw_len + 1 + n->mapped_len] = '\0';
}

size_t name_read(const unsigned char *from, struct name *out)
{
    uint16_t lengths[2];
    memcpy(lengths, from, sizeof lengths);
    const char *raw = (const char *)from + HEAD;
    bool same = (from[4] & SAME) != 0;
    *out = (struct name) { .raw = raw,
                           .mapped = same ? raw : raw + lengths[0] + 1,
                           .raw_len = lengths[0],
                           .mapped_len = lengths[1],
                           .member = (from[4] & MEMBER) != 0,
                           .regular = (from[4] & REGULAR) != 0 };
    return HEAD + out->raw_len + 1 + (same ? 0 : out->mapped_len + 1);
}

int name_order(const struct name *a, const struct name *b)
{
    int order = w_name_compare(a->mapped, a->mapped_len, b->mapped, b->mapped_len);
    return order != 0 ? order : w_name_raw_compare(a->raw, a->raw_len, b->raw, b->raw_len);
}

bool name_same(const struct name *a, const struct name *b)
{
    return w_name_compare(a->mapped, a->mapped_len, b->mapped, b->mapped_len) == 0;
}

void names_free(struct names *n)
{
    free(n->text);
    free(n->at);
    *n = (struct names) { 0 };
}

size_t names_memory(const struct names *n)
{
    return n->text_room + n->at_room * sizeof *n->at;
}

void names_reset(struct names *n)
{
    n->len = n->count = 0;
}

/* Twice as much as before, but no more than max. 0: not enough. */
static size_t larger(size_t room, size_t need, size_t least, size_t max)
{
    size_t next = room == 0 ? least : room;
    while (next < need)
        next *= 2;
    return need > max ? 0 : next < max ? next : max;
}

/* Of the limit three quarters are for the names, the rest for where they stand. */
static size_t text_room(const struct names *n, size_t size, size_t limit)
{
    return larger(n->text_room, n->len + size, 1024, limit / 4 * 3);
}

static size_t at_room(const struct names *n, size_t limit)
{
    return larger(n->at_room, n->count + 1, 32, limit / 4 / sizeof *n->at);
}

size_t names_growth(const struct names *n, const struct name *name, size_t limit)
{
    size_t text = text_room(n, name_size(name), limit), at = at_room(n, limit);
    if (text == 0 || at == 0)
        return SIZE_MAX;
    return text - n->text_room + (at - n->at_room) * sizeof *n->at;
}

int names_add(struct names *n, const struct name *name, size_t limit, struct hz_error *err)
{
    size_t size = name_size(name), text = text_room(n, size, limit), at = at_room(n, limit);
    if (text > n->text_room) {
        unsigned char *grown = realloc(n->text, text);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        n->text = grown;
        n->text_room = text;
    }
    if (at > n->at_room) {
        uint32_t *grown = realloc(n->at, at * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        n->at = grown;
        n->at_room = at;
    }
    name_write(n->text + n->len, name);
    n->at[n->count++] = (uint32_t)n->len;
    n->len += size;
    return HZ_OK;
}

static int order(const void *a, const void *b, void *text)
{
    const unsigned char *base = text;
    struct name x, y;
    name_read(base + *(const uint32_t *)a, &x);
    name_read(base + *(const uint32_t *)b, &y);
    return name_order(&x, &y);
}

void names_sort(struct names *n)
{
    if (n->count > 1)
        qsort_r(n->at, n->count, sizeof *n->at, order, n->text);
}

void names_get(const struct names *n, size_t i, struct name *out)
{
    name_read(n->text + n->at[i], out);
}
