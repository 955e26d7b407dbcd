#include "formats/read/json.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/json_run.h"

#define INTEGER_END (INT64_C(1) << 53)

void r_json_init(struct r_json *j, const void *text, size_t len)
{
    memset(j, 0, sizeof *j);
    j->text = text;
    j->len = len;
}

bool r_json_fail(struct r_json *j, const char *wrong)
{
    if (!j->wrong)
        j->wrong = wrong;
    return false;
}

bool r_json_limit(struct r_json *j, const char *wrong)
{
    if (!j->wrong)
        j->limit = true;
    return r_json_fail(j, wrong);
}

bool r_json_took(struct r_json *j, int buffer_code)
{
    if (buffer_code == HZ_E_NOMEM && !j->wrong)
        j->no_memory = true;
    return !buffer_code ||
           r_json_fail(j, buffer_code == HZ_E_NOMEM ? N_("out of memory") : N_("a text that is too long"));
}

int r_json_result(const struct r_json *j, const char **wrong, size_t *at)
{
    *wrong = j->wrong;
    *at = j->at;
    if (!j->wrong)
        return HZ_OK;
    return j->no_memory ? HZ_E_NOMEM : j->limit ? HZ_E_LIMIT : HZ_E_FORMAT;
}

bool r_json_file(struct r_json *j, const void *text, size_t len)
{
    r_json_init(j, text, len ? len - 1 : 0);
    return len && ((const char *)text)[len - 1] == '\n' ? true
                                                        : r_json_fail(j, N_("the file does not end in a newline"));
}

static int next_byte(const struct r_json *j)
{
    return j->at < j->len ? j->text[j->at] : -1;
}

static bool expect(struct r_json *j, char byte, const char *wrong)
{
    if (j->wrong)
        return false;
    if (next_byte(j) != byte)
        return r_json_fail(j, wrong);
    j->at++;
    return true;
}

enum r_json_type r_json_peek(const struct r_json *j)
{
    int c = next_byte(j);

    if (j->wrong)
        return R_JSON_NONE;
    switch (c) {
    case '{':
        return R_JSON_OBJECT;
    case '[':
        return R_JSON_ARRAY;
    case '"':
        return R_JSON_STRING;
    case 't':
    case 'f':
        return R_JSON_BOOL;
    default:
        return c == '-' || (c >= '0' && c <= '9') ? R_JSON_INT : R_JSON_NONE;
    }
}

static bool enter(struct r_json *j, bool object)
{
    if (!expect(j, object ? '{' : '[', object ? N_("an object was expected") : N_("an array was expected")))
        return false;
    if (j->depth == R_JSON_DEPTH)
        return r_json_limit(j, N_("more than 8 levels deep"));
    j->level[j->depth].object = object;
    j->level[j->depth].first = true;
    j->level[j->depth].key.at = NULL;
    j->depth++;
    return true;
}

bool r_json_object(struct r_json *j)
{
    return enter(j, true);
}
bool r_json_array(struct r_json *j)
{
    return enter(j, false);
}

/* true when another element follows; false at the closing bracket (consumed) or on failure */
static bool more(struct r_json *j, bool object)
{
    int close = object ? '}' : ']';

    if (j->wrong)
        return false;
    if (!j->depth || j->level[j->depth - 1].object != object)
        return r_json_fail(j, N_("brackets do not match"));
    if (next_byte(j) == close) {
        j->at++;
        j->depth--;
        return false;
    }
    if (j->level[j->depth - 1].first) {
        j->level[j->depth - 1].first = false;
        return true;
    }
    return expect(j, ',', N_("a comma or a closing bracket was expected"));
}

bool r_json_item(struct r_json *j)
{
    return more(j, false);
}

/* Length of the escape at p (which begins with a backslash), 0 when it is not the shortest form; *value: what it means
 */
static size_t escape_at(const unsigned char *p, size_t len, unsigned *value)
{
    static const char letters[] = "\"\\btnfr", meanings[] = "\"\\\b\t\n\f\r", digits[] = "0123456789abcdef";
    const char *found;

    if (len < 2 || !p[1])
        return 0;
    found = strchr(letters, p[1]);
    if (found) {
        *value = (unsigned char)meanings[found - letters];
        return 2;
    }
    if (len < 6 || memcmp(p, "\\u00", 4) != 0 || (p[4] != '0' && p[4] != '1') || !p[5])
        return 0;
    found = strchr(digits, p[5]);
    if (!found)
        return 0;
    *value = (unsigned)(p[4] - '0') * 16 + (unsigned)(found - digits);
    return *value && strchr("\b\t\n\f\r", (int)*value) ? 0 : 6;
}

bool r_json_string(struct r_json *j, struct r_span *text)
{
    size_t decoded = 0, begin;
    bool escaped = false;

    if (!expect(j, '"', N_("a string was expected")))
        return false;
    begin = j->at;
    for (;;) {
        const unsigned char *p = j->text + j->at;
        unsigned value;
        size_t n = r_json_run(p, j->len - j->at), left;

        p += n;
        decoded += n;
        j->at += n;
        left = j->len - j->at;
        if (decoded > R_JSON_STRING_MAX)
            return r_json_limit(j, N_("a string of more than 512 KiB"));
        if (left && *p == '"')
            break;
        if (!left)
            return r_json_fail(j, N_("a string does not end"));
        if (*p == '\\') {
            n = escape_at(p, left, &value);
            escaped = true;
            decoded += 1;
        } else {
            n = *p < 0x20 ? 0 : text_utf8_sequence(p, left);
            decoded += n;
        }
        if (!n)
            return r_json_fail(j, N_("a character or escape that canonical JSON does not allow"));
        j->at += n;
    }
    text->at = (const char *)j->text + begin;
    text->len = j->at - begin;
    text->escaped = escaped;
    j->at++;
    return true;
}

/* One character of a checked string, as a number that sorts like its UTF-16 code units */
static uint32_t sort_unit(const unsigned char **p, const unsigned char *end)
{
    static const unsigned char lead[5] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    const unsigned char *c = *p;
    size_t n, i;
    uint32_t point;

    if (*c == '\\') {
        unsigned value = 0;
        *p += escape_at(c, (size_t)(end - c), &value);
        return (uint32_t)value << 16;
    }
    n = *c < 0x80 ? 1 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : 4;
    point = *c & lead[n];
    for (i = 1; i < n; i++)
        point = point << 6 | (c[i] & 0x3f);
    *p += n;
    if (point < 0x10000)
        return point << 16;
    point -= 0x10000;
    return (0xd800 + (point >> 10)) << 16 | (0xdc00 + (point & 0x3ff));
}

/* Letters of ASCII, as nearly all keys are made of, sort as they stand. true: *ascends is the answer. */
static bool compare_plain(const struct r_span *before, const struct r_span *after, bool *ascends)
{
    size_t len = before->len < after->len ? before->len : after->len, i = 0;
    unsigned char a, b;

    if (before->escaped || after->escaped)
        return false;
    while (i < len && before->at[i] == after->at[i])
        i++;
    a = i < len ? (unsigned char)before->at[i] : 0;
    b = i < len ? (unsigned char)after->at[i] : 0;
    *ascends = i < len ? a < b : before->len < after->len;
    return a < 0x80 && b < 0x80;
}

static bool key_ascends(const struct r_span *before, const struct r_span *after)
{
    const unsigned char *a = (const unsigned char *)before->at, *a_end = a + before->len;
    const unsigned char *b = (const unsigned char *)after->at, *b_end = b + after->len;
    bool ascends;

    if (compare_plain(before, after, &ascends))
        return ascends;
    while (a < a_end && b < b_end) {
        uint32_t x = sort_unit(&a, a_end), y = sort_unit(&b, b_end);
        if (x != y)
            return x < y;
    }
    return a == a_end && b < b_end;
}

bool r_json_key(struct r_json *j, struct r_span *key)
{
    struct r_span found, *before;

    if (!more(j, true) || !r_json_string(j, &found) || !expect(j, ':', N_("a colon was expected")))
        return false;
    before = &j->level[j->depth - 1].key;
    if (before->at && !key_ascends(before, &found))
        return r_json_fail(j, N_("keys are repeated or not in order"));
    *before = found;
    *key = found;
    return true;
}

bool r_json_int(struct r_json *j, int64_t *value)
{
    bool negative = next_byte(j) == '-';
    int64_t sum = 0;
    size_t begin;

    if (j->wrong)
        return false;
    if (negative)
        j->at++;
    for (begin = j->at; next_byte(j) >= '0' && next_byte(j) <= '9'; j->at++) {
        sum = sum * 10 + (next_byte(j) - '0');
        if (sum >= INTEGER_END)
            return r_json_fail(j, N_("an integer of 2^53 or more"));
    }
    if (j->at == begin || (j->text[begin] == '0' && (j->at != begin + 1 || negative)))
        return r_json_fail(j, N_("an integer was expected"));
    *value = negative ? -sum : sum;
    return true;
}

bool r_json_bool(struct r_json *j, bool *value)
{
    bool is_true = next_byte(j) == 't';
    const char *word = is_true ? "true" : "false";
    size_t n = strlen(word);

    if (j->wrong)
        return false;
    if (j->len - j->at < n || memcmp(j->text + j->at, word, n) != 0)
        return r_json_fail(j, N_("true or false was expected"));
    j->at += n;
    *value = is_true;
    return true;
}

/* Not recursive in a way that hostile text controls: the depth is bounded by R_JSON_DEPTH. */
bool r_json_skip(struct r_json *j)
{
    struct r_span span;
    int64_t number;
    bool truth;

    switch (r_json_peek(j)) {
    case R_JSON_OBJECT:
        for (r_json_object(j); r_json_key(j, &span);)
            r_json_skip(j);
        break;
    case R_JSON_ARRAY:
        for (r_json_array(j); r_json_item(j);)
            r_json_skip(j);
        break;
    case R_JSON_STRING:
        return r_json_string(j, &span);
    case R_JSON_INT:
        return r_json_int(j, &number);
    case R_JSON_BOOL:
        return r_json_bool(j, &truth);
    case R_JSON_NONE:
        return r_json_fail(j, N_("a value was expected"));
    }
    return !j->wrong;
}

bool r_json_done(struct r_json *j)
{
    if (!j->wrong && (j->depth || j->at != j->len || !j->len))
        r_json_fail(j, N_("something follows the value"));
    return !j->wrong;
}

bool r_span_is(const struct r_span *span, const char *text)
{
    return span->len == strlen(text) && memcmp(span->at, text, span->len) == 0;
}

int r_span_decode(const struct r_span *span, struct buf *out)
{
    const unsigned char *p = (const unsigned char *)span->at, *end;

    if (!span->escaped)
        return span->len ? buf_put(out, span->at, span->len) : (int)out->failed;
    end = p + span->len;
    while (p < end) {
        const unsigned char *run = p, *escape = memchr(p, '\\', (size_t)(end - p));
        unsigned value = 0;

        p = escape ? escape : end;
        buf_put(out, run, (size_t)(p - run));
        if (p < end) {
            p += escape_at(p, (size_t)(end - p), &value);
            buf_putc(out, (char)value);
        }
    }
    return out->failed;
}
