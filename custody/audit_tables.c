#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "custody/audit_part.h"

/* A derived table: its rows in the order of their key, each with the entry it comes from in front. */
struct table {
    const char *name, *sql;
};

static const struct table tables[] = {
    { "node", "SELECT entry, * FROM node ORDER BY level, position" },
    { "witness", "SELECT entry, * FROM witness ORDER BY ledger, size, keyid" },
    { "statement", "SELECT entry, * FROM statement NOT INDEXED ORDER BY entry" },
    { "person", "SELECT entry, * FROM person ORDER BY key" },
    { "item", "SELECT entry, * FROM item ORDER BY item" },
};

static bool same_value(const struct query *x, const struct query *y, int column)
{
    const void *x_bytes, *y_bytes;
    size_t x_len, y_len;

    if (sqlite3_column_type(x->statement, column) != sqlite3_column_type(y->statement, column))
        return false;
    x_bytes = query_get_blob(x, column, &x_len);
    y_bytes = query_get_blob(y, column, &y_len);
    return x_len == y_len && (x_len == 0 || memcmp(x_bytes, y_bytes, x_len) == 0);
}

/* Name of the first column that differs, NULL when none does. */
static const char *difference(const struct query *x, const struct query *y)
{
    int count = sqlite3_column_count(y->statement);

    if (sqlite3_column_count(x->statement) != count)
        return "*";
    for (int i = 0; i < count; i++)
        if (!same_value(x, y, i))
            return sqlite3_column_name(y->statement, i);
    return NULL;
}

/* Walks both tables side by side up to the first difference. */
static int compare(struct audit *a, const struct table *t, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query stored;
    HZ_CLEANUP(query_close) struct query derived;
    bool stored_row = true, derived_row = true;
    const char *column = NULL;
    int rc = HZ_OK;

    query_open(&stored, a->store, t->sql);
    query_open(&derived, a->scratch, t->sql);
    while (rc == HZ_OK && column == NULL && stored_row && derived_row) {
        rc = query_row(&stored, &stored_row, err);
        if (rc == HZ_OK)
            rc = query_row(&derived, &derived_row, err);
        if (rc == HZ_OK && stored_row && derived_row)
            column = difference(&stored, &derived);
    }
    if (rc != HZ_OK)
        return rc;
    if (column != NULL)
        audit_find(a, "projection-altered", query_get_int(&derived, 0),
                   _("table %s, column %s: not what the entry says"), t->name, column);
    else if (derived_row)
        audit_find(a, "projection-altered", query_get_int(&derived, 0), _("table %s lacks what the entry says"),
                   t->name);
    else if (stored_row)
        audit_find(a, "projection-altered", query_get_int(&stored, 0), _("table %s has a row that no entry makes"),
                   t->name);
    return HZ_OK;
}

int audit_tables(struct audit *a, struct hz_error *err)
{
    /* Where entries could not be followed to the end there is nothing to compare with, and a finding already. */
    for (size_t i = 0; !a->broken && i < sizeof tables / sizeof tables[0]; i++) {
        int rc = compare(a, &tables[i], err);
        if (rc == HZ_E_FORMAT)
            audit_find_whole(a, "projection-altered", "%s", err->text);
        else if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

int audit_items(struct audit *a, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, a->scratch,
               "SELECT item, integrity, (SELECT max(entry) FROM statement WHERE statement.item = item.item"
               " AND type IN ('intake', 'acceptance')) FROM item WHERE verdict = 'failed' ORDER BY item");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err))
        audit_find_item(a, "integrity-failed", query_get_int(&q, 2), query_get_text(&q, 0),
                        _("its evidence failed when it was last verified"));
    return rc;
}
