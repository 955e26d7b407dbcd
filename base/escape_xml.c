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
        return "&apos;";
    default:
        return NULL;
    }
}

int escape_xml(struct buf *out, const void *bytes, size_t len, bool *exact)
{
    HZ_CLEANUP(buf_free) struct buf inert = BUF_INIT(4 * len + 1);
    const unsigned char *p = bytes;
    size_t doubled = 0;

    if (escape_terminal(&inert, bytes, len) != HZ_OK)
        return out->failed = inert.failed;
    for (size_t i = 0; i < len; i++)
        doubled += p[i] == '\\';
    *exact = inert.len == len + doubled;
    if (!*exact) {
        p = inert.data;
        len = inert.len;
    }
    for (size_t i = 0; i < len; i++) {
        if (entity(p[i]))
            buf_puts(out, entity(p[i]));
        else
            buf_putc(out, (char)p[i]);
    }
    return out->failed;
}
