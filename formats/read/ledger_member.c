#include "formats/read/ledger_member.h"

#include <assert.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/name.h"
#include "formats/read/statement.h"

static const enum r_field_kind field_kinds[] = {
    [R_LEDGER_LINE] = R_FIELD_TEXT,     [R_LEDGER_KEY] = R_FIELD_TEXT,       [R_LEDGER_ID] = R_FIELD_TEXT,
    [R_LEDGER_DIGEST] = R_FIELD_HEX32,  [R_LEDGER_NUMBER] = R_FIELD_DECIMAL, [R_LEDGER_DIGEST_LONG] = R_FIELD_HEX64,
    [R_LEDGER_CHOICE] = R_FIELD_CHOICE, [R_LEDGER_UTC] = R_FIELD_STAMP,      [R_LEDGER_WHEN] = R_FIELD_TEXT,
    [R_LEDGER_FLAG] = R_FIELD_BOOL,     [R_LEDGER_FILE] = R_FIELD_BASE64,    [R_LEDGER_INSIDE] = R_FIELD_INSIDE,
};

static bool is(const char *name, const char *word, size_t len)
{
    return name[0] == word[0] && strncmp(name, word, len) == 0 && name[len] == '\0';
}

/* Members that a shape names must be in the table: a programmer's matter. As both stand in one order, the one that is
 * asked for is looked for behind the one before. */
static size_t find(const struct r_ledger_object *object, size_t before, const char *word, size_t len)
{
    for (size_t n = 0; n < object->count; n++) {
        size_t i = before + n < object->count ? before + n : before + n - object->count;
        const struct r_ledger_member *m = &object->members[i];
        if (is(m->as != NULL ? m->as : m->key, word, len))
            return i;
    }
    assert(!"a shape names a member that is not in its table");
    return 0;
}

/* The words of a shape, from one to the next: "key", "key:as", "key?". */
struct word {
    const char *at;
    size_t key_len, len; /* of the key, and with what shapes call it; at its end 0 */
    bool optional;
};

static void look(struct word *w)
{
    const char *p = w->at;

    while (*p != '\0' && *p != ' ' && *p != '?' && *p != ':')
        p++;
    w->key_len = (size_t)(p - w->at);
    while (*p != '\0' && *p != ' ' && *p != '?')
        p++;
    w->len = (size_t)(p - w->at);
    w->optional = *p == '?';
}

static void move(struct word *w)
{
    w->at += w->len + w->optional;
    w->at += *w->at == ' ';
    look(w);
}

static int compare(const struct word *w, const struct r_span *key)
{
    size_t len = w->key_len < key->len ? w->key_len : key->len;
    int order = (unsigned char)w->at[0] - (unsigned char)key->at[0];

    if (order == 0)
        order = memcmp(w->at, key->at, len);
    return order != 0 ? order : (w->key_len > key->len) - (w->key_len < key->len);
}

static void take_when(struct r_ledger_text *text, const struct r_value *value, struct r_when *out)
{
    int offset;

    out->text = r_ledger_text_line(text, value);
    if (out->text != NULL && stamp_parse_offset(&out->at, &offset, out->text, strlen(out->text)) != HZ_OK)
        r_ledger_text_fail(text, N_("a time with its numeric offset was expected"));
}

static const char *take_id(struct r_ledger_text *text, const struct r_value *value)
{
    const char *id = r_ledger_text_take(text, value);

    if (id != NULL && !r_name_is_item(id, strlen(id)))
        r_ledger_text_fail(text, N_("the id of a copy or a hold is not one"));
    return id;
}

static void take_file(struct r_ledger_text *text, const struct r_value *value, struct buf *out)
{
    buf_init(out, R_STATEMENT_MAX);
    if (value->present && text_unbase64(out, value->text.at, value->text.len) != HZ_OK)
        r_ledger_text_no_memory(text);
}

static void take(struct r_ledger_text *text, const struct r_ledger_member *m, const struct r_value *value, void *out)
{
    void *at = (char *)out + m->offset;

    switch (m->kind) {
    case R_LEDGER_LINE:
        *(const char **)at = r_ledger_text_line(text, value);
        break;
    case R_LEDGER_KEY:
        *(const char **)at = r_ledger_text_fingerprint(text, value);
        break;
    case R_LEDGER_ID:
        *(const char **)at = take_id(text, value);
        break;
    case R_LEDGER_WHEN:
        take_when(text, value, at);
        break;
    case R_LEDGER_FLAG:
        *(bool *)at = value->present && value->number == 1;
        break;
    case R_LEDGER_FILE:
        take_file(text, value, at);
        break;
    case R_LEDGER_INSIDE:
        break;
    default:
        *(const char **)at = r_ledger_text_take(text, value);
    }
}

/* What an object has, in the order of its keys. */
struct found {
    size_t count;
    const struct r_ledger_member *members[R_LEDGER_MEMBERS];
    struct r_value values[R_LEDGER_MEMBERS];
};

static void read_member(struct r_json *j, const struct r_ledger_member *m, struct found *f, void *context)
{
    const struct r_field field = { .key = m->key,
                                   .kind = field_kinds[m->kind],
                                   .form = m->kind == R_LEDGER_FILE ? "+" : m->form,
                                   .inside = m->inside };

    assert(f->count < R_LEDGER_MEMBERS);
    f->members[f->count] = m;
    f->values[f->count] = (struct r_value) { .present = false };
    r_field_value(j, &field, &f->values[f->count++], context);
}

/* Shape and object are gone through side by side, as both are in the order of their keys. */
static bool read_members(struct r_json *j, const struct r_ledger_object *object, const char *shape, struct found *f,
                         void *context)
{
    struct word w = { .at = shape };
    struct r_span key;
    size_t at = 0;
    bool missing = false;

    look(&w);
    for (r_json_object(j); r_json_key(j, &key);) {
        for (; w.len > 0 && compare(&w, &key) < 0; move(&w))
            missing = missing || !w.optional;
        if (w.len == 0 || compare(&w, &key) != 0) {
            r_field_extension(j, &key);
            continue;
        }
        at = find(object, at, w.at, w.len);
        read_member(j, &object->members[at], f, context);
        move(&w);
    }
    for (; w.len > 0; move(&w))
        missing = missing || !w.optional;
    return j->wrong == NULL && (!missing || r_json_fail(j, N_("a required key is not there")));
}

bool r_ledger_member_read(struct r_json *j, struct r_ledger_text *text, const struct r_ledger_object *object,
                          const char *shape, void *out, void *context)
{
    struct found found;

    found.count = 0;
    if (!read_members(j, object, shape != NULL ? shape : object->shape, &found, context))
        return false;
    for (size_t i = 0; i < found.count; i++)
        take(text, found.members[i], &found.values[i], out);
    return text->wrong == NULL;
}

static const char *text_of(const struct r_ledger_member *m, const void *from)
{
    const void *at = (const char *)from + m->offset;

    switch (m->kind) {
    case R_LEDGER_FLAG:
    case R_LEDGER_FILE:
    case R_LEDGER_INSIDE:
        return NULL;
    case R_LEDGER_WHEN:
        return ((const struct r_when *)at)->text;
    default:
        return *(const char *const *)at;
    }
}

const char *r_ledger_member_text(const struct r_ledger_object *object, const char *key, const void *from)
{
    size_t len = strcspn(key, ".");

    for (size_t i = 0; i < object->count; i++) {
        const struct r_ledger_member *m = &object->members[i];
        if (!is(m->key, key, len))
            continue;
        if (key[len] == '\0')
            return text_of(m, from);
        return m->object != NULL ? r_ledger_member_text(m->object, key + len + 1, (const char *)from + m->offset)
                                 : NULL;
    }
    return NULL;
}

bool r_ledger_member_empty(const struct r_ledger_object *object, const void *from)
{
    for (size_t i = 0; i < object->count; i++)
        if (text_of(&object->members[i], from) != NULL)
            return false;
    return true;
}
