#include "verify/wrap.h"

#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/width.h"

#define FIELD 15

void wrap_print(FILE *stream, unsigned column, unsigned indent, const char *text)
{
    HZ_CLEANUP(buf_free) struct buf safe = BUF_INIT((size_t)1024 * 1024);
    const char *inert;

    escape_terminal(&safe, text, strlen(text));
    inert = buf_text(&safe);
    width_wrap(stream, inert == NULL ? "" : inert, column, indent, WRAP_COLUMNS);
}

void wrap_field(FILE *stream, const char *label, const char *text)
{
    unsigned width = width_text(label) + 1;
    int blanks = width < FIELD ? (int)(FIELD - width) : 1;

    if (!text)
        return;
    fprintf(stream, "%s:%*s", label, blanks, "");
    wrap_print(stream, width + (unsigned)blanks, FIELD, text);
}
