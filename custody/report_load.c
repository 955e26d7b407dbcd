#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/person.h"
#include "custody/report.h"
#include "custody/report_keys.h"

static void free_all(struct report_entry **list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        attribution_free(&list[i]->by);
        r_statement_free(&list[i]->statement);
        free(list[i]);
    }
    free(list);
}

void report_free(struct report *r)
{
    free_all(r->entries, r->count);
    free_all(r->keys, r->key_count);
    audit_free(&r->audit);
    memset(r, 0, sizeof *r);
}

/* The audit has read the same bytes in the same snapshot: what cannot be read here it has found. */
static int parse(struct report_entry *e, struct query *bytes, struct hz_error *err)
{
    HZ_CLEANUP(r_entry_free) struct r_entry wrapped = { 0 };
    const void *data;
    size_t len;
    bool row;
    int rc = query_row(bytes, &row, err);

    if (rc != HZ_OK)
        return rc;
    if (!row)
        return hz_error_set(err, HZ_E_FORMAT, _("entry %llu cannot be read; run hozen custody audit"),
                            (unsigned long long)e->sequence);
    data = query_get_blob(bytes, 0, &len);
    rc = r_entry_parse(&wrapped, data, len, err);
    if (rc == HZ_OK)
        rc = r_statement_parse(&e->statement, wrapped.statement.data, wrapped.statement.len, err);
    if (rc == HZ_OK)
        stamp_format(e->recorded_at, wrapped.recorded_at);
    return rc;
}

static int add(struct report *r, struct report_entry **list, size_t *count, uint64_t sequence, struct query *bytes,
               struct hz_error *err)
{
    struct report_entry *e;
    int rc;

    if (*count == REPORT_ENTRIES)
        return hz_error_set(err, HZ_E_LIMIT, _("there are more than %d records about %s; take hozen custody export"),
                            REPORT_ENTRIES, r->item != NULL ? r->item : r->case_id);
    e = calloc(1, sizeof *e);
    if (e == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    list[(*count)++] = e;
    e->sequence = sequence;
    query_again(bytes);
    query_int(bytes, 1, sequence);
    rc = parse(e, bytes, err);
    return rc == HZ_OK ? attribution_make(r->audit.told, r->audit.store, sequence, &e->statement, &e->by, err) : rc;
}

/* The derived tables say which entries there are; their bytes lie in the ledger. */
static int add_all(struct report *r, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query which;
    HZ_CLEANUP(query_close) struct query bytes;
    bool row = true;
    int rc;

    query_open(&bytes, r->audit.store, "SELECT bytes FROM entry WHERE sequence = ?1");
    query_open(&which, r->audit.told,
               r->item != NULL ? "SELECT entry FROM statement WHERE item = ?1 OR (item IS NULL AND case_id = ?2)"
                                 " ORDER BY entry"
                               : "SELECT entry FROM statement WHERE (item IS NULL AND case_id = ?2)"
                                 " OR item IN (SELECT item FROM item WHERE case_id = ?2) ORDER BY entry");
    if (r->item != NULL)
        query_text(&which, 1, r->item);
    query_text(&which, 2, r->case_id);
    for (rc = query_row(&which, &row, err); rc == HZ_OK && row; rc = query_row(&which, &row, err)) {
        rc = add(r, r->entries, &r->count, query_get_int(&which, 0), &bytes, err);
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}

/* What became of the keys that the entries name. */
static int add_keys(struct report *r, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query which;
    HZ_CLEANUP(query_close) struct query bytes;
    bool row = true;
    int rc;

    query_open(&bytes, r->audit.store, "SELECT bytes FROM entry WHERE sequence = ?1");
    query_open(&which, r->audit.told, "SELECT key, entry FROM ended ORDER BY entry");
    for (rc = query_row(&which, &row, err); rc == HZ_OK && row; rc = query_row(&which, &row, err)) {
        bool here;
        rc = report_keys_concern(r, query_get_text(&which, 0), &here, err);
        if (rc == HZ_OK && here)
            rc = add(r, r->keys, &r->key_count, query_get_int(&which, 1), &bytes, err);
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}

static int find_item(struct report *r, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const char *case_id;
    bool row;
    int rc;

    query_open(&q, r->audit.told, "SELECT case_id FROM item WHERE item = ?1");
    query_text(&q, 1, r->item);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK)
        return rc;
    if (!row)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s: no such item in this ledger; hozen custody show lists them"),
                            r->item);
    case_id = query_get_text(&q, 0);
    memcpy(r->case_room, case_id, strnlen(case_id, sizeof r->case_room - 1));
    r->case_id = case_id[0] != '\0' ? r->case_room : NULL;
    return HZ_OK;
}

static int refuse_failed(const struct audit *a, const char *ledger, struct hz_error *err)
{
    if (audit_verdict(a) != AUDIT_FAILED)
        return HZ_OK;
    return hz_error_set(err, HZ_E_INVALID,
                        _("%s: the ledger does not pass its audit, so no form is made from it; hozen custody audit "
                          "says what is wrong"),
                        ledger);
}

int report_load(struct report *r, const struct report_order *order, struct hz_error *err)
{
    const struct audit_order audited = { .ledger = order->ledger, .timestamp_roots = order->timestamp_roots };
    int rc = audit_run(&r->audit, &audited, err);

    r->item = order->item;
    r->case_id = order->item != NULL ? NULL : order->case_id;
    if (rc == HZ_OK)
        rc = refuse_failed(&r->audit, order->ledger, err);
    if (rc == HZ_OK && order->item != NULL)
        rc = find_item(r, err);
    if (rc != HZ_OK)
        return rc;
    r->entries = calloc(REPORT_ENTRIES, sizeof *r->entries);
    r->keys = calloc(REPORT_ENTRIES, sizeof *r->keys);
    if (r->entries == NULL || r->keys == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    rc = add_all(r, err);
    if (rc == HZ_OK && r->count == 0)
        return hz_error_set(err, HZ_E_NOTFOUND, _("the ledger says nothing about the case %s"), order->case_id);
    return rc == HZ_OK ? add_keys(r, err) : rc;
}

struct part {
    const char *key, *value;
};

static const char *pick(const struct part *parts, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(parts[i].key, key) == 0)
            return parts[i].value;
    return NULL;
}

static const char *of_person(const struct r_person *p, const char *key)
{
    const struct part parts[] = { { "name", p->name }, { "title", p->title },     { "organisation", p->organisation },
                                  { "role", p->role }, { "contact", p->contact }, { "key", p->key } };

    return p->present ? pick(parts, sizeof parts / sizeof parts[0], key) : NULL;
}

static const char *of_evidence(const struct r_evidence *e, const char *key)
{
    const struct part parts[] = { { "verdict", e->verdict },
                                  { "integrity", e->integrity },
                                  { "authenticity", e->authenticity },
                                  { "files", e->files },
                                  { "bytes", e->bytes },
                                  { "case", e->case_id },
                                  { "operator", e->operator_name },
                                  { "host", e->host },
                                  { "started", e->started },
                                  { "finished", e->finished } };
    return e->present ? pick(parts, sizeof parts / sizeof parts[0], key) : NULL;
}

const char *report_text(const struct r_statement *s, const char *key)
{
    const struct part parts[] = { { "time", s->time_text },
                                  { "case", s->case_id },
                                  { "item", s->item },
                                  { "content_id", s->content_id },
                                  { "file_sha256", s->file_sha256 },
                                  { "digest", s->digest },
                                  { "previous", s->previous } };
    const char *found = pick(parts, sizeof parts / sizeof parts[0], key);

    if (found != NULL)
        return found;
    if (strncmp(key, "evidence.", 9) == 0)
        return of_evidence(&s->body.evidence, key + 9);
    if (strncmp(key, "actor.", 6) == 0)
        return of_person(&s->actor, key + 6);
    if (strncmp(key, "to.", 3) == 0)
        return of_person(&s->body.to, key + 3);
    return r_statement_text(s, key);
}

bool report_about(const struct report_entry *e, const char *item)
{
    return item == NULL ? e->statement.item == NULL : text_equal(e->statement.item, item);
}

const struct report_entry *report_latest(const struct report *r, enum r_statement_type type, const char *item)
{
    for (size_t i = r->count; i > 0; i--)
        if (r->entries[i - 1]->statement.type == type && report_about(r->entries[i - 1], item))
            return r->entries[i - 1];
    return NULL;
}

const struct report_entry *report_of_digest(const struct report *r, const char *digest)
{
    for (size_t i = 0; digest != NULL && i < r->count; i++)
        if (strcmp(r->entries[i]->statement.digest, digest) == 0)
            return r->entries[i];
    return NULL;
}

static const char *named_here(const struct report *r, const char *key)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct r_statement *s = &r->entries[i]->statement;
        if (text_equal(s->actor.key, key))
            return s->actor.name;
        if (s->body.to.present && text_equal(s->body.to.key, key))
            return s->body.to.name;
    }
    return key;
}

int report_name(const struct report *r, const char *key, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(person_free) struct person p = { 0 };
    bool found = false;
    int rc = person_find(r->audit.told, key, &p, &found, err);

    if (rc == HZ_OK)
        buf_puts(out, found && p.name != NULL ? p.name : named_here(r, key));
    return rc;
}
