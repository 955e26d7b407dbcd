#include "base/escape.h"

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
    return escape_entities(out, p, len);
}
