#include "base/buf.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"

void buf_init(struct buf *b, size_t limit)
{
    *b = (struct buf)BUF_INIT(limit);
}

void buf_free(struct buf *b)
{
    if (b == NULL)
        return;
    free(b->data);
    buf_init(b, b->limit);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->failed = HZ_OK;
}

static int grow(struct buf *b, size_t more)
{
    if (b->limit < b->len || more > b->limit - b->len || b->len + more == SIZE_MAX)
        return b->failed = HZ_E_LIMIT;
    size_t need = b->len + more + 1, capacity = b->capacity < 64 ? 64 : b->capacity;
    if (need <= b->capacity)
        return HZ_OK;
    while (capacity < need)
        capacity = capacity > SIZE_MAX / 2 ? need : capacity * 2;
    unsigned char *data = realloc(b->data, capacity);
    if (data == NULL)
        return b->failed = HZ_E_NOMEM;
    b->data = data;
    b->capacity = capacity;
    return HZ_OK;
}

/* Makes room for `more` bytes behind len, and for the NUL that buf_text may add. */
static inline int reserve(struct buf *b, size_t more)
{
    if (b->failed != HZ_OK)
        return b->failed;
    bool there = b->len <= b->limit && more <= b->limit - b->len && more < b->capacity - b->len;
    return there ? HZ_OK : grow(b, more);
}

int buf_put(struct buf *b, const void *bytes, size_t len)
{
    if (reserve(b, len) != HZ_OK)
        return b->failed;
    if (len > 0)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
    return HZ_OK;
}

int buf_puts(struct buf *b, const char *text)
{
    return buf_put(b, text, strlen(text));
}

int buf_putc(struct buf *b, char c)
{
    if (reserve(b, 1) != HZ_OK)
        return b->failed;
    b->data[b->len++] = (unsigned char)c;
    return HZ_OK;
}

int buf_decimal(struct buf *b, uint64_t value)
{
    char digits[NUM_DECIMAL];
    const char *at = num_decimal(digits, value);
    return buf_put(b, at, (size_t)(digits + sizeof digits - at));
}

int buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        return b->failed != HZ_OK ? b->failed : (b->failed = HZ_E_NOMEM);
    if (reserve(b, (size_t)len) != HZ_OK)
        return b->failed;
    va_start(args, format);
    vsnprintf((char *)b->data + b->len, (size_t)len + 1, format, args);
    va_end(args);
    b->len += (size_t)len;
    return HZ_OK;
}

unsigned char *buf_grow(struct buf *b, size_t len)
{
    if (reserve(b, len) != HZ_OK)
        return NULL;
    unsigned char *start = b->data + b->len;
    memset(start, 0, len);
    b->len += len;
    return start;
}

char *buf_room(struct buf *b, size_t len)
{
    return reserve(b, len) == HZ_OK ? (char *)b->data + b->len : NULL;
}

const char *buf_text(struct buf *b)
{
    if (reserve(b, 0) != HZ_OK)
        return NULL;
    b->data[b->len] = '\0';
    return (const char *)b->data;
}

int buf_check(const struct buf *b, struct hz_error *err)
{
    if (b->failed == HZ_OK)
        return HZ_OK;
    if (b->failed == HZ_E_LIMIT)
        return hz_error_set(err, HZ_E_LIMIT, _("more than %zu bytes"), b->limit);
    return hz_error_set(err, b->failed, _("out of memory"));
}
