#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "custody/audit_part.h"

/* A derived table: its rows in the order of their key, each with the entry it comes from in front; the columns of the
 * key follow. */
struct table {
    const char *name, *sql;
    int keys;
    bool beside; /* audit_beside and settled do it, where they are at work */
};

static const struct table tables[] = {
    { "node", "SELECT entry, * FROM node ORDER BY level, position", 2, true },
    { "witness", "SELECT entry, * FROM witness ORDER BY ledger, size, text, keyid", 4, false },
    { "statement", "SELECT entry, * FROM statement NOT INDEXED ORDER BY entry", 1, true },
    { "cosigner", "SELECT entry, * FROM cosigner ORDER BY entry, key", 2, true },
    { "person", "SELECT entry, * FROM person ORDER BY key", 1, false },
    { "ended", "SELECT entry, * FROM ended ORDER BY key", 1, false },
    { "policy", "SELECT entry, * FROM policy NOT INDEXED ORDER BY entry", 1, false },
    { "fact", "SELECT entry, * FROM fact ORDER BY case_id, name", 2, false },
    { "item", "SELECT entry, * FROM item ORDER BY item", 1, true },
    { "copy", "SELECT entry, * FROM copy ORDER BY item, copy", 2, true },
    { "hold", "SELECT entry, * FROM hold ORDER BY item, hold", 2, false },
};

/* Two tables side by side. */
struct sides {
    struct query stored, derived;
    bool stored_row, derived_row;
};

static void sides_end(struct sides *s)
{
    query_close(&s->stored);
    query_close(&s->derived);
}

/* Name of the first column that differs, NULL when none does. */
static const char *difference(const struct query *x, const struct query *y)
{
    int count = sqlite3_column_count(y->statement);

    if (sqlite3_column_count(x->statement) != count)
        return "*";
    for (int i = 0; i < count; i++)
        if (!query_same(x, y, i))
            return sqlite3_column_name(y->statement, i);
    return NULL;
}

/* Order of two values as SQLite sorts them where both are numbers or both are text. */
static int compare_value(const struct query *x, const struct query *y, int column)
{
    const void *x_bytes, *y_bytes;
    size_t x_len, y_len;
    int order;

    if (sqlite3_column_type(x->statement, column) == SQLITE_INTEGER) {
        sqlite3_int64 i = sqlite3_column_int64(x->statement, column), k = sqlite3_column_int64(y->statement, column);
        return i < k ? -1 : i > k;
    }
    x_bytes = query_get_blob(x, column, &x_len);
    y_bytes = query_get_blob(y, column, &y_len);
    order = x_len > 0 && y_len > 0 ? memcmp(x_bytes, y_bytes, x_len < y_len ? x_len : y_len) : 0;
    return order != 0 ? order : x_len < y_len ? -1 : x_len > y_len;
}

/* Below 0: the ledger has a row that no entry makes; above 0: it lacks one; 0: the keys are the same. */
static int compare_keys(const struct sides *s, int keys)
{
    int order = 0;

    if (!s->stored_row || !s->derived_row)
        return s->stored_row ? -1 : 1;
    for (int i = 1; order == 0 && i <= keys; i++)
        order = compare_value(&s->stored, &s->derived, i);
    return order;
}

/* The entry that a row is about which both have: a later one that the ledger's row claims is where the log must differ.
 */
static uint64_t named_entry(const struct audit *a, const struct sides *s)
{
    uint64_t stored = query_get_int(&s->stored, 0), derived = query_get_int(&s->derived, 0);

    if (stored <= derived)
        return derived;
    return stored < a->size ? stored : a->size;
}

/* Of a row that no entry makes: what it claims to be about may be no entry either. */
static uint64_t claimed_entry(const struct audit *a, const struct sides *s)
{
    uint64_t stored = query_get_int(&s->stored, 0);

    return stored < a->size ? stored : a->size;
}

static void report(struct audit *a, const struct table *t, const struct sides *s, const char *column)
{
    int order = compare_keys(s, t->keys);

    if (order < 0)
        audit_find(a, "projection-altered", claimed_entry(a, s), _("table %s has a row that no entry makes"), t->name);
    else if (order > 0)
        audit_find(a, "projection-altered", query_get_int(&s->derived, 0), _("table %s lacks what the entry says"),
                   t->name);
    else
        audit_find(a, "projection-altered", named_entry(a, s), _("table %s, column %s: not what the entry says"),
                   t->name, column);
}

/* Walks both tables up to the first difference. */
static int compare(struct audit *a, const struct table *t, struct hz_error *err)
{
    HZ_CLEANUP(sides_end) struct sides s = { .stored_row = true, .derived_row = true };
    const char *column = NULL;
    int rc = HZ_OK;

    query_open(&s.stored, a->store, t->sql);
    query_open(&s.derived, a->scratch, t->sql);
    while (rc == HZ_OK && column == NULL && s.stored_row && s.derived_row) {
        rc = query_row(&s.stored, &s.stored_row, err);
        if (rc == HZ_OK)
            rc = query_row(&s.derived, &s.derived_row, err);
        if (rc == HZ_OK && s.stored_row && s.derived_row)
            column = difference(&s.stored, &s.derived);
    }
    if (rc == HZ_OK && (s.stored_row || s.derived_row))
        report(a, t, &s, column);
    return rc;
}

int audit_tables(struct audit *a, struct hz_error *err)
{
    /* Where entries could not be followed to the end there is nothing to compare with, and a finding already. */
    for (size_t i = 0; !a->broken && i < sizeof tables / sizeof tables[0]; i++) {
        size_t before = a->finding_count;
        int rc = tables[i].beside && a->told == a->store ? HZ_OK : compare(a, &tables[i], err);
        if (rc == HZ_E_FORMAT)
            audit_find_whole(a, "projection-altered", "%s", err->text);
        else if (rc != HZ_OK)
            return rc;
        a->differs = a->told == a->store && (a->finding_count > before || a->findings_more > 0);
        if (a->differs)
            return HZ_OK;
    }
    return HZ_OK;
}

int audit_items(struct audit *a, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc = audit_index_items(a, err);

    if (rc != HZ_OK)
        return rc;

    query_open(
        &q, a->told,
        "SELECT item, coalesce(integrity, ''), (SELECT max(entry) FROM statement WHERE statement.item = item.item"
        " AND type IN ('intake', 'acceptance', 'recheck', 'return')) FROM item WHERE verdict = 'failed' AND decided = 0"
        " ORDER BY item");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        bool altered = strcmp(query_get_text(&q, 1), "altered") == 0;
        audit_find_item(a, altered ? "integrity-failed" : "authenticity-failed", query_get_int(&q, 2),
                        query_get_text(&q, 0),
                        altered ? _("its evidence was altered when it was last verified")
                                : _("no signature of its evidence was accepted when it was last verified"));
    }
    return rc;
}
