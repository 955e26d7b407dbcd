#include "cli/complete.h"

#include <string.h>

const char *complete_function(const char *program, char *out, size_t size)
{
    snprintf(out, size, "_%s", program);
    for (char *p = out; *p != '\0'; p++)
        if (*p == '-')
            *p = '_';
    return out;
}

void complete_quoted(FILE *stream, const char *text, const char *quote, const char *also)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs(quote, stream);
        else
            fprintf(stream, "%s%c", strchr(also, *text) != NULL ? "\\" : "", *text);
    }
}
