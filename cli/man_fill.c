#include <stdbool.h>
#include <string.h>

#include "base/width.h"
#include "cli/man.h"

/* Not a macro line and not empty. */
static bool is_text(const char *line)
{
    return strchr(".'\n", line[0]) == NULL;
}

static bool is_wide(const char *p)
{
    size_t bytes;

    return width_char(p, &bytes) == 2;
}

/* A macro whose words continue the sentence. */
static bool is_inline(const char *line)
{
    static const char *const macros[] = { ".Ar ", ".Cm ", ".Em ", ".Ev ", ".Fl ", ".Nm", ".Pa ", ".Sq ", ".Xr " };

    for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++)
        if (strncmp(line, macros[i], strlen(macros[i])) == 0)
            return true;
    return false;
}

/* A mark that has its own blank. */
static bool is_mark(const char *p)
{
    return strncmp(p, "。", 3) == 0 || strncmp(p, "、", 3) == 0;
}

/* The text line at p and those that join it; no word is hyphenated. Returns what follows. */
static const char *fill(FILE *stream, const char *p)
{
    const char *next;
    size_t bytes;
    bool begin = true;

    for (; *p != '\0'; p = next) {
        width_char(p, &bytes);
        if (begin && *p != ' ' && *p != '\n')
            fputs("\\%", stream);
        begin = *p == ' ';
        fprintf(stream, "%.*s", (int)bytes, p);
        next = p + bytes;
        if (*p == '\n')
            return next;
        if (*next == '\n' && is_wide(p) && is_text(next + 1) && (is_mark(p) || is_wide(next + 1)))
            next++;
        if (*next == '\n' && is_mark(p) && is_inline(next + 1))
            fputs("\\c", stream);
        if (strchr(" \n", *p) == NULL && strchr(" \n", *next) == NULL && width_may_break(p, next))
            fputs("\\:", stream);
    }
    return p;
}

void man_fill(FILE *stream, const char *page)
{
    size_t len;

    for (const char *p = page; *p != '\0';) {
        if (is_text(p)) {
            p = fill(stream, p);
            continue;
        }
        len = strcspn(p, "\n");
        len += p[len] == '\n';
        fprintf(stream, "%.*s", (int)len, p);
        p += len;
    }
}
