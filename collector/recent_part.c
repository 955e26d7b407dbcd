#include "collector/recent_part.h"

#include <stdint.h>
#include <string.h>

#define KEY_LIMIT ((size_t)1 << 20)

void recent_part_init(struct recent_part *p)
{
    buf_init(&p->last, KEY_LIMIT);
    p->bound = SIZE_MAX;
}

void recent_part_free(struct recent_part *p)
{
    buf_free(&p->last);
}

static size_t common_length(const unsigned char *a, size_t a_len, const unsigned char *b, size_t b_len)
{
    size_t i = 0;
    while (i < a_len && i < b_len && a[i] == b[i])
        i++;
    return i;
}

/* Where the component that begins at `start` has its lowered name's end. */
static size_t name_end(const unsigned char *key, size_t len, size_t start)
{
    while (start < len && key[start] != RECENT_KEY_CASE && key[start] != RECENT_KEY_NEXT)
        start++;
    return start;
}

static size_t component_end(const unsigned char *key, size_t len, size_t start)
{
    while (start < len && key[start] != RECENT_KEY_NEXT)
        start++;
    return start;
}

/* Length of the first whole name of last that `key` goes on from, in another name; SIZE_MAX: none. */
static size_t find_beginning(const struct buf *last, size_t common)
{
    for (size_t start = 0; start < last->len;) {
        size_t name = name_end(last->data, last->len, start), end = component_end(last->data, last->len, name);
        if (common > end) { /* the same component, its end included */
            start = end + 1;
            continue;
        }
        return common >= name ? name : SIZE_MAX;
    }
    return SIZE_MAX;
}

int recent_part_next(struct recent_part *p, struct w_bytes key, bool *apart, struct hz_error *err)
{
    size_t common = common_length(p->last.data, p->last.len, key.data, key.len);
    if (common < p->bound) /* nothing behind this has that beginning any more: keys ascend */
        p->bound = SIZE_MAX;
    size_t beginning = find_beginning(&p->last, common);
    if (beginning < p->bound)
        p->bound = beginning;
    *apart = p->bound == SIZE_MAX;
    buf_reset(&p->last);
    buf_put(&p->last, key.data, key.len);
    return buf_check(&p->last, err);
}
