#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

int escape_html(struct buf *out, const void *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf inert = BUF_INIT(4 * len + 1);

    if (escape_terminal(&inert, bytes, len) != HZ_OK)
        return out->failed = inert.failed;
    for (size_t i = 0; i < inert.len; i++) {
        switch (inert.data[i]) {
        case '&':
            buf_puts(out, "&amp;");
            break;
        case '<':
            buf_puts(out, "&lt;");
            break;
        case '>':
            buf_puts(out, "&gt;");
            break;
        case '"':
            buf_puts(out, "&quot;");
            break;
        case '\'':
            buf_puts(out, "&#39;");
            break;
        default:
            buf_putc(out, (char)inert.data[i]);
        }
    }
    return out->failed;
}
