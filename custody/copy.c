#include "custody/copy.h"

#include <string.h>

static const char *const state_words[R_LEDGER_COPY_STATES] = { "none", "there", "out", "replaced", "destroyed" };

const char *copy_state_word(enum r_ledger_copy_state state)
{
    return state_words[state];
}

static int find_hold(struct store *s, const struct r_statement *st, struct r_ledger_facts *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    int rc;

    query_open(&q, s, "SELECT lifted IS NULL FROM hold WHERE item = ?1 AND hold = ?2");
    query_text(&q, 1, st->item);
    query_text(&q, 2, st->body.hold);
    rc = query_row(&q, &out->hold_used, err);
    if (rc == HZ_OK)
        out->hold_open = out->hold_used && query_get_int(&q, 0) == 1;
    return rc;
}

int copy_facts(struct store *s, struct shelf_item *item, const struct r_statement *st, struct shelf_copy **copy,
               struct r_ledger_facts *out, struct hz_error *err)
{
    const char *id = r_ledger_item_copy(st);
    bool live = false, holds = false;
    int rc = id != NULL ? shelf_copy(s, item, id, copy, err) : HZ_OK;

    if (rc != HZ_OK)
        return rc;
    if (id != NULL) {
        out->copy = (*copy)->is;
        live = out->copy.state == R_LEDGER_COPY_THERE || out->copy.state == R_LEDGER_COPY_OUT;
        holds = r_ledger_copy_holds(&item->is.chain, &out->copy);
    }
    out->copies = item->copies;
    out->intact = item->intact - (live && strcmp(out->copy.integrity, "intact") == 0);
    out->sound = item->sound - holds;
    out->out = item->out;
    out->holds = item->holds;
    return st->body.hold != NULL ? find_hold(s, st, out, err) : HZ_OK;
}

/* The item has a copy more. */
static int begin(struct shelf_copy *c, const struct r_statement *st, const struct r_ledger_copy *is, uint64_t sequence,
                 struct hz_error *err)
{
    bool intake = st->type == R_STATEMENT_INTAKE;
    int rc = shelf_set(&c->role, intake ? "original" : st->body.role, err);

    if (rc == HZ_OK)
        rc = shelf_set(&c->medium, st->body.medium, err);
    if (rc == HZ_OK)
        rc = shelf_set(&c->place, intake ? st->body.location : st->body.place, err);
    memcpy(c->is.sha256, is->sha256, sizeof c->is.sha256);
    c->made = sequence;
    c->was_checked = st->body.evidence.present;
    c->checked = sequence;
    return rc;
}

static bool is_check(const struct r_statement *st)
{
    return st->body.evidence.present || st->type == R_STATEMENT_RECHECK || st->type == R_STATEMENT_FIXITY ||
           (st->type == R_STATEMENT_RETURN && st->body.sha256 != NULL);
}

/* What is not stated stays, but who has a copy is known only while it is out. */
static int go_on(struct shelf_copy *c, const struct r_statement *st, const struct r_ledger_copy *is, uint64_t sequence,
                 struct hz_error *err)
{
    bool out = is->state == R_LEDGER_COPY_OUT, checkout = st->type == R_STATEMENT_CHECKOUT;
    int rc = HZ_OK;

    if (is_check(st)) {
        c->was_checked = true;
        c->checked = sequence;
    }
    if (st->body.place != NULL)
        rc = shelf_set(&c->place, st->body.place, err);
    if (rc == HZ_OK && (checkout || !out))
        rc = shelf_set(&c->holder, checkout ? st->body.to.name : NULL, err);
    if (rc == HZ_OK && (checkout || !out))
        rc = shelf_set(&c->due, checkout ? st->body.due.text : NULL, err);
    return rc;
}

int copy_follow(struct store *s, struct shelf_item *item, uint64_t sequence, struct hz_error *err)
{
    struct shelf_copy *c;
    int rc = shelf_copy(s, item, R_LEDGER_ORIGINAL, &c, err);

    if (rc != HZ_OK || c->is.state == R_LEDGER_COPY_NONE)
        return rc;
    c->entry = sequence;
    c->changed = true;
    return shelf_set(&c->place, item->is.location, err);
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

int copy_keep(struct store *s, struct shelf_item *item, struct shelf_copy *copy, const struct r_statement *st,
              const struct r_ledger_facts *facts, uint64_t sequence, struct hz_error *err)
{
    int rc;

    if (st->type == R_STATEMENT_HOLD || st->type == R_STATEMENT_LIFT) {
        item->holds += st->type == R_STATEMENT_HOLD ? 1 : (uint64_t)-1;
        return store_hold(s, st, sequence, err);
    }
    if (copy == NULL)
        return HZ_OK;
    rc = copy->is.state == R_LEDGER_COPY_NONE ? begin(copy, st, &facts->copy, sequence, err)
                                              : go_on(copy, st, &facts->copy, sequence, err);
    shelf_copy_becomes(item, copy, &facts->copy);
    copy->entry = sequence;
    copy->changed = true;
    return rc;
}
