#include "custody/person.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

void person_free(struct person *p)
{
    free(p->name);
    free(p->title);
    free(p->organisation);
    free(p->role);
    free(p->contact);
    free(p->key);
    free(p->public_key);
    memset(p, 0, sizeof *p);
}

int person_set(char **field, const char *value, struct hz_error *err)
{
    char *copy = text_copy(value);

    if (value == NULL)
        return HZ_OK;
    if (copy == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    free(*field);
    *field = copy;
    return HZ_OK;
}

static struct w_time time_column(const struct query *q, int column)
{
    const char *text = query_get_text(q, column);
    struct w_time time = { .known = true };

    if (stamp_parse_offset(&time.at, &time.offset_minutes, text, strlen(text)) != HZ_OK)
        time.known = false;
    return time;
}

static int copy_row(const struct query *q, struct person *p, struct hz_error *err)
{
    char **const texts[] = { &p->key, &p->name, &p->title, &p->organisation, &p->role, &p->contact, &p->public_key };
    int rc = HZ_OK;

    for (int i = 0; rc == HZ_OK && i < 7; i++)
        rc = query_copy_text(q, i, texts[i], err);
    p->ended = query_get_int(q, 8) == 1;
    p->checkpoint_signer = query_get_int(q, 7) == 1 && !p->ended;
    p->valid_from = time_column(q, 9);
    p->valid_until = time_column(q, 10);
    p->entry = query_get_int(q, 11);
    return rc;
}

int person_find(struct store *s, const char *key, struct person *out, bool *found, struct hz_error *err)
{
    HZ_CLEANUP(person_free) struct person p = { 0 };
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s,
               "SELECT key, name, title, organisation, role, contact, public_key, checkpoint_signer,"
               " EXISTS (SELECT 1 FROM ended WHERE ended.key = person.key), valid_from, valid_until, entry"
               " FROM person WHERE key = ?1");
    query_text(&q, 1, key);
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK && row)
        rc = copy_row(&q, &p, err);
    if (rc != HZ_OK)
        return rc;
    *found = row;
    if (row) {
        *out = p;
        memset(&p, 0, sizeof p);
    }
    return HZ_OK;
}

int person_insert(struct store *s, const struct r_person *p, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, "INSERT INTO person VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    query_text(&q, 1, p->key);
    query_text(&q, 2, p->name);
    query_text(&q, 3, p->title);
    query_text(&q, 4, p->organisation);
    query_text(&q, 5, p->role);
    query_text(&q, 6, p->contact);
    query_text(&q, 7, p->public_key);
    query_int(&q, 8, p->checkpoint_signer ? 1 : 0);
    query_text(&q, 9, p->valid_from.text);
    query_text(&q, 10, p->valid_until.text);
    query_int(&q, 11, sequence);
    return query_run(&q, err);
}

int person_name(struct store *s, const char *key, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s, "SELECT name FROM person WHERE key = ?1");
    query_text(&q, 1, key);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK)
        return rc;
    buf_puts(out, row ? query_get_text(&q, 0) : key);
    return buf_check(out, err);
}

int person_checkpoint_signers(struct store *s, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(
        &q, s,
        "SELECT name FROM person WHERE checkpoint_signer = 1 AND key NOT IN (SELECT key FROM ended) ORDER BY entry");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        if (out->len > 0)
            buf_puts(out, ", ");
        buf_puts(out, query_get_text(&q, 0));
    }
    return rc == HZ_OK ? buf_check(out, err) : rc;
}

struct w_person person_as_actor(const struct person *p)
{
    return (struct w_person) {
        .name = p->name,
        .title = p->title,
        .organisation = p->organisation,
        .role = p->role,
        .contact = p->contact,
        .key = p->key,
    };
}

struct w_person person_in_full(const struct person *p)
{
    struct w_person full = person_as_actor(p);

    full.public_key = p->public_key;
    full.checkpoint_signer = p->checkpoint_signer;
    full.valid_from = p->valid_from;
    full.valid_until = p->valid_until;
    return full;
}
