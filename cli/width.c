#include "cli/width.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

struct range {
    uint32_t first, last;
};

/* East_Asian_Width W and F, blocks joined where only unassigned code points lie between. */
static const struct range wide[] = {
    { 0x1100, 0x115f }, { 0x2e80, 0x303e },   { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },   { 0x4e00, 0xa4cf },
    { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff01, 0xff60 },
    { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x2fffd }, { 0x30000, 0x3fffd },
};
static const struct range combining[] = {
    { 0x0300, 0x036f }, { 0x200b, 0x200d }, { 0x20d0, 0x20ff }, { 0x3099, 0x309a }, { 0xfe00, 0xfe0f },
};

static bool within(const struct range *ranges, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* len is the length of a valid sequence, 1 to 4. */
static uint32_t decode(const unsigned char *p, size_t len)
{
    uint32_t c = len == 1 ? p[0] : p[0] & (0x7fu >> len);

    for (size_t i = 1; i < len; i++)
        c = c << 6 | (p[i] & 0x3fu);
    return c;
}

unsigned width_char(const char *p, size_t *bytes)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t len = *p == '\0' ? 0 : text_utf8_sequence(u, strnlen(p, 4));
    uint32_t c;

    *bytes = *p == '\0' ? 0 : len == 0 ? 1 : len;
    if (len == 0)
        return *p == '\0' ? 0 : 1;
    c = decode(u, len);
    if (within(combining, sizeof combining / sizeof combining[0], c))
        return 0;
    return within(wide, sizeof wide / sizeof wide[0], c) ? 2 : 1;
}

unsigned width_text(const char *text)
{
    unsigned columns = 0;
    size_t bytes;

    for (; *text != '\0'; text += bytes)
        columns += width_char(text, &bytes);
    return columns;
}

static bool one_of(const char *marks, const char *p, size_t bytes)
{
    size_t len;

    for (; *marks != '\0'; marks += len) {
        width_char(marks, &len);
        if (len == bytes && memcmp(marks, p, bytes) == 0)
            return true;
    }
    return false;
}

/* Length of the piece at p that must stay on one line: up to the next blank, or, where one side is wide, up to a place
 * where a line may end. */
static size_t piece(const char *p, unsigned *columns)
{
    static const char closing[] = "、。，．）」』】〉》・：；？！ーぁぃぅぇぉっゃゅょァィゥェォッャュョ,.;:)";
    static const char opening[] = "（「『【〈《(";
    size_t len = 0, bytes, after;
    unsigned here, next;

    *columns = 0;
    for (;; len += bytes) {
        here = width_char(p + len, &bytes);
        *columns += here;
        next = width_char(p + len + bytes, &after);
        if (after == 0 || p[len + bytes] == ' ' || p[len + bytes] == '\n')
            return len + bytes;
        if ((here == 2 || next == 2) && !one_of(closing, p + len + bytes, after) && !one_of(opening, p + len, bytes))
            return len + bytes;
    }
}

static void new_line(FILE *stream, unsigned indent)
{
    fprintf(stream, "\n%*s", (int)indent, "");
}

void width_wrap(FILE *stream, const char *text, unsigned at, unsigned indent, unsigned columns)
{
    bool blank = false; /* a blank stood before this piece */
    bool begun = false; /* something stands on this line */
    unsigned need;
    size_t len;

    for (const char *p = text; *p != '\0'; p += len) {
        if (*p == '\n') {
            len = strspn(p, "\n");
            fputs(len > 1 ? "\n" : "", stream);
            new_line(stream, indent);
            at = indent;
            begun = blank = false;
            continue;
        }
        if (*p == ' ') {
            len = 1;
            blank = begun;
            continue;
        }
        len = piece(p, &need);
        if (begun && at + blank + need > columns) {
            new_line(stream, indent);
            at = indent;
            blank = false;
        }
        fprintf(stream, "%s%.*s", blank ? " " : "", (int)len, p);
        at += blank + need;
        begun = true;
        blank = false;
    }
    fputc('\n', stream);
}
