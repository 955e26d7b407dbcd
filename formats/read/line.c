#include "formats/read/line.h"

#include <string.h>

void r_line_begin(struct r_line *l, size_t limit)
{
    buf_reset(&l->part);
    l->part.limit = limit;
    l->limit = limit;
    l->number = 0;
    l->offset = 0;
    l->too_long = false;
}

static int give(struct r_line *l, const char *line, size_t len, r_line_take *take, void *context, struct hz_error *err)
{
    uint64_t offset = l->offset;

    l->number++;
    l->offset += len + 1;
    return take(context, line, len, l->number, offset, err);
}

int r_line_put(struct r_line *l, const void *bytes, size_t len, r_line_take *take, void *context, struct hz_error *err)
{
    const char *p = bytes, *end = p + len;

    while (p < end && !l->too_long) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t n = (size_t)((newline ? newline : end) - p);
        int code = HZ_OK;

        if (n > l->limit - l->part.len) {
            l->too_long = true;
            return HZ_OK;
        }
        if ((l->part.len || !newline) && buf_put(&l->part, p, n))
            return buf_check(&l->part, err);
        if (newline && l->part.len)
            code = give(l, (const char *)l->part.data, l->part.len, take, context, err);
        else if (newline)
            code = give(l, p, n, take, context, err);
        if (code)
            return code;
        if (newline)
            buf_reset(&l->part);
        p += n + (newline != NULL);
    }
    return HZ_OK;
}

bool r_line_whole(const struct r_line *l)
{
    return !l->part.len && !l->too_long;
}

void r_line_free(struct r_line *l)
{
    buf_free(&l->part);
}
