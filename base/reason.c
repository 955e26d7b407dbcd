#include "base/reason.h"

#include <string.h>

#include "base/lang.h"

/* Behind the next ": ", or NULL. */
static const char *next_part(const char *text)
{
    const char *colon = strstr(text, ": ");
    return colon == NULL ? NULL : colon + 2;
}

int reason_put(struct buf *out, const char *reason, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf copy = BUF_INIT(len + 1);
    buf_put(&copy, reason, len);
    const char *text = buf_text(&copy);
    if (text == NULL || strlen(text) != len)
        return buf_put(out, reason, len);
    for (const char *part = text; part != NULL; part = next_part(part)) {
        const char *said = lang_text(part);
        if (said == part)
            continue;
        buf_put(out, text, (size_t)(part - text));
        return buf_puts(out, said);
    }
    return buf_put(out, reason, len);
}
