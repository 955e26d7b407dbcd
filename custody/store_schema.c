#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/store.h"

#define SCHEMA_SQL "SELECT name, type, tbl_name, sql FROM sqlite_schema ORDER BY name, type, tbl_name, sql"

static void close_store(struct store **s)
{
    store_close(*s);
}

static bool same_row(const struct query *x, const struct query *y)
{
    for (int i = 0; i < 4; i++)
        if (strcmp(query_get_text(x, i), query_get_text(y, i)) != 0)
            return false;
    return true;
}

static int compare(struct store *s, struct store *ours, bool *same, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query x, y = { 0 };
    bool x_row = true, y_row = true;
    int rc = HZ_OK;

    query_open(&x, s, SCHEMA_SQL);
    query_open(&y, ours, SCHEMA_SQL);
    for (*same = true; rc == HZ_OK && *same && x_row && y_row;) {
        rc = query_row(&x, &x_row, err);
        if (rc == HZ_OK)
            rc = query_row(&y, &y_row, err);
        if (rc == HZ_OK)
            *same = x_row == y_row && (!x_row || same_row(&x, &y));
    }
    return rc;
}

static void close_hash(struct r_hash *h)
{
    r_hash_close(h);
}

int store_schema_digest(struct store *s, char out[R_SHA256_HEX], struct hz_error *err)
{
    HZ_CLEANUP(close_hash) struct r_hash h = { NULL };
    HZ_CLEANUP(query_close) struct query q = { 0 };
    unsigned char digest[R_SHA256_SIZE];
    bool row = true;
    int rc = r_hash_open(&h, R_SHA256, err);

    if (rc != HZ_OK)
        return rc;
    query_open(&q, s, SCHEMA_SQL);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err))
        for (int i = 0; i < 4; i++)
            r_hash_put(&h, query_get_text(&q, i), strlen(query_get_text(&q, i)) + 1);
    r_hash_finish(&h, digest);
    text_hex(out, digest, sizeof digest);
    return rc;
}

int store_check_schema(struct store *s, struct hz_error *err)
{
    HZ_CLEANUP(close_store) struct store *ours = NULL;
    char digest[R_SHA256_HEX];
    bool same = false;
    int rc = store_schema_digest(s, digest, err);

    if (rc == HZ_OK && strcmp(digest, STORE_SCHEMA_SHA256) == 0)
        return HZ_OK; /* as nearly always */
    if (rc == HZ_OK)
        rc = store_scratch(&ours, err);
    if (rc == HZ_OK)
        rc = compare(s, ours, &same, err);
    if (rc == HZ_OK && !same)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: its tables are not those of a ledger; run hozen custody audit"),
                            s->path);
    return rc;
}
