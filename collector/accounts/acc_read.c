#include "collector/accounts/acc_read.h"

#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/num.h"
#include "collector/look.h"

#define STEP ((size_t)32 << 10)

static int read_all(int fd, struct buf *out, bool *more, struct hz_error *err)
{
    unsigned char bytes[STEP];
    size_t got = 1;
    int rc = HZ_OK;
    *more = false;
    while (rc == HZ_OK && got > 0 && !*more) {
        rc = io_read_some(fd, bytes, sizeof bytes, &got, err);
        if (rc != HZ_OK)
            return rc;
        size_t taken = got < out->limit - out->len ? got : out->limit - out->len;
        *more = taken < got;
        if (buf_put(out, bytes, taken) != HZ_OK)
            rc = buf_check(out, err);
    }
    return rc;
}

int acc_read(int root, const char *path, struct buf *out, bool *more, struct statx *st, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = look_open(root, path, &fd, err);
    if (rc == HZ_OK && st != NULL)
        rc = io_statx(fd, st, err);
    return rc == HZ_OK ? read_all(fd, out, more, err) : rc;
}

struct acc_lines acc_lines_of(const struct buf *text)
{
    const char *at = text->len == 0 ? "" : (const char *)text->data;
    return (struct acc_lines) { at, at + text->len, 0 };
}

bool acc_line(struct acc_lines *l, struct w_bytes *out)
{
    if (l->at == l->end)
        return false;
    const char *newline = memchr(l->at, '\n', (size_t)(l->end - l->at));
    *out = (struct w_bytes) { l->at, (size_t)((newline == NULL ? l->end : newline) - l->at) };
    l->at = newline == NULL ? l->end : newline + 1;
    l->number++;
    return true;
}

size_t acc_fields(struct w_bytes line, char separator, struct w_bytes *out, size_t max)
{
    const char *at = line.data, *end = at + line.len;
    for (size_t n = 0;; n++) {
        const char *stop = n + 1 == max ? NULL : memchr(at, separator, (size_t)(end - at));
        out[n] = (struct w_bytes) { at, (size_t)((stop == NULL ? end : stop) - at) };
        if (stop == NULL)
            return n + 1;
        at = stop + 1;
    }
}

bool acc_number(struct w_bytes field, uint64_t max, uint64_t *out)
{
    return num_parse_u64(field.data, field.len, max, out) == HZ_OK;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct w_bytes acc_trim(struct w_bytes field)
{
    const char *p = field.data;
    while (field.len > 0 && is_blank(*p)) {
        p++;
        field.len--;
    }
    return (struct w_bytes) { p, field.len };
}

bool acc_id(struct w_bytes field, uint32_t *out)
{
    const struct w_bytes trimmed = acc_trim(field);
    const char *p = trimmed.data, *end = p + trimmed.len;
    bool negative = p < end && *p == '-';
    uint64_t value = 0;
    p += p < end && (*p == '-' || *p == '+');
    while (end - p > 1 && *p == '0')
        p++;
    if (num_parse_u64(p, (size_t)(end - p), UINT32_MAX, &value) != HZ_OK || (negative && value != 0))
        return false;
    *out = (uint32_t)value;
    return true;
}

bool acc_is(struct w_bytes field, const char *text)
{
    return field.len == strlen(text) && memcmp(field.data, text, field.len) == 0;
}
