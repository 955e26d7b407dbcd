#include "base/width.h"

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

/* Words in katakana are hard to read in two parts. */
static bool is_katakana(const char *p, size_t bytes)
{
    uint32_t c = bytes == 3 ? decode((const unsigned char *)p, bytes) : 0;

    return c >= 0x30a1 && c <= 0x30ff;
}

bool width_may_break(const char *left, const char *right)
{
    static const char closing[] = "、。，．）」』】〉》〕］・：；？！ー々…ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.;:?!)]";
    static const char opening[] = "（「『【〈《〔［([";
    size_t before, after;
    unsigned first = width_char(left, &before), second = width_char(right, &after);

    return (first == 2 || second == 2) && second > 0 && !one_of(closing, right, after) &&
           !one_of(opening, left, before) && !(is_katakana(left, before) && is_katakana(right, after));
}

/* Length of the piece at p that must stay on one line: up to the next blank, or to a place between two characters where
 * a line may end. */
static size_t piece(const char *p, unsigned *columns)
{
    size_t len = 0, bytes;

    *columns = 0;
    for (;;) {
        const char *here = p + len;
        *columns += width_char(here, &bytes);
        len += bytes;
        if (strchr(" \n", p[len]) != NULL || width_may_break(here, p + len))
            return len;
    }
}

static void new_line(FILE *stream, unsigned indent)
{
    fprintf(stream, "\n%*s", (int)indent, "");
}

void width_wrap(FILE *stream, const char *text, unsigned at, unsigned indent, unsigned columns)
{
    unsigned blanks = 0; /* that stood before this piece */
    bool begun = false;  /* something stands on this line */
    unsigned need;
    size_t len;

    for (const char *p = text; *p != '\0'; p += len) {
        if (*p == '\n') {
            len = strspn(p, "\n");
            fputs(len > 1 ? "\n" : "", stream);
            new_line(stream, indent);
            at = indent;
            begun = false;
            blanks = 0;
            continue;
        }
        if (*p == ' ') {
            len = 1;
            blanks += begun;
            continue;
        }
        len = piece(p, &need);
        if ((begun || at > indent) && at + blanks + need > columns) {
            new_line(stream, indent);
            at = indent;
            blanks = 0;
        }
        fprintf(stream, "%*s%.*s", (int)blanks, "", (int)len, p);
        at += blanks + need;
        begun = true;
        blanks = 0;
    }
    fputc('\n', stream);
}
