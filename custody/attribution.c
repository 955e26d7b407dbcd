#include "custody/attribution.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void attribution_free(struct attribution *a)
{
    person_free(&a->person);
    person_free(&a->receiver);
    offering_entry_free(&a->offer);
    for (size_t i = 0; i < a->second_count; i++)
        free(a->second[i].name);
    memset(a, 0, sizeof *a);
}

static bool is_answer(const struct r_statement *st)
{
    return st->type == R_STATEMENT_ACCEPTANCE || st->type == R_STATEMENT_DECLINE;
}

/* knows_more: what they say of themselves beyond what is known is theirs to say. */
static bool put(const struct r_person *known, bool knows_more, struct r_person *who)
{
    const char **const own[] = { &who->name, &who->title, &who->organisation, &who->role, &who->contact };
    const char *const theirs[] = { known->name, known->title, known->organisation, known->role, known->contact };
    bool other = false;

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (theirs[i] == NULL && knows_more)
            continue;
        other = other || (*own[i] != NULL && !text_equal(*own[i], theirs[i]));
        *own[i] = theirs[i];
    }
    return other;
}

bool attribution_put(const struct r_statement *st, const struct r_person *known, struct r_person *actor)
{
    return put(known, is_answer(st), actor); /* a receiver knows more of themselves than the releaser */
}

bool attribution_put_receiver(const struct r_person *known, struct r_person *to)
{
    return put(known, false, to);
}

bool attribution_put_releaser(const struct r_person *known, struct r_person *releaser)
{
    return put(known, true, releaser);
}

struct r_person attribution_person(const struct person *p)
{
    return (struct r_person) { .present = true,
                               .name = p->name,
                               .title = p->title,
                               .organisation = p->organisation,
                               .role = p->role,
                               .contact = p->contact,
                               .key = p->key };
}

int attribution_offered(struct store *told, struct store *log, const struct r_statement *answer,
                        struct offering_entry *offer, struct r_person *actor, bool *other, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = false;
    int rc;

    if (!is_answer(answer) || answer->previous == NULL)
        return HZ_OK;
    query_open(&q, told, "SELECT entry FROM statement WHERE digest = ?1 AND type = 'offer'");
    query_text(&q, 1, answer->previous);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    rc = offering_at(log, query_get_int(&q, 0), offer, err);
    if (rc == HZ_OK && text_equal(offer->statement.digest, answer->previous) &&
        text_equal(offer->statement.body.to.key, actor->key))
        *other = attribution_put(answer, &offer->statement.body.to, actor);
    return rc;
}

static int read_seconds(struct store *told, uint64_t sequence, struct attribution *a, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, told,
               "SELECT c.key, p.name FROM cosigner c LEFT JOIN person p ON p.key = c.key AND p.entry <= c.entry"
               " WHERE c.entry = ?1 ORDER BY c.key");
    query_int(&q, 1, sequence);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row && a->second_count < R_ENTRY_SIGNATURES;) {
        struct attribution_second *s = &a->second[a->second_count++];
        const char *key = query_get_text(&q, 0);
        memcpy(s->key, key, strnlen(key, sizeof s->key - 1));
        rc = query_copy_text(&q, 1, &s->name, err);
        if (rc == HZ_OK)
            rc = query_row(&q, &row, err);
    }
    return rc;
}

static int make_receiver(struct store *told, uint64_t sequence, struct r_statement *st, struct attribution *a,
                         struct hz_error *err)
{
    struct r_person *to = &st->body.to, known;
    bool found = false;
    int rc;

    a->to_stated = *to;
    if (!to->present || to->key == NULL)
        return HZ_OK;
    rc = person_find(told, to->key, &a->receiver, &found, err);
    if (rc != HZ_OK || !found || a->receiver.entry > sequence)
        return rc;
    known = attribution_person(&a->receiver);
    a->to_differs = attribution_put_receiver(&known, to);
    return HZ_OK;
}

int attribution_make(struct store *told, struct store *log, uint64_t sequence, struct r_statement *st,
                     struct attribution *out, struct hz_error *err)
{
    struct attribution a = { .stated = st->actor };
    bool found = false;
    int rc = person_find(told, st->actor.key, &a.person, &found, err);

    if (rc == HZ_OK && found && a.person.entry <= sequence) {
        struct r_person known = attribution_person(&a.person);
        a.differs = attribution_put(st, &known, &st->actor);
    } else if (rc == HZ_OK) {
        rc = attribution_offered(told, log, st, &a.offer, &st->actor, &a.differs, err);
    }
    if (rc == HZ_OK)
        rc = make_receiver(told, sequence, st, &a, err);
    if (rc == HZ_OK)
        rc = read_seconds(told, sequence, &a, err);
    if (rc == HZ_OK)
        *out = a;
    else
        attribution_free(&a);
    return rc;
}

void attribution_text(const struct r_person *p, struct buf *out)
{
    const char *const parts[] = { p->name, p->title, p->role, p->organisation, p->contact };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i] != NULL)
            buf_printf(out, "%s%s", i == 0 ? "" : ", ", parts[i]);
}

void attribution_stated(const struct attribution *a, struct buf *out)
{
    if (a->differs)
        attribution_text(&a->stated, out);
}

void attribution_named(const struct attribution *a, struct buf *out)
{
    if (a->to_differs)
        attribution_text(&a->to_stated, out);
}

static void put_seconds(const struct attribution *a, struct json_out *j)
{
    if (a->second_count == 0)
        return;
    json_key(j, "second_signers");
    json_array(j);
    for (size_t i = 0; i < a->second_count; i++) {
        json_object(j);
        json_member_string(j, "key", a->second[i].key);
        json_member_string(j, "name", a->second[i].name);
        json_object_end(j);
    }
    json_array_end(j);
}

void attribution_members(const struct attribution *a, const struct r_person *who, struct json_out *j)
{
    HZ_CLEANUP(buf_free) struct buf stated = BUF_INIT((size_t)5 * R_LEDGER_LINE_MAX);

    attribution_stated(a, &stated);
    put_seconds(a, j);
    json_member_string(j, "signed_as", stated.len > 0 ? buf_text(&stated) : NULL);
    json_key(j, "signer");
    json_object(j);
    json_member_string(j, "contact", who->contact);
    json_member_string(j, "key", who->key);
    json_member_string(j, "name", who->name);
    json_member_string(j, "organisation", who->organisation);
    json_member_string(j, "role", who->role);
    json_member_string(j, "title", who->title);
    json_object_end(j);
}
