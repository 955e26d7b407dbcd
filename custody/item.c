#include "custody/item.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

static const char *const state_words[] = { "none", "held", "offered", "disputed" };

const char *item_state_word(enum r_ledger_state state)
{
    return state_words[state];
}

void item_free(struct item *item)
{
    free(item->name);
    free(item->case_id);
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
    for (unsigned i = 0; word != NULL && i < 4; i++)
        if (strcmp(word, state_words[i]) == 0)
            chain->state = (enum r_ledger_state)i;
    if (expires == NULL || stamp_parse_offset(&chain->expires, &offset, expires, strlen(expires)) != HZ_OK)
        chain->expires = (struct stamp) { 0, 0 };
}

int item_from_row(const struct query *q, struct item *out, struct hz_error *err)
{
    HZ_CLEANUP(item_free) struct item item = { 0 };
    struct {
        int column;
        char **text;
    } texts[] = { { 0, &item.name },      { 1, &item.case_id },  { 9, &item.expires },
                  { 10, &item.location }, { 11, &item.verdict }, { 12, &item.integrity } };

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

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

/* What a statement says that outlives it, beside the chain. */
struct said {
    const char *case_id, *location, *verdict, *integrity, *expires;
};

static int store_row(struct store *s, const char *name, const struct r_ledger_item *chain, const struct said *said,
                     uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s,
               "INSERT INTO item (" ITEM_COLUMNS
               ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
               " ON CONFLICT (item) DO UPDATE SET (case_id, content_id, file_sha256, state, custodian, moved, offer,"
               " offered_to, expires, location, verdict, integrity, entry)"
               " = (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
    query_text(&q, 1, name);
    query_text(&q, 2, said->case_id);
    query_text(&q, 3, or_null(chain->content_id));
    query_text(&q, 4, chain->file_sha256);
    query_text(&q, 5, state_words[chain->state]);
    query_text(&q, 6, chain->custodian);
    query_text(&q, 7, chain->moved);
    query_text(&q, 8, or_null(chain->offer));
    query_text(&q, 9, or_null(chain->offered_to));
    query_text(&q, 10, chain->state == R_LEDGER_OFFERED ? said->expires : NULL);
    query_text(&q, 11, said->location);
    query_text(&q, 12, said->verdict);
    query_text(&q, 13, said->integrity);
    query_int(&q, 14, sequence);
    return query_run(&q, err);
}

int item_apply(struct store *s, const struct r_statement *st, uint64_t sequence, struct stamp recorded_at,
               struct hz_error *err)
{
    HZ_CLEANUP(item_free) struct item item = { 0 };
    struct said said;
    bool found;
    int rc = item_find(s, st->item, &item, &found, err);

    if (rc == HZ_OK)
        rc = r_ledger_item_apply(&item.chain, st, recorded_at, err);
    if (rc != HZ_OK)
        return rc;
    said = (struct said) { item.case_id, item.location, item.verdict, item.integrity, item.expires };
    if (st->case_id != NULL)
        said.case_id = st->case_id;
    if (st->body.location != NULL)
        said.location = st->body.location;
    else if (item.chain.state == R_LEDGER_HELD && st->type == R_STATEMENT_ACCEPTANCE)
        said.location = NULL; /* where it was is not where it is now */
    if (st->type == R_STATEMENT_INTAKE || st->type == R_STATEMENT_ACCEPTANCE) {
        said.verdict = st->body.evidence.verdict;
        said.integrity = st->body.evidence.integrity;
    }
    if (st->type == R_STATEMENT_OFFER)
        said.expires = st->body.expires.text;
    return store_row(s, st->item, &item.chain, &said, sequence, err);
}
