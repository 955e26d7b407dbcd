#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/store.h"
#include "custody/store_error.h"

#define NEAR 8 /* places in which a statement may be */

/* The place that has this text, in use or not (many queries of one text must not take the places of others), else one
 * to put it. Nearly every text is a literal: where it stands tells where to look for it, as what it says would, without
 * reading it. (Knuth's multiplicative hash.) */
static struct store_kept *place_of(struct store *s, const char *sql)
{
    uint64_t hash = (uint64_t)(uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    struct store_kept *found = NULL;

    for (unsigned i = 0; i < NEAR; i++) {
        struct store_kept *place = &s->kept[(hash + i) % STORE_KEPT];
        if (place->statement != NULL && strcmp(sqlite3_sql(place->statement), sql) == 0)
            return place;
        if (found == NULL || found->busy || (found->statement != NULL && place->statement == NULL))
            found = place;
    }
    return found;
}

/* Another text in the same place makes room, unless it is in use. */
static int prepare(struct query *q, struct store_kept *place, const char *sql)
{
    int result = sqlite3_prepare_v3(q->store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->statement, NULL);

    if (result != SQLITE_OK || place->busy)
        return result;
    sqlite3_finalize(place->statement);
    *place = (struct store_kept) { q->statement, true };
    q->kept = place;
    return SQLITE_OK;
}

void query_open(struct query *q, struct store *s, const char *sql)
{
    struct store_kept *place = place_of(s, sql);

    *q = (struct query) { .store = s };
    if (place->busy || place->statement == NULL || strcmp(sqlite3_sql(place->statement), sql) != 0) {
        q->failed = prepare(q, place, sql);
        return;
    }
    place->busy = true;
    q->kept = place;
    q->statement = place->statement;
}

void query_close(struct query *q)
{
    if (q->kept == NULL) {
        sqlite3_finalize(q->statement); /* repeats what a step said already */
    } else {
        query_again(q);
        q->kept->busy = false;
    }
    *q = (struct query) { 0 };
}

void query_again(struct query *q)
{
    if (q->statement == NULL)
        return;
    sqlite3_reset(q->statement); /* repeats what a step said already */
    sqlite3_clear_bindings(q->statement);
    q->failed = SQLITE_OK;
}

static void bound(struct query *q, int result)
{
    if (q->failed == SQLITE_OK)
        q->failed = result;
}

static void bind_text(struct query *q, int index, const char *text, sqlite3_destructor_type how)
{
    if (q->failed == SQLITE_OK)
        bound(q, text == NULL ? sqlite3_bind_null(q->statement, index)
                              : sqlite3_bind_text(q->statement, index, text, -1, how));
}

void query_text(struct query *q, int index, const char *text)
{
    bind_text(q, index, text, SQLITE_TRANSIENT);
}

void query_still(struct query *q, int index, const char *text)
{
    bind_text(q, index, text, SQLITE_STATIC);
}

void query_int(struct query *q, int index, uint64_t value)
{
    if (q->failed == SQLITE_OK)
        bound(q, value > INT64_MAX ? SQLITE_TOOBIG : sqlite3_bind_int64(q->statement, index, (sqlite3_int64)value));
}

void query_blob(struct query *q, int index, const void *bytes, size_t len)
{
    if (q->failed == SQLITE_OK)
        bound(q, sqlite3_bind_blob64(q->statement, index, bytes, len, SQLITE_STATIC));
}

int query_row(struct query *q, bool *row, struct hz_error *err)
{
    int result = q->failed == SQLITE_OK ? sqlite3_step(q->statement) : q->failed;

    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return store_error(q->store, result, err);
    *row = result == SQLITE_ROW;
    return HZ_OK;
}

int query_run(struct query *q, struct hz_error *err)
{
    int result = q->failed == SQLITE_OK ? sqlite3_step(q->statement) : q->failed;

    if (result != SQLITE_DONE)
        return store_error(q->store, result, err);
    query_again(q);
    return HZ_OK;
}

const char *query_get_text(const struct query *q, int column)
{
    const char *text = (const char *)sqlite3_column_text(q->statement, column);

    return text != NULL && strlen(text) == (size_t)sqlite3_column_bytes(q->statement, column) ? text : "";
}

uint64_t query_get_int(const struct query *q, int column)
{
    sqlite3_int64 value = sqlite3_column_int64(q->statement, column);

    return value < 0 ? 0 : (uint64_t)value;
}

const void *query_get_blob(const struct query *q, int column, size_t *len)
{
    const void *bytes = sqlite3_column_blob(q->statement, column);

    *len = (size_t)sqlite3_column_bytes(q->statement, column);
    return bytes;
}

/* To ask for the value once costs less than for each part of it. As no connection has a mutex (store.c) it may be asked
 * like a protected one (sqlite3_value in SQLite's reference). */
static bool holds(sqlite3_value *v, const void *bytes, size_t len)
{
    return (size_t)sqlite3_value_bytes(v) == len && (len == 0 || memcmp(sqlite3_value_blob(v), bytes, len) == 0);
}

bool query_is_int(const struct query *q, int column, uint64_t value)
{
    sqlite3_value *v = sqlite3_column_value(q->statement, column);

    return sqlite3_value_type(v) == SQLITE_INTEGER && sqlite3_value_int64(v) == (sqlite3_int64)value;
}

bool query_is_text(const struct query *q, int column, const char *value)
{
    sqlite3_value *v = sqlite3_column_value(q->statement, column);
    int type = sqlite3_value_type(v);

    if (value == NULL || type != SQLITE_TEXT)
        return value == NULL && type == SQLITE_NULL;
    return holds(v, value, strlen(value));
}

bool query_is_blob(const struct query *q, int column, const void *bytes, size_t len)
{
    sqlite3_value *v = sqlite3_column_value(q->statement, column);

    return sqlite3_value_type(v) == SQLITE_BLOB && holds(v, bytes, len);
}

bool query_same(const struct query *x, const struct query *y, int column)
{
    sqlite3_value *v = sqlite3_column_value(x->statement, column), *w = sqlite3_column_value(y->statement, column);
    int type = sqlite3_value_type(v);

    if (type != sqlite3_value_type(w) || type == SQLITE_NULL)
        return type == sqlite3_value_type(w);
    if (type == SQLITE_INTEGER)
        return sqlite3_value_int64(v) == sqlite3_value_int64(w);
    return holds(v, sqlite3_value_blob(w), (size_t)sqlite3_value_bytes(w));
}

int query_copy_text(const struct query *q, int column, char **out, struct hz_error *err)
{
    char *copy = NULL;

    if (sqlite3_column_type(q->statement, column) != SQLITE_NULL) {
        copy = text_copy(query_get_text(q, column));
        if (copy == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    *out = copy;
    return HZ_OK;
}
