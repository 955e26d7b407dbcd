#include "custody/settled.h"

static bool same_item(const struct query *q, const struct shelf_item *item)
{
    const char *texts[SHELF_ITEM_TEXTS];
    bool same = true;

    shelf_item_texts(item, texts);
    for (int i = 0; same && i < SHELF_ITEM_TEXTS; i++)
        same = i == SHELF_ITEM_ENTRY || query_is_text(q, i, texts[i]);
    return same && query_is_int(q, SHELF_ITEM_ENTRY, item->is.entry) &&
           query_is_int(q, SHELF_ITEM_TEXTS, item->is.chain.decided ? 1 : 0);
}

static int look_at_item(struct settled *t, const struct shelf_item *item, bool *same, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    int rc;

    query_open(&q, t->ledger, "SELECT " ITEM_COLUMNS " FROM item WHERE item = ?1");
    query_still(&q, 1, item->name);
    rc = query_row(&q, same, err);
    *same = *same && rc == HZ_OK && same_item(&q, item);
    return rc;
}

static const struct shelf_copy *copy_of(const struct shelf_item *item, const struct query *q)
{
    for (unsigned i = 0; i < item->copy_count; i++)
        if (item->copy[i].is.state != R_LEDGER_COPY_NONE && query_is_text(q, 1, item->copy[i].id))
            return &item->copy[i];
    return NULL;
}

static bool same_copy(const struct query *q, const struct shelf_item *item, const struct shelf_copy *c)
{
    const char *texts[SHELF_COPY_TEXTS];
    bool same = true;

    shelf_copy_texts(item, c, texts);
    for (int i = 0; same && i < SHELF_COPY_TEXTS; i++)
        same = query_is_text(q, i, texts[i]);
    return same && query_is_int(q, 10, c->is.decided ? 1 : 0) && query_is_int(q, 11, c->made) &&
           (c->was_checked ? query_is_int(q, 12, c->checked) : query_is_text(q, 12, NULL)) &&
           query_is_int(q, 13, c->entry);
}

/* One row for each copy that there is. That no two rows have one name is audit_indexes_read's to see. */
static int look_at_copies(struct settled *t, const struct shelf_item *item, uint64_t *copies, bool *same,
                          struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const struct shelf_copy *c;
    uint64_t want = 0;
    bool row = true;
    int rc = HZ_OK;

    for (unsigned i = 0; i < item->copy_count; i++)
        want += item->copy[i].is.state != R_LEDGER_COPY_NONE;
    query_open(&q, t->ledger, "SELECT " SHELF_COPY_COLUMNS " FROM copy WHERE item = ?1");
    query_still(&q, 1, item->name);
    for (*copies = 0; rc == HZ_OK && *same; ++*copies) {
        rc = query_row(&q, &row, err);
        if (rc != HZ_OK || !row)
            break;
        c = copy_of(item, &q);
        *same = c != NULL && same_copy(&q, item, c);
    }
    *same = *same && *copies == want;
    return rc;
}

int settled_item(struct settled *t, const struct shelf_item *item, bool *same, struct hz_error *err)
{
    uint64_t copies = 0;
    int rc = look_at_item(t, item, same, err);

    if (rc == HZ_OK && *same)
        rc = look_at_copies(t, item, &copies, same, err);
    if (rc != HZ_OK || !*same)
        return rc;
    t->items++;
    t->copies += copies;
    return HZ_OK;
}

int settled_find(struct settled *t, const char *name, uint64_t sequence, struct item *out, bool *found,
                 struct hz_error *err)
{
    struct item item = { 0 };
    int rc = item_find(t->ledger, name, &item, found, err);

    *found = rc == HZ_OK && *found && item.entry < sequence;
    if (*found)
        *out = item;
    else
        item_free(&item);
    return rc;
}

int settled_rotate(struct settled *t, const char *old, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = false;
    int rc;

    query_open(&q, t->ledger,
               "SELECT 1 FROM item WHERE entry < ?1 AND (custodian = ?2 OR (offered_to = ?2 AND state = 'disputed'))"
               " LIMIT 1");
    query_int(&q, 1, sequence);
    query_text(&q, 2, old);
    rc = query_row(&q, &row, err);
    t->differs = t->differs || row;
    return rc;
}

/* Every row of ours, and how many there are. */
static int all_there(struct settled *t, const char *ours, const char *theirs, struct store *apart, int keys,
                     uint64_t *rows, bool *same, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query x, y = { 0 };
    bool row = true;
    int rc = HZ_OK;

    query_open(&x, apart, ours);
    query_open(&y, t->ledger, theirs);
    for (*rows = 0; rc == HZ_OK && *same; ++*rows) {
        rc = query_row(&x, &row, err);
        if (rc != HZ_OK || !row)
            break;
        query_again(&y);
        for (int i = 0; i < keys; i++)
            query_text(&y, i + 1, query_get_text(&x, i));
        rc = query_row(&y, same, err);
        for (int i = 0; rc == HZ_OK && *same && i < sqlite3_column_count(x.statement); i++)
            *same = query_same(&x, &y, i);
    }
    return rc;
}

int settled_rest(struct settled *t, struct store *apart, uint64_t items, uint64_t copies, bool *same,
                 struct hz_error *err)
{
    uint64_t more_items = 0, more_copies = 0;
    int rc;

    *same = !t->differs;
    rc = all_there(t, "SELECT * FROM item", "SELECT * FROM item WHERE item = ?1", apart, 1, &more_items, same, err);
    if (rc == HZ_OK && *same)
        rc = all_there(t, "SELECT * FROM copy", "SELECT * FROM copy WHERE item = ?1 AND copy = ?2", apart, 2,
                       &more_copies, same, err);
    *same = *same && items == t->items + more_items && copies == t->copies + more_copies;
    return rc;
}
