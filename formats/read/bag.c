#include "formats/read/bag.h"

#include <string.h>

#include "base/num.h"
#include "base/text.h"

#define VALUE_MAX 500

const char r_bag_verify_ja[] = "95423ea9e01f3155f1c3c9befcadb54293cdc8263c67bd438f27f7c3f351642f";
const char r_bag_verify_en[] = "e39d2e708831341491ea9f174fbc04fcccc3b306ff1f1573a60d5d7e9d4fae3f";

bool r_bag_is_bagit(const void *text, size_t len)
{
    static const char fixed[] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

    return len == sizeof fixed - 1 && memcmp(text, fixed, len) == 0;
}

bool r_bag_is_blind(const void *text, size_t len)
{
    unsigned char bytes[32];
    const char *p = text;

    return len == R_BAG_BLIND_SIZE && p[64] == '\n' && !text_unhex(bytes, sizeof bytes, p, 64);
}

static bool is_value(const struct r_bag_text *value)
{
    char copy[VALUE_MAX + 1];

    if (value->len > VALUE_MAX || memchr(value->at, 0, value->len))
        return false;
    memcpy(copy, value->at, value->len);
    copy[value->len] = 0;
    return text_is_line(copy, VALUE_MAX);
}

/* true when a line with this key begins at *at; then value is what follows and *at moves behind the line */
static bool take_line(const char *text, size_t len, size_t *at, const char *key, struct r_bag_text *value)
{
    const char *p = text + *at, *newline = memchr(p, '\n', len - *at);
    size_t key_len = strlen(key), n = newline ? (size_t)(newline - p) : 0;

    if (!newline || n < key_len + 2 || memcmp(p, key, key_len) != 0 || memcmp(p + key_len, ": ", 2) != 0)
        return false;
    value->at = p + key_len + 2;
    value->len = n - key_len - 2;
    if (!is_value(value))
        return false;
    *at += n + 1;
    return true;
}

static bool parse_oxum(const struct r_bag_text *value, struct r_bag_info *out)
{
    const char *dot = memchr(value->at, '.', value->len);
    size_t n = dot ? (size_t)(dot - value->at) : 0;

    return dot && !num_parse_u64(value->at, n, UINT64_MAX, &out->octets) &&
           !num_parse_u64(dot + 1, value->len - n - 1, UINT64_MAX, &out->count);
}

int r_bag_info(const char *text, size_t len, struct r_bag_info *out)
{
    struct r_bag_text oxum;
    size_t at = 0;

    memset(out, 0, sizeof *out);
    if (!take_line(text, len, &at, "External-Identifier", &out->identifier) ||
        !take_line(text, len, &at, "Bagging-Date", &out->date) || !take_line(text, len, &at, "Payload-Oxum", &oxum) ||
        !parse_oxum(&oxum, out))
        return HZ_E_FORMAT;
    (void)take_line(text, len, &at, "Source-Organization", &out->organisation); /* may be left out, not be wrong */
    if (!take_line(text, len, &at, "Contact-Name", &out->contact) ||
        !take_line(text, len, &at, "Internal-Sender-Identifier", &out->sender) ||
        !take_line(text, len, &at, "Bag-Software-Agent", &out->agent))
        return HZ_E_FORMAT;
    return at == len ? HZ_OK : HZ_E_FORMAT;
}

void r_bag_date(char out[11], struct stamp started)
{
    char text[STAMP_SIZE];

    stamp_format(text, started);
    memcpy(out, text[0] == '@' ? "0001-01-01" : text, 10);
    out[10] = 0;
}

int r_bag_merkle(const char *text, size_t len, uint64_t *count, unsigned char root[R_SHA256_SIZE])
{
    const char *newline = memchr(text, '\n', len);
    size_t n = newline ? (size_t)(newline - text) : 0;

    if (!newline || num_parse_u64(text, n, UINT64_MAX, count) || len - n - 1 != 65 || text[len - 1] != '\n' ||
        text_unhex(root, R_SHA256_SIZE, newline + 1, 64))
        return HZ_E_FORMAT;
    return HZ_OK;
}
