#include "base/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

struct range {
    uint32_t first, last;
};

/* What prints nothing or moves what prints: controls, separators, format characters (Unicode general categories Cc, Cf,
 * Zl, Zp), default-ignorable code points and noncharacters. Ascending. */
static const struct range inert[] = {
    { 0x0000, 0x001F },   { 0x007F, 0x009F },   { 0x00AD, 0x00AD },   { 0x034F, 0x034F },   { 0x0600, 0x0605 },
    { 0x061C, 0x061C },   { 0x06DD, 0x06DD },   { 0x070F, 0x070F },   { 0x0890, 0x0891 },   { 0x08E2, 0x08E2 },
    { 0x115F, 0x1160 },   { 0x17B4, 0x17B5 },   { 0x180B, 0x180F },   { 0x200B, 0x200F },   { 0x2028, 0x202E },
    { 0x2060, 0x206F },   { 0x3164, 0x3164 },   { 0xFDD0, 0xFDEF },   { 0xFE00, 0xFE0F },   { 0xFEFF, 0xFEFF },
    { 0xFFA0, 0xFFA0 },   { 0xFFF0, 0xFFFB },   { 0xFFFE, 0xFFFF },   { 0x110BD, 0x110BD }, { 0x110CD, 0x110CD },
    { 0x13430, 0x1345F }, { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A }, { 0xE0000, 0xE0FFF }
};

static bool is_inert(uint32_t point)
{
    if ((point & 0xFFFE) == 0xFFFE) /* the last two of every plane are noncharacters */
        return true;
    for (size_t i = 0; i < sizeof inert / sizeof inert[0] && inert[i].first <= point; i++) {
        if (point <= inert[i].last)
            return true;
    }
    return false;
}

static uint32_t code_point(const unsigned char *p, size_t len)
{
    static const unsigned char lead[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
    uint32_t point = p[0] & lead[len];
    for (size_t i = 1; i < len; i++)
        point = point << 6 | (p[i] & 0x3F);
    return point;
}

/* Length of what may pass as it is at p, 0 when the first byte must be escaped; *len tells how many bytes belong. */
static bool passes(const unsigned char *p, size_t left, size_t *len)
{
    size_t step = text_utf8_sequence(p, left);
    *len = step == 0 ? 1 : step;
    return step > 0 && p[0] != '\\' && !is_inert(code_point(p, step));
}

int escape_terminal(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = 0, step; i < len; i += step) {
        if (passes(p + i, len - i, &step)) {
            buf_put(out, p + i, step);
            continue;
        }
        if (p[i] == '\\')
            buf_puts(out, "\\\\");
        for (size_t k = 0; p[i] != '\\' && k < step; k++)
            buf_printf(out, "\\x%02x", p[i + k]);
    }
    return out->failed;
}

/* The byte that the escape at p stands for, and how long it is; 0: it is none. */
static size_t escaped(const char *p, unsigned char *byte)
{
    if (p[1] == '\\') {
        *byte = '\\';
        return 2;
    }
    return p[1] == 'x' && strnlen(p, 4) == 4 && text_unhex(byte, 1, p + 2, 2) == HZ_OK ? 4 : 0;
}

int escape_terminal_back(struct buf *out, const char *text)
{
    HZ_CLEANUP(buf_free) struct buf again = BUF_INIT(strlen(text) + 1);
    size_t begin = out->len, step;
    if (strchr(text, '\\') == NULL)
        return HZ_E_FORMAT;
    for (const char *p = text; *p != '\0'; p += step) {
        unsigned char byte = (unsigned char)*p;
        step = *p == '\\' ? escaped(p, &byte) : 1;
        if (step == 0)
            return HZ_E_FORMAT;
        buf_put(out, &byte, 1);
    }
    if (out->failed != HZ_OK || escape_terminal(&again, out->data + begin, out->len - begin) == HZ_E_NOMEM)
        return out->failed != HZ_OK ? out->failed : HZ_E_NOMEM;
    return again.len == strlen(text) && memcmp(again.data, text, again.len) == 0 ? HZ_OK : HZ_E_FORMAT;
}

void escape_print_n(FILE *stream, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = 0, step; i < len; i += step) { /* piece by piece: nothing here can run out of memory */
        unsigned char room[32];
        struct buf piece = BUF_INIT(sizeof room - 1);
        piece.data = room;
        piece.capacity = sizeof room;
        passes(p + i, len - i, &step);
        escape_terminal(&piece, p + i, step);
        fwrite(room, 1, piece.len, stream);
    }
}

void escape_print(FILE *stream, const char *text)
{
    escape_print_n(stream, text, strlen(text));
}
