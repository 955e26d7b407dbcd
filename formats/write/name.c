#include "formats/write/name.h"

#include <stdint.h>
#include <string.h>

#include "base/lang.h"
#include "formats/write/digest.h"

#define COMPONENT_LONG 180 /* a longer mapping is cut ... */
#define COMPONENT_CUT 140  /* ... to this, and gets "=~" and CUT_DIGITS digits */
#define CUT_DIGITS 32
#define TWIN_DIGITS 16

static bool is_letter(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* The grammar's letters, digits and "._+,@-", as bits. */
static bool is_safe(unsigned char c)
{
    static const uint32_t safe[8] = { 0, 0x03FF7800, 0x87FFFFFF, 0x07FFFFFE };
    return (safe[c >> 5] >> (c & 31) & 1) != 0;
}

static int lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static int put_escape(struct buf *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    char escape[3] = { '=', digits[c >> 4], digits[c & 15] };
    return buf_put(out, escape, sizeof escape);
}

/* Rule 2: does Windows take the part before the first dot for a device? */
static bool is_device(const unsigned char *name, size_t len)
{
    static const char devices[][4] = { "con", "prn", "aux", "nul", "com", "lpt" };
    const unsigned char *dot = memchr(name, '.', len);
    size_t stem = dot != NULL ? (size_t)(dot - name) : len;
    if (stem != 3 && !(stem == 4 && name[3] >= '1' && name[3] <= '9'))
        return false;
    for (size_t i = stem == 3 ? 0 : 4; i < (stem == 3 ? 4 : 6); i++) {
        if (lower(name[0]) == devices[i][0] && lower(name[1]) == devices[i][1] && lower(name[2]) == devices[i][2])
            return true;
    }
    return false;
}

/* How many safe bytes there are before the first other one. */
static size_t safe_length(const unsigned char *raw, size_t len)
{
    size_t i = 0;
    while (i < len && is_safe(raw[i]))
        i++;
    return i;
}

/* Rules 1 and 2. */
static void put_safe(struct buf *out, const unsigned char *raw, size_t len)
{
    bool dots = len == 2 && raw[0] == '.' && raw[1] == '.';
    bool final_dot = raw[len - 1] == '.';
    size_t i = 0, end = final_dot ? len - 1 : len;
    if (end > 0 && (dots || raw[0] == '-' || is_device(raw, len)))
        put_escape(out, raw[i++]);
    while (i < end) {
        size_t safe = safe_length(raw + i, end - i);
        buf_put(out, raw + i, safe);
        i += safe;
        if (i < end)
            put_escape(out, raw[i++]);
    }
    if (final_dot)
        put_escape(out, '.');
}

static int put_digest(struct buf *out, const char *mark, size_t digits, const void *raw, size_t len,
                      struct hz_error *err)
{
    char hex[W_DIGEST_HEX];
    int rc = w_digest_hex_of(raw, len, hex, err);
    if (rc != HZ_OK)
        return rc;
    buf_puts(out, mark);
    buf_put(out, hex, digits);
    return buf_check(out, err);
}

/* Rule 3: the longest prefix of at most COMPONENT_CUT bytes that cuts no escape. */
static int cut_long(struct buf *out, size_t start, const void *raw, size_t len, struct hz_error *err)
{
    size_t end = start + COMPONENT_CUT;
    if (out->data[end - 1] == '=')
        end -= 1;
    else if (out->data[end - 2] == '=')
        end -= 2;
    out->len = end;
    return put_digest(out, "=~", CUT_DIGITS, raw, len, err);
}

int w_name_component(struct buf *out, const void *raw, size_t len, struct hz_error *err)
{
    if (len == 0 || memchr(raw, '/', len) != NULL || memchr(raw, '\0', len) != NULL)
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("a file name is empty or holds '/' or a NUL"));
    size_t start = out->len;
    put_safe(out, raw, len);
    if (out->failed != HZ_OK)
        return buf_check(out, err);
    return out->len - start > COMPONENT_LONG ? cut_long(out, start, raw, len, err) : HZ_OK;
}

int w_name_twin(struct buf *out, const void *raw, size_t len, struct hz_error *err)
{
    return put_digest(out, "=@", TWIN_DIGITS, raw, len, err);
}

static bool is_dots(const char *component, size_t len)
{
    return (len == 1 && component[0] == '.') || (len == 2 && component[0] == '.' && component[1] == '.');
}

int w_name_path(struct buf *out, const char *source, const void *raw, size_t len, struct hz_error *err)
{
    const char *p = raw, *end = p + len;
    if (len < 2 || p[0] != '/')
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("the path of a file is not absolute"));
    buf_puts(out, "data/");
    buf_puts(out, source);
    while (p < end) {
        const char *component = p + 1;
        p = memchr(component, '/', (size_t)(end - component));
        p = p != NULL ? p : end;
        if (is_dots(component, (size_t)(p - component)))
            return hz_error_set(err, HZ_E_FORMAT, "%s", _("the path of a file has a \".\" or \"..\" in it"));
        buf_putc(out, '/');
        int rc = w_name_component(out, component, (size_t)(p - component), err);
        if (rc != HZ_OK)
            return rc;
    }
    return buf_check(out, err);
}

int w_name_long(struct buf *out, const char *source, const void *raw, size_t len, struct hz_error *err)
{
    buf_puts(out, "data/long/");
    buf_puts(out, source);
    return put_digest(out, "/", W_DIGEST_HEX - 1, raw, len, err);
}

/* A component that ends is lower than one that goes on, so the slash sorts below every other byte. */
static int order_of(char c)
{
    return c == '/' ? 0 : 1 + lower((unsigned char)c);
}

/* So many bytes, or fewer than eight more, are the same at the beginning: neighbours in a directory share most. */
static size_t same(const char *a, const char *b, size_t len)
{
    size_t i = 0;
    for (uint64_t x, y; i + sizeof x <= len; i += sizeof x) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        if (x != y)
            break;
    }
    return i;
}

int w_name_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t shorter = a_len < b_len ? a_len : b_len;
    for (size_t i = same(a, b, shorter); i < shorter; i++) {
        int difference = order_of(a[i]) - order_of(b[i]);
        if (difference != 0)
            return difference;
    }
    return (a_len > b_len) - (a_len < b_len);
}

int w_name_raw_compare(const void *a, size_t a_len, const void *b, size_t b_len)
{
    size_t shorter = a_len < b_len ? a_len : b_len;
    int difference = shorter > 0 ? memcmp(a, b, shorter) : 0;
    return difference != 0 ? difference : (a_len > b_len) - (a_len < b_len);
}

bool w_name_is_folder_of(const char *folder, size_t folder_len, const char *path, size_t path_len)
{
    return path_len > folder_len && path[folder_len] == '/' &&
           w_name_compare(folder, folder_len, path, folder_len) == 0;
}

bool w_name_item_valid(const char *item)
{
    size_t len = strlen(item);
    if (len == 0 || len > W_NAME_ITEM_MAX || item[len - 1] == '.')
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)item[i];
        if (!is_letter(c) && !is_digit(c) && (i == 0 || strchr("._-", c) == NULL))
            return false;
    }
    return true;
}

static bool source_valid(const char *source, size_t len)
{
    if (len == 0 || len > 32 || !(source[0] >= 'a' && source[0] <= 'z'))
        return false;
    for (size_t i = 1; i < len; i++) {
        if (!(source[i] >= 'a' && source[i] <= 'z') && !is_digit((unsigned char)source[i]) && source[i] != '-')
            return false;
    }
    return true;
}

bool w_name_source_valid(const char *source)
{
    return source_valid(source, strlen(source));
}

static bool all_in(const char *text, size_t len, const char *set)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\0' || strchr(set, text[i]) == NULL)
            return false;
    }
    return true;
}

/* Length of the suffix "=<mark>" and hex digits at p; 0 when it is not there. */
static size_t suffix_length(const char *p, size_t rest, char mark, size_t digits)
{
    return rest >= 2 + digits && p[0] == '=' && p[1] == mark && all_in(p + 2, digits, "0123456789abcdef") ? 2 + digits
                                                                                                          : 0;
}

/* Length of what begins with '=' at p: an escape, or the suffixes that end the component, behind something; 0 when it
 * is neither. */
static size_t escape_length(const char *p, size_t rest, bool first)
{
    if (rest >= 3 && all_in(p + 1, 2, "0123456789ABCDEF"))
        return 3;
    if (first)
        return 0;
    size_t len = suffix_length(p, rest, '~', CUT_DIGITS);
    len += suffix_length(p + len, rest - len, '@', TWIN_DIGITS);
    return len == rest ? len : 0;
}

static bool component_valid(const char *name, size_t len)
{
    if (len == 0 || len > W_NAME_COMPONENT_MAX || name[0] == '-' || name[len - 1] == '.')
        return false;
    for (size_t i = 0; i < len;) {
        size_t step = name[i] == '=' ? escape_length(name + i, len - i, i == 0) : is_safe((unsigned char)name[i]);
        if (step == 0)
            return false;
        i += step;
    }
    return !is_device((const unsigned char *)name, len);
}

bool w_name_payload_valid(const char *path, size_t len)
{
    const char *end = path + len;
    if (len > W_NAME_PATH_MAX || len < 5 || memcmp(path, "data/", 5) != 0)
        return false;
    const char *source = path + 5;
    const char *p = memchr(source, '/', len - 5);
    if (p == NULL || !source_valid(source, (size_t)(p - source)))
        return false;
    while (p < end) {
        const char *component = p + 1;
        p = memchr(component, '/', (size_t)(end - component));
        p = p != NULL ? p : end;
        if (!component_valid(component, (size_t)(p - component)))
            return false;
    }
    return true;
}
