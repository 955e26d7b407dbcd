#include "custody/archive_held.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/entry.h"
#include "formats/read/statement.h"

static void free_copy(struct archive_copy *c)
{
    char *const texts[] = { c->item,   c->copy,   c->case_id, c->content_id, c->medium,  c->place,       c->integrity,
                            c->target, c->volume, c->file,    c->parity,     c->version, c->checked_text };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    memset(c, 0, sizeof *c);
}

void archive_held_free(struct archive_held *h)
{
    for (size_t i = 0; i < h->count; i++)
        free_copy(&h->list[i]);
    free(h->list);
    memset(h, 0, sizeof *h);
}

static int keep(char **out, const char *text, struct hz_error *err)
{
    *out = text_copy(text);
    return *out != NULL || text == NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

/* What the entry says that made it. */
static int take_sealed(struct archive_copy *c, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_entry entry = { 0 };
    struct r_statement statement = { 0 };
    int rc = r_entry_parse(&entry, bytes, len, err);

    if (rc == HZ_OK)
        rc = r_statement_parse(&statement, entry.statement.data, entry.statement.len, err);
    if (rc == HZ_OK)
        rc = keep(&c->target, statement.body.sealed.target, err);
    if (rc == HZ_OK)
        rc = keep(&c->volume, statement.body.sealed.volume, err);
    if (rc == HZ_OK)
        rc = keep(&c->file, statement.body.sealed.file, err);
    if (rc == HZ_OK)
        rc = keep(&c->parity, statement.body.sealed.parity, err);
    if (rc == HZ_OK)
        rc = keep(&c->version, statement.body.sealed.version, err);
    r_statement_free(&statement);
    r_entry_free(&entry);
    return rc;
}

static int unreadable(struct store *s, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, _("%s: what it says of a copy cannot be read; run hozen custody audit"),
                        s->path);
}

static int take_row(struct archive_copy *c, struct store *s, const struct query *q, struct hz_error *err)
{
    char **const texts[] = { &c->item, &c->copy, &c->case_id, &c->content_id, &c->medium, &c->place, &c->integrity };
    const char *made = query_get_text(q, 10), *checked = query_get_text(q, 11);
    const void *bytes;
    size_t len;
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < sizeof texts / sizeof texts[0]; i++)
        rc = query_copy_text(q, (int)i, texts[i], err);
    if (rc != HZ_OK)
        return rc;
    snprintf(c->sha256, sizeof c->sha256, "%s", query_get_text(q, 7));
    c->made = query_get_int(q, 8);
    c->checked = query_get_int(q, 9);
    c->was_checked = checked[0] != '\0';
    if (c->item == NULL || c->copy == NULL || stamp_parse(&c->made_at, made, strlen(made)) != HZ_OK)
        return unreadable(s, err);
    c->checked_at = c->made_at;
    if (c->was_checked && stamp_parse(&c->checked_at, checked, strlen(checked)) != HZ_OK)
        return unreadable(s, err);
    rc = keep(&c->checked_text, c->was_checked ? checked : made, err);
    bytes = query_get_blob(q, 12, &len);
    return rc == HZ_OK ? take_sealed(c, bytes, len, err) : rc;
}

static int add(struct archive_held *h, struct archive_copy **out, struct hz_error *err)
{
    size_t room = h->room > 0 ? 2 * h->room : 16;
    struct archive_copy *list;

    if (h->count == h->room) {
        list = realloc(h->list, room * sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
        h->list = list;
        h->room = room;
    }
    *out = &h->list[h->count++];
    memset(*out, 0, sizeof **out);
    return HZ_OK;
}

int archive_held_load(struct archive_held *out, struct store *s, const char *item, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    HZ_CLEANUP(archive_held_free) struct archive_held h = { 0 };
    bool row = true;
    int rc;

    query_open(&q, s,
               "SELECT c.item, c.copy, i.case_id, i.content_id, c.medium, c.place, c.integrity, c.sha256, c.made,"
               " c.checked, m.recorded_at, k.recorded_at, e.bytes FROM copy c JOIN item i ON i.item = c.item"
               " JOIN entry e ON e.sequence = c.made JOIN statement m ON m.entry = c.made"
               " LEFT JOIN statement k ON k.entry = c.checked WHERE c.role = 'archive' AND c.state IN ('there', 'out')"
               " AND i.state NOT IN ('disposed', 'returned') AND (?1 IS NULL OR c.item = ?1) ORDER BY c.item, c.copy");
    query_text(&q, 1, item);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        struct archive_copy *c;
        rc = add(&h, &c, err);
        if (rc == HZ_OK)
            rc = take_row(c, s, &q, err);
        if (rc != HZ_OK)
            return rc;
    }
    if (rc != HZ_OK)
        return rc;
    *out = h;
    memset(&h, 0, sizeof h);
    return HZ_OK;
}

bool archive_held_due(const struct archive_copy *c, const struct r_policy_archive *policy, struct stamp now)
{
    static const unsigned usual[] = { 24, 2160, 8760 }; /* a day, a quarter, a year */
    bool said = policy != NULL && policy->hour_count > 0;
    const unsigned *hours = said ? policy->hours : usual;
    size_t count = said ? policy->hour_count : sizeof usual / sizeof usual[0];
    int64_t age = (now.seconds - c->made_at.seconds) / 3600, moment = 0, last = hours[count - 1];

    for (size_t i = 0; i < count; i++)
        if (hours[i] <= age)
            moment = hours[i];
    if (age > last)
        moment = age / last * last;
    return moment > 0 && stamp_compare(c->checked_at, stamp_add(c->made_at, moment * 3600)) < 0;
}
