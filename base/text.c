#include "base/text.h"

#include <endian.h>
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

/* How many of the bytes are whole words of ASCII that is seen: 0x20 to 0x7e. A byte below 0x20 borrows into its top
 * bit, one of 0x7f carries into it. */
static size_t seen_words(const char *text, size_t len)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    size_t i = 0;
    for (uint64_t word; len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, text + i, sizeof word);
        if (((word | (word - each * 0x20) | (word + each)) & each * 0x80) != 0)
            break;
    }
    return i;
}

bool text_is_line(const char *text, size_t max)
{
    size_t len = strnlen(text, max + 1), seen = seen_words(text, len);
    if (len == 0 || len > max || text[0] == ' ' || text[len - 1] == ' ' || !text_is_utf8(text + seen, len - seen))
        return false;
    for (size_t i = seen; i < len; i++) {
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

static char *put_group(char *at, uint32_t group)
{
    *at++ = base64_digits[group >> 18];
    *at++ = base64_digits[group >> 12 & 63];
    *at++ = base64_digits[group >> 6 & 63];
    *at++ = base64_digits[group & 63];
    return at;
}

int text_base64(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    size_t rest = len % 3, size = (len / 3 + (rest > 0)) * 4;
    char *at = buf_room(out, size);
    if (at == NULL)
        return out->failed;
    for (size_t left = len / 3; left > 0; left--, p += 3)
        at = put_group(at, (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]);
    if (rest > 0) {
        at = put_group(at, (uint32_t)p[0] << 16 | (rest > 1 ? (uint32_t)p[1] << 8 : 0));
        memset(at - (3 - rest), '=', 3 - rest);
    }
    out->len += size;
    return HZ_OK;
}

/* What a character stands for at each of the four places of a group, and above these 24 bits one for its place. */
#define DIGIT(value, place) (((uint32_t)(value) << (18 - 6 * (place))) | (UINT32_C(1) << (24 + (place))))
#define DIGITS(p)                                                                                                      \
    {                                                                                                                  \
        ['A'] = DIGIT(0, p), ['B'] = DIGIT(1, p), ['C'] = DIGIT(2, p), ['D'] = DIGIT(3, p), ['E'] = DIGIT(4, p),       \
        ['F'] = DIGIT(5, p), ['G'] = DIGIT(6, p), ['H'] = DIGIT(7, p), ['I'] = DIGIT(8, p), ['J'] = DIGIT(9, p),       \
        ['K'] = DIGIT(10, p), ['L'] = DIGIT(11, p), ['M'] = DIGIT(12, p), ['N'] = DIGIT(13, p), ['O'] = DIGIT(14, p),  \
        ['P'] = DIGIT(15, p), ['Q'] = DIGIT(16, p), ['R'] = DIGIT(17, p), ['S'] = DIGIT(18, p), ['T'] = DIGIT(19, p),  \
        ['U'] = DIGIT(20, p), ['V'] = DIGIT(21, p), ['W'] = DIGIT(22, p), ['X'] = DIGIT(23, p), ['Y'] = DIGIT(24, p),  \
        ['Z'] = DIGIT(25, p), ['a'] = DIGIT(26, p), ['b'] = DIGIT(27, p), ['c'] = DIGIT(28, p), ['d'] = DIGIT(29, p),  \
        ['e'] = DIGIT(30, p), ['f'] = DIGIT(31, p), ['g'] = DIGIT(32, p), ['h'] = DIGIT(33, p), ['i'] = DIGIT(34, p),  \
        ['j'] = DIGIT(35, p), ['k'] = DIGIT(36, p), ['l'] = DIGIT(37, p), ['m'] = DIGIT(38, p), ['n'] = DIGIT(39, p),  \
        ['o'] = DIGIT(40, p), ['p'] = DIGIT(41, p), ['q'] = DIGIT(42, p), ['r'] = DIGIT(43, p), ['s'] = DIGIT(44, p),  \
        ['t'] = DIGIT(45, p), ['u'] = DIGIT(46, p), ['v'] = DIGIT(47, p), ['w'] = DIGIT(48, p), ['x'] = DIGIT(49, p),  \
        ['y'] = DIGIT(50, p), ['z'] = DIGIT(51, p), ['0'] = DIGIT(52, p), ['1'] = DIGIT(53, p), ['2'] = DIGIT(54, p),  \
        ['3'] = DIGIT(55, p), ['4'] = DIGIT(56, p), ['5'] = DIGIT(57, p), ['6'] = DIGIT(58, p), ['7'] = DIGIT(59, p),  \
        ['8'] = DIGIT(60, p), ['9'] = DIGIT(61, p), ['+'] = DIGIT(62, p), ['/'] = DIGIT(63, p)                         \
    }
static const uint32_t base64_values[4][256] = { DIGITS(0), DIGITS(1), DIGITS(2), DIGITS(3) };

/* What four characters stand for, in 24 bits, and above these one for each that is of the alphabet. */
static inline uint32_t base64_group(const char *four)
{
    return base64_values[0][(unsigned char)four[0]] | base64_values[1][(unsigned char)four[1]] |
           base64_values[2][(unsigned char)four[2]] | base64_values[3][(unsigned char)four[3]];
}

#define ALL_FOUR UINT32_C(0x0f000000)

/* All groups but the last; false where a character is not of the alphabet. Four bytes are written at a time: the last
 * is in the place of the group that follows. */
static bool base64_groups(unsigned char *out, const char *text, size_t len)
{
    uint32_t all = ALL_FOUR;
    for (size_t i = 0, at = 0; i + 4 < len; i += 4, at += 3) {
        uint32_t group = base64_group(text + i), bytes = htobe32(group << 8);
        all &= group;
        if (out != NULL)
            memcpy(out + at, &bytes, sizeof bytes);
    }
    return all == ALL_FOUR;
}

/* Bytes that the characters stand for, which are at most three times a quarter; SIZE_MAX when they are not canonical.
 * Padding is legal in the last group only, and the bits that it leaves over are 0. */
static size_t base64_decode(unsigned char *out, const char *text, size_t len)
{
    if (len == 0)
        return 0;
    size_t pad = text[len - 1] == '=' ? 1U + (text[len - 2] == '=') : 0, last = len - 4, at = last / 4 * 3;
    char four[4] = { text[last], text[last + 1], pad == 2 ? 'A' : text[last + 2], pad > 0 ? 'A' : text[last + 3] };
    uint32_t group = base64_group(four), left = pad == 2 ? 0xffff : pad == 1 ? 0xff : 0;
    if (!base64_groups(out, text, len) || (group & ALL_FOUR) != ALL_FOUR || (group & left) != 0)
        return SIZE_MAX;
    if (out != NULL)
        memcpy(out + at,
               (unsigned char[3]) { (unsigned char)(group >> 16), (unsigned char)(group >> 8), (unsigned char)group },
               3 - pad);
    return at + 3 - pad;
}

bool text_is_base64(const char *text, size_t len)
{
    return len % 4 == 0 && base64_decode(NULL, text, len) != SIZE_MAX;
}

int text_unbase64(struct buf *out, const char *text, size_t len)
{
    size_t size = len / 4 * 3;
    if (len % 4 != 0)
        return HZ_E_FORMAT;
    if (len >= 4)
        size -= text[len - 1] == '=' ? 1U + (text[len - 2] == '=') : 0;
    char *room = buf_room(out, size);
    if (room == NULL)
        return text_is_base64(text, len) ? out->failed : HZ_E_FORMAT;
    if (base64_decode((unsigned char *)room, text, len) == SIZE_MAX)
        return HZ_E_FORMAT;
    out->len += size;
    return HZ_OK;
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
