#include "base/escape.h"

static const char *entity(unsigned char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;"; /* &apos; is none in HTML 4 */
    default:
        return NULL;
    }
}

int escape_entities(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < len; i++)
        if (entity(p[i]) != NULL)
            buf_puts(out, entity(p[i]));
        else
            buf_putc(out, (char)p[i]);
    return out->failed;
}

int escape_html(struct buf *out, const void *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf inert = BUF_INIT(4 * len + 1);

    if (escape_terminal(&inert, bytes, len) != HZ_OK)
        return out->failed = inert.failed;
    return escape_entities(out, inert.data, inert.len);
}
