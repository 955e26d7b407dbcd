#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static bool continues(const unsigned char *p, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return false;
    }
    return true;
}

/* RFC 3629 section 4; the second byte's range rules out overlong forms, surrogates and what lies above U+10FFFF. */
size_t text_utf8_sequence(const unsigned char *p, size_t len)
{
    if (len == 0)
        return 0;
    if (p[0] < 0x80)
        return 1;
    size_t want = p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4 : 0;
    if (want == 0 || len < want || !continues(p + 1, want - 1))
        return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F))
        return 0;
    if ((p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return want;
}

/* How many of the bytes are whole words of ASCII, which most text is. */
static size_t ascii_words(const unsigned char *p, size_t len)
{
    size_t i = 0;
    for (uint64_t word; len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, p + i, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return i;
}

bool text_is_utf8(const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = ascii_words(p, len), step; i < len; i += step) {
        step = p[i] < 0x80 ? 1 : text_utf8_sequence(p + i, len - i);
        if (step == 0)
            return false;
    }
    return true;
}

int text_to_utf8(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len;) {
        size_t step = text_utf8_sequence(p + i, len - i);
        if (step == 0)
            buf_puts(out, "\xEF\xBF\xBD");
        else
            buf_put(out, p + i, step);
        i += step == 0 ? 1 : step;
    }
    return out->failed;
}

bool text_is_line(const char *text, size_t max)
{
    size_t len = strnlen(text, max + 1);
    if (len == 0 || len > max || text[0] == ' ' || text[len - 1] == ' ' || !text_is_utf8(text, len))
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7F || (c == 0xC2 && (unsigned char)text[i + 1] < 0xA0))
            return false;
    }
    return true;
}

void text_hex(char *out, const unsigned char *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

static int hex_value(char c)
{
    static const signed char above[256] = {
        ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
        ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16
    };
    return above[(unsigned char)c] - 1;
}

int text_unhex(unsigned char *out, size_t len, const char *hex, size_t hex_len)
{
    if (hex_len % 2 != 0 || hex_len / 2 != len)
        return HZ_E_FORMAT;
    int all = 0; /* no branch for each digit: nobody can guess which way it goes */
    for (size_t i = 0; i < hex_len; i++)
        all |= hex_value(hex[i]);
    if (all < 0)
        return HZ_E_FORMAT;
    for (size_t i = 0; i < len; i++)
        out[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
    return HZ_OK;
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int text_base64(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)p[i] << 16;
        group |= have > 1 ? (uint32_t)p[i + 1] << 8 : 0;
        group |= have > 2 ? (uint32_t)p[i + 2] : 0;
        char four[4] = { base64_digits[group >> 18], base64_digits[group >> 12 & 63],
                         have > 1 ? base64_digits[group >> 6 & 63] : '=', have > 2 ? base64_digits[group & 63] : '=' };
        buf_put(out, four, sizeof four);
    }
    return out->failed;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters to 1..3 bytes; 0 when they are no canonical group. Padding is legal in the last group only. */
static size_t base64_group(unsigned char out[3], const char four[4], bool last)
{
    size_t have = last && four[3] == '=' ? (four[2] == '=' ? 1 : 2) : 3;
    uint32_t group = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i <= have ? base64_value(four[i]) : 0;
        if (value < 0)
            return 0;
        group = group << 6 | (uint32_t)value;
    }
    if ((have == 1 && (group & 0xFFFF) != 0) || (have == 2 && (group & 0xFF) != 0))
        return 0;
    out[0] = (unsigned char)(group >> 16);
    out[1] = (unsigned char)(group >> 8 & 0xFF);
    out[2] = (unsigned char)(group & 0xFF);
    return have;
}

int text_unbase64(struct buf *out, const char *text, size_t len)
{
    if (len % 4 != 0)
        return HZ_E_FORMAT;
    size_t before = out->len, used = 0;
    unsigned char bytes[192]; /* some groups at a time */
    for (size_t i = 0; i < len; i += 4) {
        size_t have = base64_group(bytes + used, text + i, i + 4 == len);
        if (have == 0) {
            out->len = before;
            return HZ_E_FORMAT;
        }
        used += have;
        if (used == sizeof bytes || i + 4 == len) {
            buf_put(out, bytes, used);
            used = 0;
        }
    }
    return out->failed;
}

bool text_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strcmp(a, b) == 0;
}

char *text_copy(const char *text)
{
    return text == NULL ? NULL : strdup(text);
}
