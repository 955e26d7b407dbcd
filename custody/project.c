#include "custody/project.h"

#include <string.h>

#include "base/lang.h"
#include "custody/item.h"
#include "custody/known.h"
#include "custody/person.h"
#include "custody/project_node.h"
#include "custody/project_signers.h"
#include "custody/project_witness.h"

static int check_place(const struct project_record *r, const char **code, struct hz_error *err)
{
    if ((r->statement->type == R_STATEMENT_GENESIS) == (r->entry->sequence == 0))
        return HZ_OK;
    *code = "record-altered";
    return hz_error_set(err, HZ_E_DENIED, _("a ledger begins with its genesis statement and has no other"));
}

static int check_new(struct store *s, const struct r_statement *st, const char **code, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s, "SELECT entry FROM statement WHERE digest = ?1");
    query_text(&q, 1, st->digest);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    *code = "record-altered";
    return hz_error_set(err, HZ_E_DENIED, _("the statement is recorded already, in entry %llu"),
                        (unsigned long long)query_get_int(&q, 0));
}

static int insert_statement(struct store *s, const struct r_entry *e, const struct r_statement *st,
                            struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, "INSERT INTO statement VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    query_int(&q, 1, e->sequence);
    query_still(&q, 2, st->digest);
    query_still(&q, 3, r_statement_type_name(st->type));
    query_still(&q, 4, st->actor.key);
    query_still(&q, 5, st->time_text);
    query_still(&q, 6, e->recorded_at_text);
    query_still(&q, 7, st->item);
    query_still(&q, 8, st->previous);
    query_still(&q, 9, st->case_id);
    query_still(&q, 10, st->content_id);
    query_still(&q, 11, st->file_sha256);
    return query_run(&q, err);
}

static int end_key(struct store *s, const struct r_statement *st, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool rotated = st->type == R_STATEMENT_ROTATION;

    query_open(&q, s, "INSERT INTO ended VALUES (?1, ?2, ?3, ?4, ?5)");
    query_text(&q, 1, rotated ? st->body.old : st->body.key);
    query_text(&q, 2, rotated ? "rotated" : st->body.reason);
    query_text(&q, 3, st->body.since.text);
    query_text(&q, 4, rotated ? st->body.person.key : NULL);
    query_int(&q, 5, sequence);
    return query_run(&q, err);
}

static int rotate(struct store *s, const struct r_statement *st, uint64_t sequence, struct hz_error *err)
{
    int rc = person_insert(s, &st->body.person, sequence, err);

    if (rc == HZ_OK)
        rc = end_key(s, st, sequence, err);
    return rc == HZ_OK ? item_rotate(s, st->body.old, st->body.person.key, sequence, err) : rc;
}

static int set_policy(struct store *s, const struct r_statement *st, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, "INSERT INTO policy VALUES (?1, ?2)");
    query_int(&q, 1, sequence);
    query_text(&q, 2, st->body.rules);
    return query_run(&q, err);
}

/* Member by member: what is not stated stays. */
static int set_facts(struct store *s, const struct r_statement *st, uint64_t sequence, struct hz_error *err)
{
    static const char *const names[] = { "title",    "severity", "code_name", "privilege", "detected",
                                         "reporter", "method",   "symptoms",  "impact",    "responsible" };
    HZ_CLEANUP(query_close) struct query q;
    int rc = HZ_OK;

    query_open(&q, s,
               "INSERT INTO fact VALUES (?1, ?2, ?3, ?4) ON CONFLICT (case_id, name) DO UPDATE SET (value, entry) ="
               " (?3, ?4)");
    for (size_t i = 0; rc == HZ_OK && i < sizeof names / sizeof names[0]; i++) {
        const char *value = r_statement_text(st, names[i]);
        if (value == NULL)
            continue;
        query_text(&q, 1, st->case_id);
        query_text(&q, 2, names[i]);
        query_text(&q, 3, value);
        query_int(&q, 4, sequence);
        rc = query_run(&q, err);
    }
    return rc;
}

/* One signature over many checks: each is about its own item. */
static int apply_fixity(struct store *s, const struct project_record *r, struct hz_error *err)
{
    struct r_statement one = *r->statement;
    struct project_record about = *r;
    int rc = HZ_OK;

    about.statement = &one;
    for (size_t i = 0; rc == HZ_OK && i < one.body.check_count; i++) {
        r_statement_aim(&one, i);
        rc = item_apply(s, &about, err);
        if (rc != HZ_OK)
            hz_error_context(err, "%s %s", one.item, one.body.copy);
    }
    return rc;
}

static int apply_content(struct store *s, const struct project_record *r, const char **code, struct hz_error *err)
{
    const struct r_statement *st = r->statement;
    uint64_t sequence = r->entry->sequence;
    int rc = project_witness(s, st, sequence, code, err);

    if (rc != HZ_OK)
        return rc;
    *code = "custody-gap";
    if (st->item != NULL)
        return item_apply(s, r, err);
    switch (st->type) {
    case R_STATEMENT_GENESIS:
    case R_STATEMENT_PERSON:
        return person_insert(s, &st->body.person, sequence, err);
    case R_STATEMENT_ROTATION:
        return rotate(s, st, sequence, err);
    case R_STATEMENT_REVOCATION:
        return end_key(s, st, sequence, err);
    case R_STATEMENT_POLICY:
        return set_policy(s, st, sequence, err);
    case R_STATEMENT_FIXITY:
        return apply_fixity(s, r, err);
    case R_STATEMENT_CASE:
        return set_facts(s, st, sequence, err);
    default:
        return HZ_OK; /* what is said of a case stands in the statement */
    }
}

int project_follow(struct store *s, const struct project_record *r, const char **code, struct hz_error *err)
{
    int rc = check_place(r, code, err);

    if (rc == HZ_OK)
        rc = project_signers_check(s, r, code, err);
    if (rc == HZ_OK)
        rc = apply_content(s, r, code, err);
    if (r->statement->item == NULL)
        known_renew(s); /* it may have been about persons or policy */
    return rc;
}

int project_apply(struct store *s, const struct project_record *r, const char **code, struct hz_error *err)
{
    int rc = check_new(s, r->statement, code, err);

    if (rc == HZ_OK)
        rc = project_follow(s, r, code, err);
    if (rc == HZ_OK)
        rc = insert_statement(s, r->entry, r->statement, err);
    if (rc == HZ_OK)
        rc = project_signers_insert(s, r, err);
    return rc == HZ_OK ? project_node(s, r->entry->sequence, r->leaf, r->left, err) : rc;
}
