#include "custody/archive_held.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "formats/read/entry.h"
#include "formats/read/statement.h"

static void free_texts(struct archive_beside *b)
{
    free(b->file);
    free(b->sha256);
    free(b->version);
}

static void free_files(struct archive_beside *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free_texts(&list[i]);
    free(list);
}

static void free_copy(struct archive_copy *c)
{
    char *const texts[] = { c->item,   c->copy,   c->case_id, c->content_id, c->medium,  c->place,       c->integrity,
                            c->target, c->volume, c->file,    c->parity,     c->version, c->checked_text };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    free_files(c->beside, c->beside_count);
    free_files(c->rest, c->rest_count);
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

/* In the place of what was there; with room for one more. */
static int take_files(struct archive_beside **out, size_t *filled, const struct r_beside *list, size_t count,
                      struct hz_error *err)
{
    int rc = HZ_OK;

    free_files(*out, *filled);
    *filled = 0;
    *out = calloc(count + 1, sizeof **out);
    if (*out == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t i = 0; rc == HZ_OK && i < count; i++) {
        struct archive_beside *b = &(*out)[(*filled)++];
        rc = keep(&b->file, list[i].file, err);
        if (rc == HZ_OK)
            rc = keep(&b->sha256, list[i].sha256, err);
        if (rc == HZ_OK)
            rc = keep(&b->version, list[i].version, err);
    }
    return rc;
}

static int take_seal(struct archive_copy *c, const struct r_statement_body *body, struct hz_error *err)
{
    c->read_only = body->sealed.mode != NULL;
    c->immutable = body->sealed.immutable != NULL;
    c->verity = body->sealed.verity != NULL;
    c->hold = body->sealed.legal_hold != NULL;
    c->retain_until = body->sealed.retain_until.at;
    if (body->sealed.size == NULL ||
        num_parse_u64(body->sealed.size, strlen(body->sealed.size), INT64_MAX, &c->size) == HZ_OK)
        return HZ_OK;
    return hz_error_set(err, HZ_E_FORMAT, _("%s: what is recorded of the copy %s cannot be read"), c->item, c->copy);
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
    if (rc == HZ_OK)
        rc = take_seal(c, &statement.body, err);
    if (rc == HZ_OK)
        rc = take_files(&c->beside, &c->beside_count, statement.body.sealed.beside, statement.body.sealed.beside_count,
                        err);
    if (rc == HZ_OK)
        rc = take_files(&c->rest, &c->rest_count, statement.body.rest, statement.body.rest_count, err);
    r_statement_free(&statement);
    r_entry_free(&entry);
    return rc;
}

/* An entry of many checks; those of one entry follow each other. */
struct latest {
    uint64_t sequence;
    bool known;
    struct r_entry entry;
    struct r_statement statement;
};

static void latest_free(struct latest *l)
{
    r_statement_free(&l->statement);
    r_entry_free(&l->entry);
    memset(l, 0, sizeof *l);
}

static int take_latest(struct archive_copy *c, struct latest *l, const void *bytes, size_t len, struct hz_error *err)
{
    int rc = HZ_OK;

    if (len == 0)
        return HZ_OK;
    if (!l->known || l->sequence != c->checked) {
        latest_free(l);
        rc = r_entry_parse(&l->entry, bytes, len, err);
        if (rc == HZ_OK)
            rc = r_statement_parse(&l->statement, l->entry.statement.data, l->entry.statement.len, err);
        l->sequence = c->checked;
        l->known = true;
    }
    for (size_t i = 0; rc == HZ_OK && i < l->statement.body.check_count; i++) {
        const struct r_checked *of = &l->statement.body.checks[i];
        if (strcmp(of->item, c->item) == 0 && strcmp(of->copy, c->copy) == 0)
            c->beside_failed = of->beside_count > 0;
    }
    return rc;
}

static int unreadable(struct store *s, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, _("%s: what it says of a copy cannot be read; run hozen custody audit"),
                        s->path);
}

static int take_row(struct archive_copy *c, struct store *s, const struct query *q, struct latest *latest,
                    struct hz_error *err)
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
    if (rc == HZ_OK)
        rc = take_sealed(c, bytes, len, err);
    bytes = query_get_blob(q, 13, &len);
    return rc == HZ_OK ? take_latest(c, latest, bytes, len, err) : rc;
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

static int by_file(const void *a, const void *b)
{
    return strcmp(((const struct archive_beside *)a)->file, ((const struct archive_beside *)b)->file);
}

/* Beside this copy the evidence record of this digest lies from now on. */
static int take_record(struct archive_copy *c, const struct r_recorded *of, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(4096);
    const char *slash = c->file != NULL ? strrchr(c->file, '/') : NULL;
    struct archive_beside *b = c->beside;

    if (c->file == NULL)
        return HZ_OK;
    while (b < c->beside + c->beside_count && !b->record)
        b++;
    buf_printf(&name, "%s%s", slash != NULL ? slash + 1 : c->file, ARCHIVE_ATTACH_SUFFIX);
    if (buf_text(&name) == NULL)
        return buf_check(&name, err);
    c->beside_count += !b->record;
    free_texts(b);
    *b = (struct archive_beside) { .record = true };
    if (keep(&b->file, (const char *)name.data, err) != HZ_OK || keep(&b->sha256, of->sha256, err) != HZ_OK ||
        keep(&b->version, of->version, err) != HZ_OK)
        return err->code;
    qsort(c->beside, c->beside_count, sizeof *c->beside, by_file);
    return HZ_OK;
}

static int by_copy(const void *key, const void *element)
{
    const struct r_recorded *of = key;
    const struct archive_copy *c = element;
    int order = strcmp(of->item, c->item);

    return order != 0 ? order : strcmp(of->copy, c->copy);
}

static struct archive_copy *copy_of(struct archive_held *h, const char *item, const char *copy, uint64_t sequence)
{
    const struct r_recorded key = { .item = item, .copy = copy };
    struct archive_copy *c = h->count > 0 ? bsearch(&key, h->list, h->count, sizeof *h->list, by_copy) : NULL;

    return c != NULL && c->made < sequence ? c : NULL;
}

/* Of the copy that it names, and of those of its item that were made later. */
static void take_age(struct archive_held *h, const struct r_recorded *of, const struct r_entry *e, struct stamp ends)
{
    size_t low = 0, high = h->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        bool before = strcmp(h->list[middle].item, of->item) < 0;
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    for (struct archive_copy *c = h->list + low; c < h->list + h->count && strcmp(c->item, of->item) == 0; c++) {
        if (c->made <= e->sequence && strcmp(c->copy, of->copy) != 0)
            continue;
        c->renewed_at = e->recorded_at;
        c->proof_ends = ends;
    }
}

/* Of a renewal, or a repair that made anew what lies in a copy. */
static int take_later(struct archive_held *h, uint64_t sequence, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_entry entry = { 0 };
    struct r_statement statement = { 0 };
    int rc = r_entry_parse(&entry, bytes, len, err);

    if (rc == HZ_OK)
        rc = r_statement_parse(&statement, entry.statement.data, entry.statement.len, err);
    for (size_t i = 0; rc == HZ_OK && i < statement.body.record_count; i++) {
        const struct r_recorded *of = &statement.body.records[i];
        struct archive_copy *c = copy_of(h, of->item, of->copy, sequence);
        if (c != NULL)
            rc = take_record(c, of, err);
        take_age(h, of, &entry, statement.body.expires.at);
    }
    if (rc == HZ_OK && statement.type == R_STATEMENT_RECHECK && statement.body.rest_count > 0 &&
        statement.body.copy != NULL) {
        struct archive_copy *c = copy_of(h, statement.item, statement.body.copy, sequence);
        if (c != NULL)
            rc = take_files(&c->rest, &c->rest_count, statement.body.rest, statement.body.rest_count, err);
    }
    r_statement_free(&statement);
    r_entry_free(&entry);
    return rc;
}

/* The latest one counts. */
static int take_all_later(struct archive_held *h, struct store *s, const char *item, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, s,
               "SELECT e.sequence, e.bytes FROM statement m JOIN entry e ON e.sequence = m.entry"
               " WHERE m.type = 'renewal' OR (m.type = 'recheck' AND (?1 IS NULL OR m.item = ?1) AND m.item IN (SELECT"
               " item FROM copy WHERE role = 'archive')) ORDER BY e.sequence");
    query_text(&q, 1, item);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        size_t len;
        const void *bytes = query_get_blob(&q, 1, &len);
        rc = take_later(h, query_get_int(&q, 0), bytes, len, err);
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}

/* An evidence record may have come with the copy, and another one by a renewal. */
static void each_once(struct archive_copy *c)
{
    size_t left = 0;

    for (size_t i = 0; i < c->rest_count; i++) {
        struct archive_beside *b = &c->rest[i];
        if (bsearch(b, c->beside, c->beside_count, sizeof *c->beside, by_file) == NULL) {
            c->rest[left++] = *b;
            continue;
        }
        free_texts(b);
    }
    c->rest_count = left;
}

int archive_held_load(struct archive_held *out, struct store *s, const char *item, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    HZ_CLEANUP(archive_held_free) struct archive_held h = { 0 };
    HZ_CLEANUP(latest_free) struct latest latest = { 0 };
    bool row = true;
    int rc;

    query_open(&q, s,
               "SELECT c.item, c.copy, i.case_id, i.content_id, c.medium, c.place, c.integrity, c.sha256, c.made,"
               " c.checked, m.recorded_at, k.recorded_at, e.bytes, f.bytes FROM copy c JOIN item i ON i.item = c.item"
               " JOIN entry e ON e.sequence = c.made JOIN statement m ON m.entry = c.made"
               " LEFT JOIN statement k ON k.entry = c.checked"
               " LEFT JOIN entry f ON f.sequence = c.checked AND k.type = 'fixity' WHERE c.role = 'archive' AND "
               "c.state IN ('there', 'out')"
               " AND i.state NOT IN ('disposed', 'returned') AND (?1 IS NULL OR c.item = ?1) ORDER BY c.item, c.copy");
    query_text(&q, 1, item);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        struct archive_copy *c;
        rc = add(&h, &c, err);
        if (rc == HZ_OK)
            rc = take_row(c, s, &q, &latest, err);
        if (rc != HZ_OK)
            return rc;
    }
    if (rc == HZ_OK)
        rc = take_all_later(&h, s, item, err);
    if (rc != HZ_OK)
        return rc;
    for (size_t i = 0; i < h.count; i++)
        each_once(&h.list[i]);
    *out = h;
    memset(&h, 0, sizeof h);
    return HZ_OK;
}

/* Of a retention a store keeps whole seconds. */
bool archive_held_sealed(const struct archive_copy *c, const struct archive_found *found)
{
    const struct stamp asked = { c->retain_until.seconds, 0 };
    bool kept = stamp_compare(found->until, asked) >= 0 && stamp_compare(found->until, stamp_now()) > 0;

    return (!c->read_only || found->read_only) && (!c->immutable || found->immutable) &&
           (!c->verity || found->verity) && (!c->hold || found->hold) && (asked.seconds == 0 || kept);
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
