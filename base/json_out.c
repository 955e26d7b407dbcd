#include "base/json_out.h"

#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"

#define JSON_INT_MAX ((INT64_C(1) << 53) - 1)

/* One level only: lines by the million are written, each a few levels deep. */
static void init_level(struct json_out *j, unsigned depth, bool object)
{
    j->depth = depth;
    j->level[depth].object = object;
    j->level[depth].first = true;
    j->level[depth].keyed = false;
    j->level[depth].key[0] = '\0';
}

void json_init(struct json_out *j, struct buf *out)
{
    j->out = out;
    j->wrong = NULL;
    init_level(j, 0, false);
}

static void misuse(struct json_out *j, const char *what)
{
    if (j->wrong == NULL)
        j->wrong = what;
}

/* Before a value: level 0 takes one value, an object takes one per key, an array puts commas. */
static bool begin_value(struct json_out *j)
{
    if (j->wrong == NULL && j->level[j->depth].object && !j->level[j->depth].keyed)
        misuse(j, N_("a value without a key"));
    if (j->wrong == NULL && j->depth == 0 && !j->level[0].first)
        misuse(j, N_("a second value"));
    if (j->wrong != NULL)
        return false;
    if (!j->level[j->depth].object && !j->level[j->depth].first)
        buf_putc(j->out, ',');
    j->level[j->depth].first = false;
    j->level[j->depth].keyed = false;
    return true;
}

static void open_level(struct json_out *j, bool object)
{
    if (!begin_value(j))
        return;
    if (j->depth + 1 == JSON_OUT_DEPTH) {
        misuse(j, N_("nested too deeply"));
        return;
    }
    buf_putc(j->out, object ? '{' : '[');
    init_level(j, j->depth + 1, object);
}

static void close_level(struct json_out *j, bool object)
{
    if (j->depth == 0 || j->level[j->depth].object != object || j->level[j->depth].keyed)
        misuse(j, N_("an unbalanced end"));
    if (j->wrong != NULL)
        return;
    buf_putc(j->out, object ? '}' : ']');
    j->depth--;
}

void json_object(struct json_out *j)
{
    open_level(j, true);
}

void json_object_end(struct json_out *j)
{
    close_level(j, true);
}

void json_array(struct json_out *j)
{
    open_level(j, false);
}

void json_array_end(struct json_out *j)
{
    close_level(j, false);
}

/* RFC 8785 section 3.2.2.2: the short escapes, \u00xx for the other C0, everything else as it is. */
static void put_escape(struct buf *out, char c)
{
    static const char escapes[] = "\"\"\\\\\bb\tt\nn\ff\rr";
    const char *e = escapes;
    while (*e != '\0' && *e != c)
        e += 2;
    if (*e != '\0')
        buf_put(out, (const char[]) { '\\', e[1] }, 2);
    else
        buf_printf(out, "\\u%04x", (unsigned char)c);
}

#define EACH (UINT64_MAX / 255) /* 0x0101010101010101 */
#define TOPS (EACH * 0x80)

/* Of eight bytes: is none to be escaped? May say no without need. A byte below n borrows into its top bit. */
static bool are_plain(const char *text)
{
    uint64_t x;
    memcpy(&x, text, sizeof x);
    uint64_t quote = x ^ EACH * '"', backslash = x ^ EACH * '\\';
    uint64_t found = ((x - EACH * 0x20) & ~x) | ((quote - EACH) & ~quote) | ((backslash - EACH) & ~backslash);
    return (found & TOPS) == 0;
}

/* How many bytes stand before the first that is to be escaped. */
static size_t plain_length(const char *text, size_t len)
{
    size_t i = 0;
    while (len - i >= 8 && are_plain(text + i))
        i += 8;
    while (i < len && (unsigned char)text[i] >= 0x20 && text[i] != '"' && text[i] != '\\')
        i++;
    return i;
}

bool json_is_plain(const void *text, size_t len)
{
    const char *p = text;
    uint64_t tops = 0, word;
    size_t i = 0;
    for (; len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, p + i, sizeof word);
        tops |= word;
    }
    for (; i < len; i++)
        tops |= (unsigned char)p[i];
    return (tops & TOPS) == 0 && plain_length(p, len) == len;
}

static void put_quoted(struct json_out *j, const char *text, size_t len)
{
    char *at = plain_length(text, len) == len ? buf_room(j->out, len + 2) : NULL;
    if (at != NULL) {
        *at = '"';
        if (len > 0) /* text may be NULL then */
            memcpy(at + 1, text, len);
        at[len + 1] = '"';
        j->out->len += len + 2;
        return;
    }
    buf_putc(j->out, '"');
    for (size_t i = 0; i < len; i++) {
        size_t start = i;
        i += plain_length(text + i, len - i);
        buf_put(j->out, text + start, i - start);
        if (i < len)
            put_escape(j->out, text[i]);
    }
    buf_putc(j->out, '"');
}

/* Writes a key; its length, or JSON_OUT_KEY: it is too long, not ASCII, or would have to be escaped. */
static size_t copy_key(char *out, const char *key)
{
    static const bool plain[256] = { [' '] = true, ['!'] = true, ['#' ... '['] = true, [']' ... '~'] = true };
    size_t len = 0;
    while (len < JSON_OUT_KEY && plain[(unsigned char)key[len]]) {
        out[len] = key[len];
        len++;
    }
    return key[len] == '\0' ? len : JSON_OUT_KEY;
}

/* Writes the key as it stands before its value; where that belongs, and there is room for `more` bytes. NULL: misuse,
 * or no room. */
static char *begin_member(struct json_out *j, const char *key, size_t more)
{
    bool first = j->level[j->depth].first;
    char *last = j->level[j->depth].key, *at = buf_room(j->out, strlen(key) + 4 - first + more);
    if (!j->level[j->depth].object || j->level[j->depth].keyed)
        misuse(j, N_("a key where none belongs"));
    if (at == NULL || j->wrong != NULL)
        return NULL;
    if (!first)
        *at++ = ',';
    *at++ = '"';
    size_t len = copy_key(at, key);
    if (len == JSON_OUT_KEY)
        misuse(j, N_("a key that is too long or not ASCII"));
    else if (!first && strcmp(last, key) >= 0)
        misuse(j, N_("a key out of order"));
    if (j->wrong != NULL)
        return NULL;
    memcpy(last, key, len + 1);
    at[len] = '"';
    at[len + 1] = ':';
    return at + len + 2;
}

static void written(struct json_out *j, const char *end)
{
    j->out->len = (size_t)((const unsigned char *)end - j->out->data);
}

void json_key(struct json_out *j, const char *key)
{
    const char *at = begin_member(j, key, 0);
    if (at == NULL)
        return;
    written(j, at);
    j->level[j->depth].keyed = true;
}

/* A whole member in one piece. quote: '"', or NUL for none. */
static void put_member(struct json_out *j, const char *key, const char *value, size_t value_len, char quote)
{
    char *at = begin_member(j, key, value_len + (quote != '\0' ? 2 : 0));
    if (at == NULL)
        return;
    *at = quote;
    at += quote != '\0';
    memcpy(at, value, value_len);
    if (quote != '\0')
        at[value_len] = quote;
    written(j, at + value_len + (quote != '\0'));
    j->level[j->depth].first = false;
}

void json_string_n(struct json_out *j, const void *text, size_t len)
{
    if (!text_is_utf8(text, len))
        misuse(j, N_("a string that is not UTF-8"));
    if (begin_value(j))
        put_quoted(j, text, len);
}

void json_string(struct json_out *j, const char *text)
{
    if (text == NULL)
        misuse(j, N_("a value that is unknown"));
    else
        json_string_n(j, text, strlen(text));
}

void json_bool(struct json_out *j, bool value)
{
    if (begin_value(j))
        buf_puts(j->out, value ? "true" : "false");
}

void json_int(struct json_out *j, int64_t value)
{
    if (value > JSON_INT_MAX || value < -JSON_INT_MAX)
        misuse(j, N_("an integer beyond 2^53"));
    if (!begin_value(j))
        return;
    if (value < 0)
        buf_putc(j->out, '-');
    buf_decimal(j->out, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void json_raw(struct json_out *j, const char *value)
{
    if (begin_value(j))
        buf_puts(j->out, value);
}

void json_decimal(struct json_out *j, uint64_t value)
{
    if (!begin_value(j))
        return;
    buf_putc(j->out, '"');
    buf_decimal(j->out, value);
    buf_putc(j->out, '"');
}

void json_member_string(struct json_out *j, const char *key, const char *text)
{
    if (text == NULL)
        return;
    json_key(j, key);
    json_string(j, text);
}

void json_member_plain(struct json_out *j, const char *key, const char *text, size_t len)
{
    put_member(j, key, text, len, '"');
}

void json_member_bool(struct json_out *j, const char *key, bool value)
{
    json_key(j, key);
    json_bool(j, value);
}

void json_member_int(struct json_out *j, const char *key, int64_t value)
{
    char digits[NUM_DECIMAL];
    if (value < 0 || value > JSON_INT_MAX) {
        json_key(j, key);
        json_int(j, value);
        return;
    }
    const char *at = num_decimal(digits, (uint64_t)value);
    put_member(j, key, at, (size_t)(digits + NUM_DECIMAL - at), '\0');
}

void json_member_decimal(struct json_out *j, const char *key, uint64_t value)
{
    char digits[NUM_DECIMAL];
    const char *at = num_decimal(digits, value);
    put_member(j, key, at, (size_t)(digits + NUM_DECIMAL - at), '"');
}

/* Without room no key is written, and what follows it looks like misuse. */
int json_check(const struct json_out *j, struct hz_error *err)
{
    int rc = buf_check(j->out, err);

    if (rc != HZ_OK)
        return rc;
    if (j->wrong != NULL)
        return hz_error_set(err, HZ_E_FORMAT, _("cannot write JSON: %s"), lang_text(j->wrong));
    if (j->depth != 0 || j->level[0].first)
        return hz_error_set(err, HZ_E_FORMAT, _("cannot write JSON: %s"), _("an unbalanced end"));
    return HZ_OK;
}
