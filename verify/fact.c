#include "verify/fact.h"

#include <string.h>

/* Rows of one kind. members: what is compared, and the twin ..._b64 of each; name: what of it makes the name */
struct form {
    enum fact_kind kind;
    const char *members, *name;
    bool (*fits)(const struct fact_row *row); /* NULL: all rows */
};

static bool is_one_of(const struct fact_row *row, const char *key, const char *const *words)
{
    for (; *words; words++)
        if (fact_is(row, key, *words))
            return true;
    return false;
}

static bool is_unit(const struct fact_row *row)
{
    static const char *const kinds[] = { "systemd",       "systemd-drop-in", "systemd-generator", "systemd-shutdown",
                                         "systemd-sleep", "systemd-manager", "systemd-linger",    NULL };

    return is_one_of(row, "kind", kinds);
}

static bool is_cron(const struct fact_row *row)
{
    static const char *const kinds[] = { "cron", "anacron", "incron", "at", NULL };

    return is_one_of(row, "kind", kinds);
}

static bool is_other_start(const struct fact_row *row)
{
    return !is_unit(row) && !is_cron(row);
}

#define START                                                                                                          \
    "altered command cut directive enabled enabled_by fingerprint kind mode name options origin overrides package "    \
    "program program_differs program_missing program_unowned scope target text uid unowned user when"

static const struct form users[] = { { FACT_ACCOUNTS,
                                       "authorized_keys expires gecos gid groups home home_mode home_uid "
                                       "inactive_days locked maximum_days minimum_days name password "
                                       "password_changed shell uid warning_days",
                                       "name", NULL } };
static const struct form groups[] = { { FACT_GROUPS, "administrators gid members name password", "name", NULL } };
static const struct form rights[] = { { FACT_RIGHTS, "file text", "file text", NULL } };
static const struct form sockets[] = { { FACT_LISTENERS, "family interface_name kind local owners uid v6only", NULL,
                                         fact_socket_listens } };
static const struct form autostart[] = {
    { FACT_UNITS, START, "origin directive", is_unit },
    { FACT_CRON, START, "origin command text", is_cron },
    { FACT_AUTOSTART, START, "kind origin directive command text name fingerprint", is_other_start },
};
static const struct form privileged[] = {
    { FACT_PRIVILEGED, "altered capabilities capabilities_root gid mode nosuid origin package size uid unowned",
      "origin", NULL }
};
static const struct form modules[] = { { FACT_MODULES, "name size srcversion taint version views", "name", NULL } };
static const struct form packages[] = { { FACT_PACKAGES, "architecture manager name status version",
                                          "name architecture manager", NULL } };

static const struct listing {
    const char *path, *schema;
    const struct form *forms;
    size_t form_count;
} listings[FACT_LISTINGS] = {
    { "data/accounts/users.jsonl", "hozen-users/1", users, 1 },
    { "data/accounts/groups.jsonl", "hozen-groups/1", groups, 1 },
    { "data/accounts/rights.jsonl", "hozen-rights/1", rights, 1 },
    { "data/network/sockets.jsonl", "hozen-sockets/1", sockets, 1 },
    { "data/persistence/autostart.jsonl", "hozen-autostart/1", autostart, 3 },
    { "data/persistence/privileged.jsonl", "hozen-privileged/1", privileged, 1 },
    { "data/kernel/modules.jsonl", "hozen-modules/1", modules, 1 },
    { "data/packages/packages.jsonl", "hozen-packages/1", packages, 1 },
};

const char *fact_word(enum fact_kind kind)
{
    static const char *const words[FACT_KINDS] = { "files", "accounts",  "groups",     "rights",  "listeners", "units",
                                                   "cron",  "autostart", "privileged", "modules", "packages" };

    return words[kind];
}

size_t fact_listing_find(const char *path, size_t len)
{
    size_t i = 0;

    while (i < FACT_LISTINGS && !(strlen(listings[i].path) == len && memcmp(listings[i].path, path, len) == 0))
        i++;
    return i;
}

size_t fact_listing_of(enum fact_kind kind)
{
    for (size_t i = 0; i < FACT_LISTINGS; i++)
        for (size_t k = 0; k < listings[i].form_count; k++)
            if (listings[i].forms[k].kind == kind)
                return i;
    return FACT_LISTINGS;
}

void fact_init(struct fact *f)
{
    buf_init(&f->name, FACT_NAME_MAX);
    buf_init(&f->value, FACT_VALUE_MAX);
}

void fact_free(struct fact *f)
{
    buf_free(&f->name);
    buf_free(&f->value);
}

const struct fact_member *fact_member(const struct fact_row *row, const char *key)
{
    for (size_t i = 0; i < row->count; i++)
        if (r_span_is(&row->list[i].key, key))
            return &row->list[i];
    return NULL;
}

/* Words of our own need no escapes */
bool fact_is(const struct fact_row *row, const char *key, const char *text)
{
    const struct fact_member *m = fact_member(row, key);
    size_t len = strlen(text);

    return m && m->len == len + 2 && m->at[0] == '"' && memcmp(m->at + 1, text, len) == 0;
}

void fact_put_text(struct buf *out, const struct fact_member *member)
{
    struct r_span text;
    struct r_json j;

    if (!member)
        return;
    if (out->len)
        buf_putc(out, ' ');
    r_json_init(&j, member->at, member->len);
    if (r_json_peek(&j) != R_JSON_STRING)
        buf_put(out, member->at, member->len);
    else if (r_json_string(&j, &text))
        r_span_decode(&text, out);
}

/* Is the word one of those with blanks between? */
static bool has_word(const char *words, const char *word, size_t len)
{
    while (*words) {
        size_t n = strcspn(words, " ");

        if (n == len && memcmp(words, word, n) == 0)
            return true;
        words += n + (words[n] == ' ');
    }
    return false;
}

static bool is_compared(const struct form *form, const struct r_span *key)
{
    size_t len = key->len > 4 && memcmp(key->at + key->len - 4, "_b64", 4) == 0 ? key->len - 4 : key->len;

    return !key->escaped && has_word(form->members, key->at, len);
}

/* false: some owners are left out, here or by the one who made the list */
static bool put_value(const struct form *form, const struct fact_row *row, struct buf *out)
{
    bool all = form->kind != FACT_LISTENERS || !fact_member(row, "owners_in_all");

    buf_putc(out, '{');
    for (size_t i = 0; i < row->count; i++) {
        const struct fact_member *m = &row->list[i];

        if (!is_compared(form, &m->key))
            continue;
        buf_puts(out, out->len > 1 ? ",\"" : "\"");
        buf_put(out, m->key.at, m->key.len);
        buf_puts(out, "\":");
        if (form->kind == FACT_LISTENERS && r_span_is(&m->key, "owners"))
            all &= fact_socket_owners(m, out);
        else
            buf_put(out, m->at, m->len);
    }
    buf_putc(out, '}');
    return all;
}

static void put_name(const struct form *form, const struct fact_row *row, struct buf *out)
{
    const char *words = form->name;

    while (*words) {
        size_t n = strcspn(words, " ");

        for (size_t i = 0; i < row->count; i++)
            if (row->list[i].key.len == n && memcmp(row->list[i].key.at, words, n) == 0)
                fact_put_text(out, &row->list[i]);
        words += n + (words[n] == ' ');
    }
}

bool fact_row_read(struct fact_row *out, const void *text, size_t len)
{
    struct r_span key;
    struct r_json j;

    out->count = 0;
    r_json_init(&j, text, len);
    for (r_json_object(&j); r_json_key(&j, &key);) {
        size_t begin = j.at;

        if (out->count == FACT_MEMBERS || !r_json_skip(&j))
            return false;
        out->list[out->count++] =
            (struct fact_member) { .key = key, .at = (const char *)j.text + begin, .len = j.at - begin };
    }
    return r_json_done(&j);
}

bool fact_row_open(struct fact_row *out, const struct fact_member *member)
{
    out->count = 0;
    return member && fact_row_read(out, member->at, member->len);
}

static enum fact_answer fill(const struct form *form, const struct fact_row *row, struct fact *f)
{
    bool all;

    f->kind = form->kind;
    buf_reset(&f->name);
    buf_reset(&f->value);
    if (form->name)
        put_name(form, row, &f->name);
    else
        fact_socket_name(row, &f->name);
    all = put_value(form, row, &f->value);
    if (f->name.failed == HZ_E_LIMIT || f->value.failed == HZ_E_LIMIT)
        return FACT_LONG;
    if (!f->name.len)
        return FACT_MALFORMED;
    return all ? FACT_YES : FACT_CUT;
}

enum fact_answer fact_line(size_t listing, uint64_t number, const char *line, size_t len, struct fact *f)
{
    const struct listing *l = &listings[listing];
    struct fact_row row;

    if (!fact_row_read(&row, line, len))
        return FACT_MALFORMED;
    if (number == 1)
        return fact_is(&row, "schema", l->schema) ? FACT_NONE : FACT_MALFORMED;
    for (size_t i = 0; i < l->form_count; i++)
        if (!l->forms[i].fits || l->forms[i].fits(&row))
            return fill(&l->forms[i], &row, f);
    return FACT_NONE;
}
