#include "formats/read/name.h"

#include <stdint.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "formats/read/field.h"
#include "formats/read/hash.h"

#define COMPONENT_MAX 198
#define MAPPED_MAX 180
#define KEPT_MAX 140
#define CUT_SIZE 34  /* "=~" and 32 digits */
#define TWIN_SIZE 18 /* "=@" and 16 digits */

static bool is_alnum(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Stands for itself in a mapped name */
static bool is_plain(unsigned char c)
{
    static const bool plain[256] = {
        ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['.'] = true, ['_'] = true,
        ['+'] = true,         [','] = true,         ['@'] = true,         ['-'] = true,
    };

    return plain[c];
}

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

static bool is_upper_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

static bool is_lower_hex(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f')))
            return false;
    return true;
}

bool r_name_is_item(const char *text, size_t len)
{
    size_t i;

    if (len < 1 || len > R_NAME_ITEM_MAX || !is_alnum((unsigned char)text[0]) || text[len - 1] == '.')
        return false;
    for (i = 1; i < len; i++)
        if (!is_alnum((unsigned char)text[i]) && (!text[i] || !strchr("._-", text[i])))
            return false;
    return true;
}

/* The part before the first dot is a name that Windows keeps for a device */
static bool is_device_name(const unsigned char *c, size_t len)
{
    static const char words[][4] = { "con", "prn", "aux", "nul", "com", "lpt" };
    const unsigned char *dot = memchr(c, '.', len);
    size_t n = dot ? (size_t)(dot - c) : len, i;

    if (n != 3 && n != 4)
        return false;
    for (i = 0; i < 6; i++) {
        bool numbered = i >= 4;
        if (lower(c[0]) != (unsigned char)words[i][0] || lower(c[1]) != (unsigned char)words[i][1] ||
            lower(c[2]) != (unsigned char)words[i][2])
            continue;
        return numbered ? n == 4 && c[3] >= '1' && c[3] <= '9' : n == 3;
    }
    return false;
}

/* Length of what may stand before a final =~ or =@ form: plain bytes and =XX */
static size_t body_length(const char *c, size_t len)
{
    size_t i = 0;

    while (i < len) {
        if (is_plain((unsigned char)c[i]))
            i++;
        else if (c[i] == '=' && len - i >= 3 && is_upper_hex(c[i + 1]) && is_upper_hex(c[i + 2]))
            i += 3;
        else
            break;
    }
    return i;
}

static bool is_component(const char *c, size_t len)
{
    size_t body, rest;

    if (len < 1 || len > COMPONENT_MAX)
        return false;
    body = body_length(c, len);
    rest = len - body;
    if (rest >= CUT_SIZE && memcmp(c + body, "=~", 2) == 0 && is_lower_hex(c + body + 2, CUT_SIZE - 2))
        rest -= CUT_SIZE;
    if (rest && !(rest == TWIN_SIZE && memcmp(c + len - rest, "=@", 2) == 0 &&
                  is_lower_hex(c + len - TWIN_SIZE + 2, TWIN_SIZE - 2)))
        return false;
    rest = len - body;
    return body && c[0] != '-' && (rest || c[len - 1] != '.') && !is_device_name((const unsigned char *)c, len);
}

bool r_name_is_payload(const char *path, size_t len, size_t *source_len)
{
    const char *p = path + 5, *end = path + len, *slash;

    if (len > R_NAME_PATH_MAX || len < 8 || memcmp(path, "data/", 5) != 0)
        return false;
    slash = memchr(p, '/', (size_t)(end - p));
    if (!slash || !r_field_is_word(p, (size_t)(slash - p)))
        return false;
    *source_len = (size_t)(slash - p);
    do {
        p = slash + 1;
        slash = memchr(p, '/', (size_t)(end - p));
        if (!is_component(p, (size_t)((slash ? slash : end) - p)))
            return false;
    } while (slash);
    return true;
}

int r_name_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t i, n = a_len < b_len ? a_len : b_len;

    for (i = 0; i < n; i++) {
        unsigned char x = lower((unsigned char)a[i]), y = lower((unsigned char)b[i]);
        if (x == y)
            continue;
        if (x == '/' || y == '/') /* a component that is a prefix of another is lower */
            return x == '/' ? -1 : 1;
        return x < y ? -1 : 1;
    }
    if (a_len == b_len)
        return 0;
    if (a_len < b_len)
        return b[n] == '/' ? -2 : -1;
    return a[n] == '/' ? 2 : 1;
}

bool r_name_is_origin(const unsigned char *raw, size_t len)
{
    size_t begin, end;

    if (len < 2 || raw[0] != '/' || memchr(raw, 0, len))
        return false;
    for (begin = 1; begin <= len; begin = end + 1) {
        const unsigned char *slash = begin < len ? memchr(raw + begin, '/', len - begin) : NULL;
        size_t n;

        end = slash ? (size_t)(slash - raw) : len;
        n = end - begin;
        if (!n || (n <= 2 && memcmp(raw + begin, "..", n) == 0))
            return false;
    }
    return true;
}

static void put_escape(struct buf *out, unsigned char c)
{
    buf_printf(out, "=%02X", c);
}

/* Rules 1 and 2 */
static int map_bytes(struct buf *out, const unsigned char *c, size_t len)
{
    bool dots = (len == 1 && c[0] == '.') || (len == 2 && c[0] == '.' && c[1] == '.');
    bool device = is_device_name(c, len);
    size_t i;

    for (i = 0; i < len; i++) {
        bool special = dots || (c[i] == '.' && i == len - 1) || (i == 0 && (c[i] == '-' || device));
        if (special || !is_plain(c[i]))
            put_escape(out, c[i]);
        else
            buf_putc(out, (char)c[i]);
    }
    return out->failed;
}

static void put_digest(struct buf *out, const char *mark, size_t digits, const unsigned char *raw, size_t len)
{
    unsigned char digest[R_SHA256_SIZE];
    char hex[R_SHA256_HEX];

    r_hash_sha256(digest, raw, len);
    text_hex(hex, digest, sizeof digest);
    buf_puts(out, mark);
    buf_put(out, hex, digits);
}

int r_name_map(struct buf *out, const unsigned char *component, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf mapped = BUF_INIT(len * 3 + 1);
    size_t keep;

    if (map_bytes(&mapped, component, len)) {
        out->failed = mapped.failed; /* sticks, like any failure of out itself */
        return (int)out->failed;
    }
    if (mapped.len <= MAPPED_MAX)
        return buf_put(out, mapped.data, mapped.len);
    keep = KEPT_MAX;
    if (mapped.data[keep - 1] == '=')
        keep -= 1;
    else if (mapped.data[keep - 2] == '=')
        keep -= 2;
    buf_put(out, mapped.data, keep);
    put_digest(out, "=~", 32, component, len);
    return out->failed;
}

/* The component of raw that begins at begin: its length */
static size_t component_length(const unsigned char *raw, size_t raw_len, size_t begin)
{
    const unsigned char *slash = begin < raw_len ? memchr(raw + begin, '/', raw_len - begin) : NULL;

    return (slash ? (size_t)(slash - raw) : raw_len) - begin;
}

/* Is the component of a payload path, whose form was checked, mapped from bytes that are all plain? Then they are the
 * same: nothing in them is escaped, and a device's name or a dot at the end would not have that form. */
static bool is_same(const char *component, size_t n, const unsigned char *raw, size_t len)
{
    return n == len && n <= MAPPED_MAX && memcmp(component, raw, n) == 0 && !memchr(component, '=', n);
}

/* A component of a path against the mapping of a raw one, with or without a twin suffix; want is for use here */
static int match_mapped(const char *component, size_t n, const unsigned char *raw, size_t len, struct buf *want)
{
    buf_reset(want);
    r_name_map(want, raw, len);
    if (n == want->len + TWIN_SIZE)
        put_digest(want, "=@", 16, raw, len);
    if (want->failed)
        return (int)want->failed;
    return n == want->len && memcmp(component, want->data, n) == 0 ? HZ_OK : HZ_E_INVALID;
}

/* path against the mapped components of raw, each with or without a twin suffix */
static int match_components(const char *path, size_t path_len, const unsigned char *raw, size_t raw_len)
{
    HZ_CLEANUP(buf_free) struct buf want = BUF_INIT(1024);
    const char *end = path + path_len;
    size_t begin, len;
    int code;

    for (begin = 1; begin <= raw_len; begin += len + 1) {
        const char *path_end = memchr(path, '/', (size_t)(end - path));
        size_t n = (size_t)((path_end ? path_end : end) - path);

        len = component_length(raw, raw_len, begin);
        if (!path_end != (begin + len == raw_len))
            return HZ_E_INVALID;
        code = is_same(path, n, raw + begin, len) ? HZ_OK : match_mapped(path, n, raw + begin, len, &want);
        if (code)
            return code;
        path = path_end ? path_end + 1 : end;
    }
    return path == end ? HZ_OK : HZ_E_INVALID;
}

/* A path goes to "long" only when data/<source>/ and its mapped components, with any twin suffixes, exceed the bound */
static int check_needs_long(size_t source_len, const unsigned char *raw, size_t raw_len)
{
    HZ_CLEANUP(buf_free) struct buf mapped = BUF_INIT(1024);
    size_t total = 5 + source_len, begin, len;

    for (begin = 1; begin <= raw_len && total <= R_NAME_PATH_MAX; begin += len + 1) {
        len = component_length(raw, raw_len, begin);
        buf_reset(&mapped);
        if (r_name_map(&mapped, raw + begin, len))
            return (int)mapped.failed;
        total += 1 + mapped.len + TWIN_SIZE;
    }
    return total > R_NAME_PATH_MAX ? HZ_OK : HZ_E_INVALID;
}

static int match_long(const char *rest, size_t len, const unsigned char *raw, size_t raw_len)
{
    const char *slash = memchr(rest, '/', len);
    size_t source_len = slash ? (size_t)(slash - rest) : 0;
    unsigned char digest[R_SHA256_SIZE];
    char hex[R_SHA256_HEX];

    if (!slash || !r_field_is_word(rest, source_len) || len - source_len - 1 != 64)
        return HZ_E_INVALID;
    r_hash_sha256(digest, raw, raw_len);
    text_hex(hex, digest, sizeof digest);
    return memcmp(slash + 1, hex, 64) == 0 ? check_needs_long(source_len, raw, raw_len) : HZ_E_INVALID;
}

int r_name_match(const char *path, size_t path_len, const unsigned char *raw, size_t raw_len)
{
    const char *rest, *slash;
    size_t source_len, left;
    uint64_t inode;

    if (!r_name_is_payload(path, path_len, &source_len) || !r_name_is_origin(raw, raw_len))
        return HZ_E_INVALID;
    rest = path + 5 + source_len + 1;
    left = path_len - 5 - source_len - 1;
    if (source_len == 4 && memcmp(path + 5, "long", 4) == 0)
        return match_long(rest, left, raw, raw_len);
    if (source_len == 2 && memcmp(path + 5, "ns", 2) == 0) {
        slash = memchr(rest, '/', left);
        if (!slash || num_parse_u64(rest, (size_t)(slash - rest), UINT64_MAX, &inode))
            return HZ_E_INVALID;
        left -= (size_t)(slash - rest) + 1;
        rest = slash + 1;
    }
    return match_components(rest, left, raw, raw_len);
}
