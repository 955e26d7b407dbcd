#include "custody/copy.h"

#include <stdio.h>
#include <string.h>

static const char *const state_words[R_LEDGER_COPY_STATES] = { "none", "there", "out", "replaced", "destroyed" };

const char *copy_state_word(enum r_ledger_copy_state state)
{
    return state_words[state];
}

static int find(struct store *s, const char *item, const char *id, struct r_ledger_copy *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s, "SELECT state, sha256, integrity, decided FROM copy WHERE item = ?1 AND copy = ?2");
    query_text(&q, 1, item);
    query_text(&q, 2, id);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    for (unsigned i = 0; i < R_LEDGER_COPY_STATES; i++)
        if (strcmp(query_get_text(&q, 0), state_words[i]) == 0)
            out->state = (enum r_ledger_copy_state)i;
    snprintf(out->sha256, sizeof out->sha256, "%s", query_get_text(&q, 1));
    snprintf(out->integrity, sizeof out->integrity, "%s", query_get_text(&q, 2));
    out->decided = query_get_int(&q, 3) == 1;
    return HZ_OK;
}

static int count_copies(struct store *s, const char *item, const char *id, struct r_ledger_facts *out,
                        struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s,
               "SELECT count(*), coalesce(sum(copy <> ?2 AND integrity = 'intact'), 0),"
               " coalesce(sum(copy <> ?2 AND integrity <> 'altered'), 0), coalesce(sum(state = 'out'), 0)"
               " FROM copy WHERE item = ?1 AND state IN ('there', 'out')");
    query_text(&q, 1, item);
    query_text(&q, 2, id != NULL ? id : "");
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    out->copies = query_get_int(&q, 0);
    out->intact = query_get_int(&q, 1);
    out->sound = query_get_int(&q, 2);
    out->out = query_get_int(&q, 3);
    return HZ_OK;
}

static int count_holds(struct store *s, const struct r_statement *st, struct r_ledger_facts *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s,
               "SELECT coalesce(sum(lifted IS NULL), 0), coalesce(sum(hold = ?2), 0),"
               " coalesce(sum(hold = ?2 AND lifted IS NULL), 0) FROM hold WHERE item = ?1");
    query_text(&q, 1, st->item);
    query_text(&q, 2, st->body.hold != NULL ? st->body.hold : "");
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    out->holds = query_get_int(&q, 0);
    out->hold_used = query_get_int(&q, 1) > 0;
    out->hold_open = query_get_int(&q, 2) > 0;
    return HZ_OK;
}

int copy_facts(struct store *s, const struct r_statement *st, struct r_ledger_facts *out, struct hz_error *err)
{
    const char *id = r_ledger_item_copy(st);
    int rc = HZ_OK;

    if (id != NULL)
        rc = find(s, st->item, id, &out->copy, err);
    if (rc == HZ_OK)
        rc = count_copies(s, st->item, id, out, err);
    return rc == HZ_OK ? count_holds(s, st, out, err) : rc;
}

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static int insert_copy(struct store *s, const struct r_statement *st, const struct r_ledger_copy *copy,
                       uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool intake = st->type == R_STATEMENT_INTAKE;

    query_open(
        &q, s,
        "INSERT INTO copy (item, copy, role, medium, place, sha256, state, integrity, decided, checked, made, entry)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?10)");
    query_text(&q, 1, st->item);
    query_text(&q, 2, intake ? R_LEDGER_ORIGINAL : st->body.copy);
    query_text(&q, 3, intake ? "original" : st->body.role);
    query_text(&q, 4, st->body.medium);
    query_text(&q, 5, intake ? st->body.location : st->body.place);
    query_text(&q, 6, or_null(copy->sha256));
    query_text(&q, 7, state_words[copy->state]);
    query_text(&q, 8, copy->integrity);
    if (st->body.evidence.present)
        query_int(&q, 9, sequence);
    query_int(&q, 10, sequence);
    return query_run(&q, err);
}

static bool is_check(const struct r_statement *st)
{
    return st->body.evidence.present || (st->type == R_STATEMENT_RETURN && st->body.sha256 != NULL);
}

/* What is not stated stays, but who has a copy is known only while it is out. */
static int update_copy(struct store *s, const struct r_statement *st, const struct r_ledger_copy *copy,
                       uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool out = st->type == R_STATEMENT_CHECKOUT;

    query_open(&q, s,
               "UPDATE copy SET state = ?3, integrity = ?4, decided = ?5, checked = coalesce(?6, checked),"
               " place = coalesce(?7, place), holder = iif(?3 = 'out', coalesce(?8, holder), NULL),"
               " due = iif(?3 = 'out', iif(?8 IS NULL, due, ?9), NULL), entry = ?10 WHERE item = ?1 AND copy = ?2");
    query_text(&q, 1, st->item);
    query_text(&q, 2, r_ledger_item_copy(st));
    query_text(&q, 3, state_words[copy->state]);
    query_text(&q, 4, copy->integrity);
    query_int(&q, 5, copy->decided ? 1 : 0);
    if (is_check(st))
        query_int(&q, 6, sequence);
    query_text(&q, 7, st->body.place);
    query_text(&q, 8, out ? st->body.to.name : NULL);
    query_text(&q, 9, out ? st->body.due.text : NULL);
    query_int(&q, 10, sequence);
    return query_run(&q, err);
}

int copy_follow(struct store *s, const char *item, const char *location, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, "UPDATE copy SET place = ?3, entry = ?4 WHERE item = ?1 AND copy = ?2");
    query_text(&q, 1, item);
    query_text(&q, 2, R_LEDGER_ORIGINAL);
    query_text(&q, 3, location);
    query_int(&q, 4, sequence);
    return query_run(&q, err);
}

static int store_hold(struct store *s, const struct r_statement *st, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    if (st->type == R_STATEMENT_LIFT) {
        query_open(&q, s, "UPDATE hold SET lifted = ?3, entry = ?3 WHERE item = ?1 AND hold = ?2");
        query_text(&q, 1, st->item);
        query_text(&q, 2, st->body.hold);
        query_int(&q, 3, sequence);
        return query_run(&q, err);
    }
    query_open(&q, s, "INSERT INTO hold (item, hold, authority, reason, scope, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    query_text(&q, 1, st->item);
    query_text(&q, 2, st->body.hold);
    query_text(&q, 3, st->body.authority);
    query_text(&q, 4, st->body.reason);
    query_text(&q, 5, st->body.scope);
    query_int(&q, 6, sequence);
    return query_run(&q, err);
}

int copy_store(struct store *s, const struct r_statement *st, const struct r_ledger_facts *facts, uint64_t sequence,
               struct hz_error *err)
{
    struct r_ledger_copy before = { 0 };
    int rc;

    if (st->type == R_STATEMENT_HOLD || st->type == R_STATEMENT_LIFT)
        return store_hold(s, st, sequence, err);
    if (r_ledger_item_copy(st) == NULL)
        return HZ_OK;
    rc = find(s, st->item, r_ledger_item_copy(st), &before, err);
    if (rc != HZ_OK)
        return rc;
    if (before.state == R_LEDGER_COPY_NONE)
        return insert_copy(s, st, &facts->copy, sequence, err);
    return update_copy(s, st, &facts->copy, sequence, err);
}
