#include "formats/read/signers.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/trust.h"

#define NO_TOUCH "no-touch-required"
#define VERIFY "verify-required"

struct cursor {
    const char *at, *end;
};

static bool starts(const struct cursor *c, const char *text)
{
    size_t n = strlen(text);

    return (size_t)(c->end - c->at) >= n && memcmp(c->at, text, n) == 0;
}

static char *copy(const char *from, size_t len)
{
    char *out = malloc(len + 1);

    if (out) {
        memcpy(out, from, len);
        out[len] = 0;
    }
    return out;
}

/* One mail address: printable ASCII, one @ inside, nothing that ssh-keygen reads as a pattern or a list */
static bool is_principal(const char *text, size_t len)
{
    const char *at = memchr(text, '@', len);
    size_t i;

    if (!at || at == text || at + 1 == text + len || len > R_SIGNERS_PRINCIPAL_MAX)
        return false;
    for (i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] >= 0x7f || strchr("*?!,\"'", text[i]) || (text[i] == '@' && text + i != at))
            return false;
    return text[0] != '#';
}

static bool is_name_list(const char *text, size_t len)
{
    size_t i;
    char before = ',';

    for (i = 0; i < len; i++) {
        bool plain =
            (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= '0' && text[i] <= '9') || strchr("-._@", text[i]);

        if (!text[i] || (!plain && text[i] != ',') || (text[i] == ',' && before == ','))
            return false;
        before = text[i];
    }
    return before != ',';
}

static int digits(const char *text, size_t len)
{
    int value = 0;
    size_t i;

    for (i = 0; i < len; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

/* YYYYMMDD[HHMM[SS]]Z */
static bool parse_moment(const char *text, size_t len, struct stamp *out)
{
    size_t i;

    if ((len != 9 && len != 13 && len != 15) || text[len - 1] != 'Z')
        return false;
    for (i = 0; i < len - 1; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return !stamp_from_civil(out, digits(text, 4), digits(text + 4, 2), digits(text + 6, 2),
                             len > 9 ? digits(text + 8, 2) : 0, len > 9 ? digits(text + 10, 2) : 0,
                             len > 13 ? digits(text + 12, 2) : 0);
}

/* NAME="VALUE" with a known name: value is set and the cursor moves behind the quote */
static bool take_option(struct cursor *c, const char *name, const char **value, size_t *len)
{
    size_t n = strlen(name);
    const char *quote;

    if (!starts(c, name) || (size_t)(c->end - c->at) < n + 2 || c->at[n] != '=' || c->at[n + 1] != '"')
        return false;
    *value = c->at + n + 2;
    quote = memchr(*value, '"', (size_t)(c->end - *value));
    if (!quote)
        return false;
    *len = (size_t)(quote - *value);
    c->at = quote + 1;
    return true;
}

/* NAME alone */
static bool take_word(struct cursor *c, const char *name)
{
    if (!starts(c, name))
        return false;
    c->at += strlen(name);
    return true;
}

/* Options of a token's key: a word, at most once */
static const char *set_once(bool *flag)
{
    if (*flag)
        return N_("an option stands twice");
    *flag = true;
    return NULL;
}

static const char *read_option(struct cursor *c, struct r_signer *s)
{
    const char *value;
    size_t len;

    if (take_option(c, "namespaces", &value, &len)) {
        if (s->name_spaces || !is_name_list(value, len))
            return N_("namespaces stands twice or is not a list of names");
        s->name_spaces = copy(value, len);
        return s->name_spaces ? NULL : N_("out of memory");
    }
    if (take_option(c, "valid-after", &value, &len)) {
        if (s->has_after || !parse_moment(value, len, &s->after))
            return N_("valid-after stands twice or is not of the form YYYYMMDD[HHMM[SS]]Z");
        s->has_after = true;
        return NULL;
    }
    if (take_option(c, "valid-before", &value, &len)) {
        if (s->has_before || !parse_moment(value, len, &s->before))
            return N_("valid-before stands twice or is not of the form YYYYMMDD[HHMM[SS]]Z");
        s->has_before = true;
        return NULL;
    }
    if (take_word(c, NO_TOUCH))
        return set_once(&s->no_touch);
    if (take_word(c, VERIFY))
        return set_once(&s->verified);
    return N_(
        "an option other than namespaces=\"...\", valid-after=\"...\", valid-before=\"...\", no-touch-required and "
        "verify-required");
}

static const char *read_options(struct cursor *c, struct r_signer *s)
{
    for (;;) {
        const char *wrong = read_option(c, s);

        if (wrong)
            return wrong;
        if (starts(c, " ")) {
            c->at++;
            return NULL;
        }
        if (!starts(c, ","))
            return N_("something other than a comma or a blank follows an option");
        c->at++;
    }
}

/* The word before the next blank is options, not the type of a key */
static bool is_options(const struct cursor *c)
{
    const char *blank = memchr(c->at, ' ', (size_t)(c->end - c->at));
    size_t len = (size_t)((blank ? blank : c->end) - c->at);

    return memchr(c->at, '=', len) || starts(c, NO_TOUCH) || starts(c, VERIFY);
}

/* The keyid of the key on this line, in lower-case hex */
static bool is_keyid(const char *text, size_t len, const struct r_pubkey *key)
{
    return len == R_SHA256_HEX - 1 && memcmp(text, key->keyid, len) == 0;
}

/* Behind "type base64 ". *out NULL: nothing. false: no memory */
static bool read_comment(const struct cursor *c, char **out)
{
    const char *at = memchr(c->at, ' ', (size_t)(c->end - c->at));

    at = at ? memchr(at + 1, ' ', (size_t)(c->end - at - 1)) : NULL;
    *out = at ? copy(at + 1, (size_t)(c->end - at - 1)) : NULL;
    return !at || *out;
}

/* "principal[ options] type base64[ comment]"; NULL or what is wrong. keyids: such a principal will do */
static const char *read_line(const char *line, size_t len, bool keyids, struct r_signer *s)
{
    struct cursor c = { line, line + len };
    const char *blank = memchr(line, ' ', len), *wrong = NULL;
    struct r_pubkey key;
    size_t n = blank ? (size_t)(blank - line) : len;
    int code;

    bool mail = blank && is_principal(line, n);

    if (!blank || (!mail && !keyids))
        return N_("it does not begin with one mail address");
    c.at = blank + 1;
    if (is_options(&c))
        wrong = read_options(&c, s);
    if (wrong)
        return wrong;
    code = r_pubkey_line(c.at, (size_t)(c.end - c.at), &key);
    if (code)
        return code == HZ_E_NOMEM ? N_("out of memory") : N_("no public key follows, or not in the one allowed form");
    if (!mail && !is_keyid(line, n, &key))
        return N_("it begins neither with one mail address nor with the keyid of its key");
    if (r_pubkey_is_p256(key.algorithm))
        code = r_trust_p256_point(key.point, NULL);
    if (code)
        return code == HZ_E_INVALID ? N_("its public key is not a point of its curve") : N_("out of memory");
    if ((s->no_touch || s->verified) && !r_pubkey_is_of_token(key.algorithm))
        return N_("no-touch-required and verify-required are for keys on a token (sk-)");
    memcpy(s->id, key.id, sizeof s->id);
    s->principal = copy(line, n);
    return s->principal && read_comment(&c, &s->comment) ? NULL : N_("out of memory");
}

static void free_signer(struct r_signer *s)
{
    free(s->principal);
    free(s->name_spaces);
    free(s->comment);
}

void r_signers_free(struct r_signers *s)
{
    size_t i;

    for (i = 0; i < s->count; i++)
        free_signer(&s->list[i]);
    free(s->list);
    s->list = NULL;
    s->count = 0;
}

/* The next line that says something. false at the end. */
static bool next_line(struct cursor *c, const char **line, size_t *len, size_t *number)
{
    while (c->at < c->end) {
        const char *newline = memchr(c->at, '\n', (size_t)(c->end - c->at));

        *line = c->at;
        *len = (size_t)((newline ? newline : c->end) - c->at);
        c->at = newline ? newline + 1 : c->end;
        ++*number;
        if (*len && **line != '#')
            return true;
    }
    return false;
}

static int read_list(const char *text, size_t len, bool keyids, struct r_signers *out, struct hz_error *err)
{
    struct cursor c = { text, text + len };
    struct r_signers found = { NULL, 0 };
    const char *line, *wrong = NULL;
    size_t n, number = 0;

    while (!wrong && next_line(&c, &line, &n, &number)) {
        struct r_signer s = { .principal = NULL }, *list = reallocarray(found.list, found.count + 1, sizeof *list);

        if (list)
            found.list = list;
        wrong = list ? read_line(line, n, keyids, &s) : N_("out of memory");
        if (wrong)
            free_signer(&s);
        else
            found.list[found.count++] = s;
    }
    if (wrong) {
        r_signers_free(&found);
        return hz_error_set(err, HZ_E_FORMAT, _("line %zu: %s"), number, lang_text(wrong));
    }
    *out = found;
    return HZ_OK;
}

int r_signers_read(const char *text, size_t len, struct r_signers *out, struct hz_error *err)
{
    return read_list(text, len, false, out, err);
}

int r_signers_read_exported(const char *text, size_t len, struct r_signers *out, struct hz_error *err)
{
    return read_list(text, len, true, out, err);
}

bool r_signers_allows(const struct r_signer *signer, const char *name_space)
{
    const char *p = signer->name_spaces;
    size_t len = strlen(name_space);

    while (p && *p) {
        size_t n = strcspn(p, ",");
        if (n == len && memcmp(p, name_space, n) == 0)
            return true;
        p += n + (p[n] == ',');
    }
    return !signer->name_spaces;
}

static bool read_revoked(const char *line, size_t len, unsigned char id[R_SHA256_SIZE])
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(64);
    char padded[45];
    struct r_pubkey key;

    if (len == 50 && memcmp(line, "SHA256:", 7) == 0) {
        memcpy(padded, line + 7, 43);
        padded[43] = '=';
        if (text_unbase64(&bytes, padded, 44) || bytes.len != R_SHA256_SIZE)
            return false;
        memcpy(id, bytes.data, R_SHA256_SIZE);
        return true;
    }
    if (r_pubkey_line(line, len, &key))
        return false;
    memcpy(id, key.id, R_SHA256_SIZE);
    return true;
}

int r_signers_revoked(const char *text, size_t len, struct r_revoked *out, struct hz_error *err)
{
    struct cursor c = { text, text + len };
    struct r_revoked found = { NULL, 0 };
    size_t n, number = 0;
    const char *line;

    while (next_line(&c, &line, &n, &number)) {
        unsigned char(*ids)[R_SHA256_SIZE] = reallocarray(found.ids, found.count + 1, sizeof *ids);

        if (ids)
            found.ids = ids;
        if (!ids || !read_revoked(line, n, ids[found.count])) {
            r_signers_revoked_free(&found);
            return ids ? hz_error_set(err, HZ_E_FORMAT, _("line %zu: not a public key or SHA256: fingerprint"), number)
                       : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        }
        found.count++;
    }
    *out = found;
    return HZ_OK;
}

void r_signers_revoked_free(struct r_revoked *r)
{
    free(r->ids);
    r->ids = NULL;
    r->count = 0;
}

bool r_signers_is_revoked(const struct r_revoked *r, const unsigned char id[R_SHA256_SIZE])
{
    size_t i;

    for (i = 0; r && i < r->count; i++)
        if (memcmp(r->ids[i], id, R_SHA256_SIZE) == 0)
            return true;
    return false;
}
