/* What the store says in XML: a few elements with text, read by name. No document type, no entities but the five and
 * numbers, nothing nested inside what is asked for. */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "custody/s3_part.h"

static int is_none(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, "%s", _("the store's answer is no XML of the kind expected"));
}

/* Of "&name;" at the start of text: what it stands for; its length, 0 when it is none. */
static size_t resolve(const char *text, size_t len, struct buf *out)
{
    static const struct {
        const char *name;
        char byte;
    } known[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' } };
    const char *end = memchr(text, ';', len < 12 ? len : 12);
    uint64_t number;

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (len >= strlen(known[i].name) && memcmp(text, known[i].name, strlen(known[i].name)) == 0) {
            buf_putc(out, known[i].byte);
            return strlen(known[i].name);
        }
    if (end == NULL || len < 4 || text[1] != '#' ||
        num_parse_u64(text + 2, (size_t)(end - text) - 2, 0x7F, &number) != HZ_OK || number == 0)
        return 0;
    buf_putc(out, (char)number);
    return (size_t)(end - text) + 1;
}

static int take_text(const char *text, size_t len, struct buf *out, struct hz_error *err)
{
    for (size_t i = 0; i < len;) {
        size_t n = 1;
        if (text[i] == '&')
            n = resolve(text + i, len - i, out);
        else
            buf_putc(out, text[i]);
        if (n == 0)
            return is_none(err);
        i += n;
    }
    buf_text(out);
    return buf_check(out, err);
}

int s3_xml(const struct buf *body, size_t *at, const char *name, struct buf *out, struct hz_error *err)
{
    char opening[64], closing[64];
    int a = snprintf(opening, sizeof opening, "<%s>", name), b = snprintf(closing, sizeof closing, "</%s>", name);

    if (a <= 0 || (size_t)a >= sizeof opening || b <= 0 || (size_t)b >= sizeof closing || *at > body->len)
        return is_none(err);
    const char *text = body->len == 0 ? NULL : memmem(body->data + *at, body->len - *at, opening, (size_t)a);
    if (text == NULL)
        return hz_error_set(err, HZ_E_NOTFOUND, _("the store's answer has no %s"), name);
    text += a;
    size_t left = body->len - (size_t)((const unsigned char *)text - body->data);
    const char *end = memmem(text, left, closing, (size_t)b);
    if (end == NULL || memchr(text, '<', (size_t)(end - text)) != NULL)
        return is_none(err);
    *at = (size_t)((const unsigned char *)end - body->data) + (size_t)b;
    return take_text(text, (size_t)(end - text), out, err);
}

bool s3_xml_encoded(const struct buf *body)
{
    static const char says[] = "<EncodingType>url</EncodingType>";

    return body->len > 0 && memmem(body->data, body->len, says, sizeof says - 1) != NULL;
}

static bool octet(const char digits[2], unsigned char *out)
{
    char low[2];

    for (size_t i = 0; i < 2; i++)
        low[i] = digits[i] >= 'A' && digits[i] <= 'F' ? (char)(digits[i] - 'A' + 'a') : digits[i];
    return text_unhex(out, 1, low, sizeof low) == HZ_OK;
}

/* In place. What a form would have: a blank may be a plus sign. */
static void decode(struct buf *text)
{
    size_t to = 0;

    for (size_t i = 0; i < text->len; i++) {
        const char *at = (const char *)text->data + i;
        unsigned char byte = 0;
        if (*at == '%' && i + 2 < text->len && octet(at + 1, &byte) && byte != 0)
            i += 2;
        else
            byte = *at == '+' ? ' ' : (unsigned char)*at;
        text->data[to++] = byte;
    }
    text->len = to;
}

int s3_xml_key(const struct buf *body, bool encoded, size_t *at, struct buf *out, struct hz_error *err)
{
    int rc;

    buf_reset(out);
    rc = s3_xml(body, at, "Key", out, err);
    if (rc != HZ_OK)
        return rc;
    if (memchr(out->data, '\0', out->len) != NULL)
        return is_none(err);
    if (encoded)
        decode(out);
    buf_text(out);
    return buf_check(out, err);
}

int s3_xml_field(const struct buf *body, size_t *at, const char *name, char *out, size_t size, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
    int rc = s3_xml(body, at, name, &text, err);

    if (rc != HZ_OK)
        return rc;
    if (text.len >= size)
        return is_none(err);
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < 0x20 || text.data[i] > 0x7E)
            return is_none(err);
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    return HZ_OK;
}
