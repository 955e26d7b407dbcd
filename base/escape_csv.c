#include <string.h>

#include "base/escape.h"

static size_t length_of_any(const unsigned char *p, size_t len, const char *const *words)
{
    for (; *words; words++) {
        size_t n = strlen(*words);

        if (len >= n && memcmp(p, *words, n) == 0)
            return n;
    }
    return 0;
}

/* What makes a spreadsheet take the cell for a formula, and the apostrophe that prevents it */
static bool acts(const unsigned char *p, size_t len)
{
    static const char *const blanks[] = { " ", "\xE3\x80\x80" /* U+3000 */, NULL };
    static const char *const marks[] = { "=",
                                         "+",
                                         "-",
                                         "@",
                                         "'",
                                         "\xEF\xBC\x9D",
                                         "\xEF\xBC\x8B", /* U+FF1D, U+FF0B, */
                                         "\xEF\xBC\x8D",
                                         "\xEF\xBC\xA0", /* U+FF0D, U+FF20: the same in full width */
                                         NULL };
    size_t at = 0, step;

    while ((step = length_of_any(p + at, len - at, blanks)) > 0)
        at += step;
    return length_of_any(p + at, len - at, marks) > 0;
}

int escape_csv(struct buf *out, const void *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf inert = BUF_INIT(4 * len + 1);

    if (escape_terminal(&inert, bytes, len) != HZ_OK)
        return out->failed = inert.failed;
    buf_putc(out, '"');
    if (inert.len && acts(inert.data, inert.len))
        buf_putc(out, '\'');
    for (size_t i = 0; i < inert.len; i++) {
        if (inert.data[i] == '"')
            buf_putc(out, '"');
        buf_putc(out, (char)inert.data[i]);
    }
    return buf_putc(out, '"');
}
