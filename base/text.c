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

/* What four characters stand for, as 24 bits; above them where one is none of the alphabet. */
static uint32_t base64_group(const char *four)
{
    static const unsigned char above[256] = {
        ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
        ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
        ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
        ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
        ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
        ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
        ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
        ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64
    };
    uint32_t group = 0, none = 0; /* no branch for each character */
    for (size_t i = 0; i < 4; i++) {
        uint32_t value = above[(unsigned char)four[i]];
        none |= value - 1;
        group = group << 6 | ((value - 1) & 63);
    }
    return none > 63 ? UINT32_MAX : group;
}

/* Bytes that the characters stand for, which are at most three times a quarter; SIZE_MAX when they are not canonical.
 * Padding is legal in the last group only, and the bits that it leaves over are 0. */
static size_t base64_decode(unsigned char *out, const char *text, size_t len)
{
    size_t pad = len >= 4 && text[len - 1] == '=' ? 1U + (text[len - 2] == '=') : 0, full = pad > 0 ? len - 4 : len;
    size_t at = 0;
    for (size_t i = 0; i < full; i += 4, at += 3) {
        uint32_t group = base64_group(text + i);
        if (group > 0xffffff)
            return SIZE_MAX;
        if (out != NULL)
            memcpy(
                out + at,
                (unsigned char[3]) { (unsigned char)(group >> 16), (unsigned char)(group >> 8), (unsigned char)group },
                3);
    }
    if (pad == 0)
        return at;
    char four[4] = { text[full], text[full + 1], pad == 1 ? text[full + 2] : 'A', 'A' };
    uint32_t group = base64_group(four);
    if (group > 0xffffff || (group & (pad == 1 ? 0xff : 0xffff)) != 0)
        return SIZE_MAX;
    if (out != NULL)
        memcpy(out + at, (unsigned char[2]) { (unsigned char)(group >> 16), (unsigned char)(group >> 8) }, 3 - pad);
    return at + 3 - pad;
}

bool text_is_base64(const char *text, size_t len)
{
    return len % 4 == 0 && base64_decode(NULL, text, len) != SIZE_MAX;
}

int text_unbase64(struct buf *out, const char *text, size_t len)
{
    size_t before = out->len, size = len / 4 * 3;
    if (len % 4 != 0)
        return HZ_E_FORMAT;
    if (len >= 4)
        size -= text[len - 1] == '=' ? 1U + (text[len - 2] == '=') : 0;
    unsigned char *room = buf_grow(out, size);
    if (room == NULL)
        return text_is_base64(text, len) ? out->failed : HZ_E_FORMAT;
    if (base64_decode(room, text, len) != SIZE_MAX)
        return HZ_OK;
    out->len = before;
    return HZ_E_FORMAT;
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
