#include "formats/read/ledger_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/pubkey.h"

int r_ledger_text_open(struct r_ledger_text *t, size_t len, struct hz_error *err)
{
    char *block = malloc(len + 1);

    if (block == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *t = (struct r_ledger_text) { .block = block, .size = len + 1 };
    return HZ_OK;
}

void r_ledger_text_close(struct r_ledger_text *t)
{
    free(t->block);
    *t = (struct r_ledger_text) { 0 };
}

void r_ledger_text_fail(struct r_ledger_text *t, const char *wrong)
{
    if (t->wrong == NULL)
        t->wrong = wrong;
}

void r_ledger_text_no_memory(struct r_ledger_text *t)
{
    if (t->wrong == NULL)
        t->no_memory = true;
    r_ledger_text_fail(t, N_("out of memory"));
}

enum hz_code r_ledger_text_code(const struct r_ledger_text *t, const struct r_json *j)
{
    return t->no_memory || (j != NULL && j->no_memory) ? HZ_E_NOMEM : HZ_E_FORMAT;
}

/* The string as it ends in the block. In the block itself, since nearly all that is read is kept. */
static const char *keep(struct r_ledger_text *t, const struct r_span *span)
{
    char *place = t->block + t->used;
    const size_t room = t->size - t->used - 1; /* and for the NUL */
    struct buf text = { .data = (unsigned char *)place, .capacity = room + 1, .limit = room };

    if (r_span_decode(span, &text) != HZ_OK) {
        r_ledger_text_no_memory(t);
        return NULL;
    }
    if (text.len > 0 && memchr(place, 0, text.len) != NULL) {
        r_ledger_text_fail(t, N_("a text holds a NUL byte"));
        return NULL;
    }
    place[text.len] = '\0';
    t->used += text.len + 1;
    return place;
}

const char *r_ledger_text_take(struct r_ledger_text *t, const struct r_value *value)
{
    if (!value->present || t->wrong != NULL)
        return NULL;
    if (t->used == t->size) {
        r_ledger_text_no_memory(t);
        return NULL;
    }
    return keep(t, &value->text);
}

const char *r_ledger_text_line(struct r_ledger_text *t, const struct r_value *value)
{
    const char *text = r_ledger_text_take(t, value);

    if (text != NULL && !text_is_line(text, R_LEDGER_LINE_MAX))
        r_ledger_text_fail(t, N_("a text is not one line of 1 to 2000 bytes without control characters"));
    return text;
}

const char *r_ledger_text_fingerprint(struct r_ledger_text *t, const struct r_value *value)
{
    const char *text = r_ledger_text_take(t, value);

    if (text != NULL && !r_ledger_text_is_fingerprint(text))
        r_ledger_text_fail(t, N_("a key's fingerprint was expected: SHA256: and 43 characters"));
    return text;
}

/* The base64 of a fingerprint with its padding. */
static bool pad(const char *text, char padded[44])
{
    if (strncmp(text, "SHA256:", 7) != 0 || strlen(text) != R_LEDGER_FINGERPRINT - 1)
        return false;
    memcpy(padded, text + 7, 43);
    padded[43] = '=';
    return padded[42] != '=' && text_is_base64(padded, 44);
}

bool r_ledger_text_is_fingerprint(const char *text)
{
    char padded[44];

    return pad(text, padded);
}

void r_ledger_text_keyid(char out[R_SHA256_HEX], const char *fingerprint)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(R_SHA256_SIZE);
    char padded[44];

    out[0] = '\0';
    if (pad(fingerprint, padded) && text_unbase64(&bytes, padded, sizeof padded) == HZ_OK)
        text_hex(out, bytes.data, bytes.len);
}

bool r_ledger_text_key_has(const char *public_key, const char *fingerprint)
{
    const char *blank = strchr(public_key, ' ');
    struct r_pubkey key;

    return blank != NULL && strchr(blank + 1, ' ') == NULL &&
           r_pubkey_line(public_key, strlen(public_key), &key) == HZ_OK && key.algorithm != R_PUBKEY_UNKNOWN &&
           strcmp(key.fingerprint, fingerprint) == 0;
}
