#include "custody/item.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/copy.h"
#include "custody/project_signers.h"
#include "custody/settled.h"
#include "custody/shelf.h"
#include "formats/read/brought.h"

static const char *const state_words[R_LEDGER_STATES] = { "none",     "held",     "offered", "in-transit",
                                                          "disputed", "disposed", "returned" };

const char *item_state_word(enum r_ledger_state state)
{
    return state_words[state];
}

void item_free(struct item *item)
{
    free(item->name);
    free(item->case_id);
    free(item->kind);
    free(item->exhibit);
    free(item->location);
    free(item->verdict);
    free(item->integrity);
    free(item->expires);
    memset(item, 0, sizeof *item);
}

/* A column that holds a digest, a fingerprint or nothing. Longer text cannot be one and is left out. */
static void get_fixed(const struct query *q, int column, char *out, size_t size)
{
    const char *text = query_get_text(q, column);

    out[0] = '\0';
    if (text != NULL && strlen(text) < size)
        memcpy(out, text, strlen(text) + 1);
}

static void get_chain(const struct query *q, struct r_ledger_item *chain)
{
    const char *word = query_get_text(q, 4), *expires = query_get_text(q, 9);
    int offset;

    get_fixed(q, 2, chain->content_id, sizeof chain->content_id);
    get_fixed(q, 3, chain->file_sha256, sizeof chain->file_sha256);
    get_fixed(q, 5, chain->custodian, sizeof chain->custodian);
    get_fixed(q, 6, chain->moved, sizeof chain->moved);
    get_fixed(q, 7, chain->offer, sizeof chain->offer);
    get_fixed(q, 8, chain->offered_to, sizeof chain->offered_to);
    get_fixed(q, 11, chain->verdict, sizeof chain->verdict);
    get_fixed(q, 12, chain->integrity, sizeof chain->integrity);
    get_fixed(q, 16, chain->dispute, sizeof chain->dispute);
    get_fixed(q, 17, chain->plan, sizeof chain->plan);
    chain->decided = query_get_int(q, 18) == 1;
    for (unsigned i = 0; i < R_LEDGER_STATES; i++)
        if (strcmp(word, state_words[i]) == 0)
            chain->state = (enum r_ledger_state)i;
    if (stamp_parse_offset(&chain->expires, &offset, expires, strlen(expires)) != HZ_OK)
        chain->expires = (struct stamp) { 0, 0 };
}

int item_from_row(const struct query *q, struct item *out, struct hz_error *err)
{
    HZ_CLEANUP(item_free) struct item item = { 0 };
    struct {
        int column;
        char **text;
    } texts[] = { { 0, &item.name },     { 1, &item.case_id },    { 9, &item.expires }, { 10, &item.location },
                  { 11, &item.verdict }, { 12, &item.integrity }, { 14, &item.kind },   { 15, &item.exhibit } };

    get_chain(q, &item.chain);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int rc = query_copy_text(q, texts[i].column, texts[i].text, err);
        if (rc != HZ_OK)
            return rc;
    }
    if (item.name == NULL)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: an item has no name; run hozen custody audit"), q->store->path);
    item.entry = query_get_int(q, 13);
    *out = item;
    memset(&item, 0, sizeof item);
    return HZ_OK;
}

int item_find(struct store *s, const char *name, struct item *out, bool *found, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    struct item item = { 0 };
    bool row;
    int rc;

    query_open(&q, s, "SELECT " ITEM_COLUMNS " FROM item WHERE item = ?1");
    query_text(&q, 1, name);
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK && row)
        rc = item_from_row(&q, &item, err);
    if (rc != HZ_OK)
        return rc;
    *out = item;
    *found = row;
    return HZ_OK;
}

int item_get(struct store *s, const char *name, struct item *out, struct hz_error *err)
{
    bool found;
    int rc = item_find(s, name, out, &found, err);

    if (rc == HZ_OK && !found)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s: the ledger has no item of this name; custody show lists them"),
                            name);
    return rc;
}

/* What a statement says that outlives it, beside the chain. */
struct said {
    const char *case_id, *kind, *exhibit, *location, *expires;
};

/* Where the item is after the statement; it is with its copy "original". */
static const char *location(const struct item *item, const struct r_statement *st)
{
    if (st->body.location != NULL)
        return st->body.location;
    if (strcmp(item->chain.moved, st->digest) == 0)
        return NULL; /* where it was is not where it is now */
    if (st->body.place != NULL && st->type != R_STATEMENT_COPY &&
        strcmp(r_ledger_item_copy(st), R_LEDGER_ORIGINAL) == 0)
        return st->body.place;
    return item->location;
}

static struct said say(const struct item *item, const struct r_statement *st)
{
    struct said said = { item->case_id, item->kind, item->exhibit, location(item, st), item->expires };

    if (st->case_id != NULL)
        said.case_id = st->case_id;
    if (st->type == R_STATEMENT_INTAKE && item->name == NULL) { /* not where it comes back */
        said.kind = st->body.kind != NULL ? st->body.kind : "bundle";
        said.exhibit = st->body.exhibit;
    }
    if (st->type == R_STATEMENT_OFFER)
        said.expires = st->body.expires.text;
    return said;
}

/* Who of those concerned signed, and whose keys are good no more. */
static int look_at_keys(struct store *s, const struct project_record *r, const struct r_ledger_item *chain,
                        struct r_ledger_facts *facts, struct hz_error *err)
{
    int rc = HZ_OK;

    if (r->statement->type == R_STATEMENT_SETTLEMENT) {
        facts->custodian_signed = r_ledger_signed_by(r->signers, chain->custodian);
        facts->claimant_signed = r_ledger_signed_by(r->signers, chain->offered_to);
    }
    if (r->statement->type != R_STATEMENT_REASSIGN)
        return HZ_OK;
    rc = project_signers_revoked(s, chain->custodian, &facts->custodian_revoked, err);
    if (rc == HZ_OK)
        rc = project_signers_revoked(s, chain->offered_to, &facts->claimant_revoked, err);
    return rc == HZ_OK ? project_signers_known(s, r->statement->body.to.key, &facts->receiver_known, err) : rc;
}

static int keep(struct shelf_item *item, const struct r_statement *st, uint64_t sequence, struct hz_error *err)
{
    const struct said said = say(&item->is, st);
    int rc = shelf_set(&item->is.case_id, said.case_id, err);

    if (rc == HZ_OK)
        rc = shelf_set(&item->is.kind, said.kind, err);
    if (rc == HZ_OK)
        rc = shelf_set(&item->is.exhibit, said.exhibit, err);
    if (rc == HZ_OK)
        rc = shelf_set(&item->is.location, said.location, err);
    if (rc == HZ_OK)
        rc = shelf_set(&item->is.expires, said.expires, err);
    if (rc == HZ_OK && item->is.name == NULL)
        rc = shelf_set(&item->is.name, st->item, err);
    item->is.entry = sequence;
    item->changed = true;
    return rc;
}

/* An intake that carries an offer: what that says, and whether an earlier one brought the item here by it. */
static int look_at_offer(struct store *s, const struct project_record *r, struct r_ledger_facts *facts,
                         struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    int rc = r_brought_releaser(r->statement, facts->releaser, &facts->released_until, err);

    if (rc != HZ_OK || facts->releaser[0] == '\0')
        return rc;
    query_open(&q, r->told != NULL ? r->told : s,
               "SELECT 1 FROM statement WHERE item = ?1 AND type = 'intake' AND previous = ?2 AND entry < ?3");
    query_text(&q, 1, r->statement->item);
    query_text(&q, 2, r->statement->previous);
    query_int(&q, 3, r->entry->sequence);
    return query_row(&q, &facts->released_before, err);
}

/* What the statement did to the item and to the copy that it is about. */
static int keep_both(struct store *s, const struct project_record *r, struct shelf_item *item, struct shelf_copy *copy,
                     const struct r_ledger_facts *facts, struct hz_error *err)
{
    uint64_t sequence = r->entry->sequence;
    int rc = keep(item, r->statement, sequence, err);

    if (rc == HZ_OK)
        rc = copy_keep(s, item, copy, r->statement, facts, sequence, err);
    if (rc == HZ_OK && strcmp(item->is.chain.moved, r->statement->digest) == 0)
        rc = copy_follow(s, item, sequence, err);
    return rc == HZ_OK && !s->later ? shelf_write_item(s, item, err) : rc;
}

int item_apply(struct store *s, const struct project_record *r, struct hz_error *err)
{
    const struct r_statement *st = r->statement;
    struct r_ledger_facts facts = { 0 };
    struct shelf_item *item = NULL;
    struct shelf_copy *copy = NULL;
    bool noted = st->type == R_STATEMENT_NOTE || st->type == R_STATEMENT_PHOTOGRAPH;
    int rc = shelf_item(s, st->item, noted ? r->entry->sequence : 0, &item, err);

    if (rc == HZ_OK)
        rc = copy_facts(s, item, st, &copy, &facts, err);
    if (rc == HZ_OK)
        rc = look_at_keys(s, r, &item->is.chain, &facts, err);
    if (rc == HZ_OK)
        rc = look_at_offer(s, r, &facts, err);
    if (rc == HZ_OK)
        rc = r_ledger_item_apply(&item->is.chain, st, &facts, r->entry->recorded_at, err);
    if (rc != HZ_OK || noted)
        return rc;
    return keep_both(s, r, item, copy, &facts, err);
}

int item_rotate(struct store *s, const char *old, const char *key, uint64_t sequence, struct hz_error *err)
{
    static const char *const sql[] = {
        "UPDATE item SET custodian = ?2 WHERE custodian = ?1",
        "UPDATE item SET offered_to = ?2 WHERE offered_to = ?1 AND state = 'disputed'",
    };
    int rc = shelf_clear(s, err);

    if (rc == HZ_OK && s->settled != NULL)
        rc = settled_rotate(s->settled, old, sequence, err);
    for (int i = 0; rc == HZ_OK && i < 2; i++) {
        HZ_CLEANUP(query_close) struct query q;
        query_open(&q, s, sql[i]);
        query_text(&q, 1, old);
        query_text(&q, 2, key);
        rc = query_run(&q, err);
    }
    return rc;
}
