#include "verify/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/text.h"

#define FIELD 15

static const unsigned char lead_bits[5] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };

static uint32_t point_at(const unsigned char *p, size_t n)
{
    uint32_t point = *p & lead_bits[n];
    size_t i;

    for (i = 1; i < n; i++)
        point = point << 6 | (p[i] & 0x3f);
    return point;
}

/* Wide and full-width letters of Unicode's EastAsianWidth, in the blocks that fonts of terminals draw so */
static bool is_wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0x303e) || (c >= 0x3041 && c <= 0xa4cf) ||
           (c >= 0xa960 && c <= 0xa97c) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || (c >= 0xffe0 && c <= 0xffe6) ||
           (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

/* Punctuation that does not begin a line in Japanese */
static bool clings(uint32_t c)
{
    return c == 0x3001 || c == 0x3002 || c == 0x300d || c == 0xff09 || c == 0x30fc;
}

/* Length of the piece at p that is not broken, and its columns */
static size_t piece_at(const unsigned char *p, size_t len, unsigned *columns)
{
    size_t at = 0;

    *columns = 0;
    while (at < len) {
        size_t n = text_utf8_sequence(p + at, len - at);
        uint32_t point = n ? point_at(p + at, n) : 0;
        bool wide = is_wide(point);

        if (at && (p[at] == ' ' || (wide && !clings(point))))
            break;
        at += n ? n : 1;
        *columns += wide ? 2 : 1;
        if (wide && at < len) {
            n = text_utf8_sequence(p + at, len - at);
            if (!n || !clings(point_at(p + at, n)))
                break;
        }
    }
    return at;
}

unsigned wrap_width(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t len = strlen(text), used;
    unsigned total = 0, columns;

    for (; len; p += used, len -= used) {
        used = piece_at(p, len, &columns);
        total += columns;
    }
    return total;
}

void wrap_print(FILE *stream, unsigned column, unsigned indent, const char *text)
{
    HZ_CLEANUP(buf_free) struct buf safe = BUF_INIT((size_t)1024 * 1024);
    const unsigned char *p;
    size_t len, used;

    escape_terminal(&safe, text, strlen(text));
    p = safe.data;
    for (len = safe.len; len; p += used, len -= used) {
        unsigned columns;

        used = piece_at(p, len, &columns);
        if (column + columns > WRAP_COLUMNS && column > indent) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
            while (*p == ' ' && used) {
                p++;
                used--;
                len--;
                columns--;
            }
        }
        fwrite(p, 1, used, stream);
        column += columns;
    }
    fputc('\n', stream);
}

void wrap_field(FILE *stream, const char *label, const char *text)
{
    unsigned width = wrap_width(label) + 1;
    int blanks = width < FIELD ? (int)(FIELD - width) : 1;

    if (!text)
        return;
    fprintf(stream, "%s:%*s", label, blanks, "");
    wrap_print(stream, width + (unsigned)blanks, FIELD, text);
}
