#include "custody/policy_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "formats/read/json.h"
#include "formats/read/policy.h"

#define MEMBERS 256 /* of one object or list */
#define PART_MAX 65536

struct reader {
    const char *text;
    size_t len, at;
    unsigned depth;
    const char *wrong; /* N_() text, NULL while none; `at` says where */
};

struct part { /* a member, or an element of a list with an empty key */
    struct buf key, value;
};

struct parts {
    struct part list[MEMBERS];
    size_t count;
};

static int read_value(struct reader *r, struct buf *out);

static int fail(struct reader *r, const char *wrong)
{
    if (r->wrong == NULL)
        r->wrong = wrong;
    return HZ_E_FORMAT;
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->len && r->text[r->at] != '\0' && strchr(" \t\r\n", r->text[r->at]) != NULL)
        r->at++;
}

static bool take(struct reader *r, char byte)
{
    skip_blanks(r);
    if (r->at == r->len || r->text[r->at] != byte)
        return false;
    r->at++;
    return true;
}

static void free_parts(struct parts **p)
{
    for (size_t i = 0; *p != NULL && i < (*p)->count; i++) {
        buf_free(&(*p)->list[i].key);
        buf_free(&(*p)->list[i].value);
    }
    free(*p);
}

static bool take_hex(struct reader *r, unsigned *value)
{
    static const char digits[] = "0123456789abcdef";

    *value = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        char c = r->at < r->len ? r->text[r->at] : '\0';
        const char *digit = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
        if (digit == NULL)
            return false;
        *value = *value * 16 + (unsigned)(digit - digits);
    }
    return true;
}

static void put_utf8(struct buf *out, unsigned c)
{
    if (c < 0x80)
        buf_putc(out, (char)c);
    else if (c < 0x800)
        buf_putc(out, (char)(0xc0 | c >> 6));
    else if (c < 0x10000)
        buf_putc(out, (char)(0xe0 | c >> 12));
    else
        buf_putc(out, (char)(0xf0 | c >> 18));
    for (int shift = c < 0x80 ? -6 : c < 0x800 ? 0 : c < 0x10000 ? 6 : 12; shift >= 0; shift -= 6)
        buf_putc(out, (char)(0x80 | (c >> shift & 0x3f)));
}

/* Behind a backslash. Halves of a pair that stand alone become what is not UTF-8, and that is refused later. */
static int read_escape(struct reader *r, struct buf *out)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char c = r->at < r->len ? r->text[r->at++] : '\0';
    const char *letter = c != '\0' ? strchr(letters, c) : NULL;
    unsigned high, low;

    if (letter != NULL)
        return buf_putc(out, meanings[letter - letters]);
    if (c != 'u' || !take_hex(r, &high))
        return fail(r, N_("an escape that JSON does not have"));
    if (high >= 0xd800 && high < 0xdc00 && r->len - r->at >= 6 && memcmp(r->text + r->at, "\\u", 2) == 0) {
        r->at += 2;
        if (!take_hex(r, &low) || low < 0xdc00 || low > 0xdfff)
            return fail(r, N_("an escape that JSON does not have"));
        high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }
    put_utf8(out, high);
    return HZ_OK;
}

/* Written again in the one way that is canonical. */
static int read_string(struct reader *r, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(PART_MAX);
    struct hz_error ignored;
    struct json_out j;
    int rc = HZ_OK;

    if (!take(r, '"'))
        return fail(r, N_("a text in double quotes was expected"));
    while (rc == HZ_OK && r->at < r->len && r->text[r->at] != '"') {
        char c = r->text[r->at++];
        if ((unsigned char)c < ' ')
            return fail(r, N_("a text that does not end on its line"));
        rc = c == '\\' ? read_escape(r, &text) : buf_putc(&text, c);
    }
    if (rc == HZ_OK && r->at++ >= r->len)
        return fail(r, N_("a text that does not end"));
    json_init(&j, out);
    json_string_n(&j, text.data != NULL ? (const char *)text.data : "", text.len);
    if (rc == HZ_OK && json_check(&j, &ignored) != HZ_OK)
        return fail(r, N_("a text that is not UTF-8"));
    return rc == HZ_OK || r->wrong != NULL ? rc : HZ_E_NOMEM;
}

static int read_word(struct reader *r, struct buf *out)
{
    static const char *const words[] = { "true", "false" };
    size_t start = r->at;

    for (size_t i = 0; i < 2; i++)
        if (r->len - r->at >= strlen(words[i]) && memcmp(r->text + r->at, words[i], strlen(words[i])) == 0) {
            r->at += strlen(words[i]);
            buf_puts(out, words[i]);
            return HZ_OK;
        }
    while (r->at < r->len && r->text[r->at] >= '0' && r->text[r->at] <= '9')
        r->at++;
    if (r->at == start)
        return fail(r, N_("a value was expected: { } or [ ], a text in double quotes, a whole number, true or false"));
    if (r->at < r->len && r->text[r->at] != '\0' && strchr(".eE", r->text[r->at]) != NULL)
        return fail(r, N_("a whole number was expected"));
    buf_put(out, r->text + start, r->at - start);
    return HZ_OK;
}

static int add(struct reader *r, struct parts *p, bool object)
{
    struct part *part = &p->list[p->count];
    int rc = HZ_OK;

    if (p->count == MEMBERS)
        return fail(r, N_("there are more than 256 values in one list"));
    buf_init(&part->key, PART_MAX);
    buf_init(&part->value, PART_MAX);
    p->count++;
    if (object)
        rc = read_string(r, &part->key);
    if (rc == HZ_OK && object && !take(r, ':'))
        rc = fail(r, N_("a colon was expected"));
    return rc == HZ_OK ? read_value(r, &part->value) : rc;
}

static int compare(const struct buf *x, const struct buf *y)
{
    size_t len = x->len < y->len ? x->len : y->len;
    int order = len > 0 ? memcmp(x->data, y->data, len - 1) : 0; /* but the closing quote */

    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

static int by_key(const void *x, const void *y)
{
    return compare(&((const struct part *)x)->key, &((const struct part *)y)->key);
}

static int by_value(const void *x, const void *y)
{
    return compare(&((const struct part *)x)->value, &((const struct part *)y)->value);
}

static bool are_texts(const struct parts *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->list[i].value.len == 0 || p->list[i].value.data[0] != '"')
            return false;
    return p->count > 0;
}

static int put_parts(struct reader *r, struct parts *p, bool object, struct buf *out)
{
    bool sets = object || are_texts(p);

    if (sets)
        qsort(p->list, p->count, sizeof p->list[0], object ? by_key : by_value);
    for (size_t i = 1; sets && i < p->count; i++)
        if ((object ? by_key : by_value)(&p->list[i - 1], &p->list[i]) == 0)
            return fail(r, object ? N_("one key stands twice in what ends here")
                                  : N_("one text stands twice in the list that ends here"));
    buf_puts(out, object ? "{" : "[");
    for (size_t i = 0; i < p->count; i++) {
        if (i > 0)
            buf_puts(out, ",");
        buf_put(out, p->list[i].key.data, p->list[i].key.len);
        if (object)
            buf_puts(out, ":");
        buf_put(out, p->list[i].value.data, p->list[i].value.len);
    }
    buf_puts(out, object ? "}" : "]");
    return HZ_OK;
}

static int read_parts(struct reader *r, bool object, struct buf *out)
{
    HZ_CLEANUP(free_parts) struct parts *p = calloc(1, sizeof *p);
    char end = object ? '}' : ']';
    int rc = HZ_OK;

    if (p == NULL)
        return HZ_E_NOMEM;
    if (r->depth == R_JSON_DEPTH)
        return fail(r, N_("more than 8 levels deep"));
    r->depth++;
    for (bool done = take(r, end); rc == HZ_OK && !done;) {
        rc = add(r, p, object);
        done = rc == HZ_OK && take(r, end);
        if (rc == HZ_OK && !done && !take(r, ','))
            rc = fail(r, N_("a comma or a closing bracket was expected"));
    }
    r->depth--;
    return rc == HZ_OK ? put_parts(r, p, object, out) : rc;
}

static int read_value(struct reader *r, struct buf *out)
{
    skip_blanks(r);
    if (r->at < r->len && r->text[r->at] == '"')
        return read_string(r, out);
    if (take(r, '{'))
        return read_parts(r, true, out);
    return take(r, '[') ? read_parts(r, false, out) : read_word(r, out);
}

static int tell(const struct reader *r, struct hz_error *err)
{
    unsigned line = 1, column = 1;

    for (size_t i = 0; i < r->at && i < r->len; i++) {
        column = r->text[i] == '\n' ? 1 : column + 1;
        line += r->text[i] == '\n';
    }
    return hz_error_set(err, HZ_E_FORMAT, _("line %u, column %u: %s"), line, column, lang_text(r->wrong));
}

int policy_file_read(const void *text, size_t len, struct buf *out, struct hz_error *err)
{
    struct reader r = { .text = text, .len = len };
    HZ_CLEANUP(r_policy_free) struct r_policy policy = { 0 };
    int rc;

    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.at = 3; /* the mark that some editors put first */
    rc = read_value(&r, out);
    skip_blanks(&r);
    if (rc == HZ_OK && r.at != r.len)
        rc = fail(&r, N_("the end of the file was expected"));
    if (rc == HZ_E_NOMEM)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (rc != HZ_OK)
        return tell(&r, err);
    if (buf_text(out) == NULL)
        return buf_check(out, err);
    return r_policy_parse(&policy, (const char *)out->data, err);
}
