#include <string.h>

#include "base/lang.h"
#include "custody/audit_pages.h"
#include "custody/audit_part.h"

#define SCHEMA_SQL "SELECT name, type, tbl_name, sql FROM sqlite_schema ORDER BY name, type, tbl_name, sql"

/* By name, then by everything else: 0 only when the whole statement is the same. */
static int compare_rows(const struct query *found, const struct query *expected)
{
    for (int i = 0; i < 4; i++) {
        int order = strcmp(query_get_text(found, i), query_get_text(expected, i));
        if (order != 0)
            return order;
    }
    return 0;
}

static int same_name(const struct query *found, const struct query *expected)
{
    return strcmp(query_get_text(found, 0), query_get_text(expected, 0));
}

static void note_table(const char *name, bool *readable)
{
    if (strcmp(name, "entry") == 0 || strcmp(name, "checkpoint") == 0)
        *readable = false;
}

struct pair {
    struct query found, expected;
    bool found_row, expected_row;
};

static void pair_end(struct pair *p)
{
    query_close(&p->found);
    query_close(&p->expected);
}

/* One difference between the two lists of schema statements. */
static int differ(struct audit *a, struct pair *p, bool *readable, struct hz_error *err)
{
    int order = !p->found_row ? 1 : !p->expected_row ? -1 : same_name(&p->found, &p->expected);
    const char *name = query_get_text(order < 0 ? &p->found : &p->expected, 0);
    int rc = HZ_OK;

    note_table(name, readable);
    if (order < 0)
        audit_find_whole(a, "schema-altered", _("the schema has something that is not of this version: %s"), name);
    else if (order > 0)
        audit_find_whole(a, "schema-altered", _("the schema lacks %s"), name);
    else
        audit_find_whole(a, "schema-altered", _("the schema has another definition of %s"), name);
    if (order <= 0)
        rc = query_row(&p->found, &p->found_row, err);
    if (rc == HZ_OK && order >= 0)
        rc = query_row(&p->expected, &p->expected_row, err);
    return rc;
}

static int compare_schema(struct audit *a, bool *readable, struct hz_error *err)
{
    HZ_CLEANUP(pair_end) struct pair p = { 0 };
    int rc;

    query_open(&p.found, a->store, SCHEMA_SQL);
    query_open(&p.expected, a->scratch, SCHEMA_SQL);
    rc = query_row(&p.found, &p.found_row, err);
    if (rc == HZ_OK)
        rc = query_row(&p.expected, &p.expected_row, err);
    *readable = true;
    while (rc == HZ_OK && (p.found_row || p.expected_row)) {
        if (p.found_row && p.expected_row && compare_rows(&p.found, &p.expected) == 0) {
            rc = query_row(&p.found, &p.found_row, err);
            if (rc == HZ_OK)
                rc = query_row(&p.expected, &p.expected_row, err);
        } else {
            rc = differ(a, &p, readable, err);
        }
    }
    return rc;
}

static int read_number(struct audit *a, const char *sql, uint64_t *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, a->store, sql);
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK)
        *out = row ? query_get_int(&q, 0) : 0;
    return rc;
}

/* Findings instead of errors where the file itself is what is wrong. */
static int as_finding(struct audit *a, int rc, const char *code, const struct hz_error *err)
{
    if (rc != HZ_E_FORMAT)
        return rc;
    audit_find_whole(a, code, "%s", err->text);
    return HZ_OK;
}

int audit_schema(struct audit *a, bool *readable, struct hz_error *err)
{
    uint64_t id = 0, version = 0;
    int rc = compare_schema(a, readable, err);

    if (rc == HZ_E_FORMAT)
        *readable = false;
    rc = as_finding(a, rc, "schema-altered", err);
    if (rc == HZ_OK)
        rc = read_number(a, "PRAGMA application_id", &id, err);
    if (rc == HZ_OK)
        rc = read_number(a, "PRAGMA user_version", &version, err);
    if (rc != HZ_OK)
        return rc;
    if (version > STORE_VERSION && a->finding_count > 0)
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("%s: was made by a newer version of hozen; use that one"),
                            a->store->path);
    if (id != STORE_APPLICATION_ID && !*readable)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: is not a hozen ledger"), a->store->path);
    if (id != STORE_APPLICATION_ID)
        audit_find_whole(a, "schema-altered", _("the application_id is not that of a ledger"));
    if (version != STORE_VERSION)
        audit_find_whole(a, "schema-altered", _("the user_version is not 1"));
    if (!*readable)
        return HZ_OK;
    if (a->finding_count > 0)
        return audit_file(a, err);
    a->told = a->store;
    return HZ_OK;
}

int audit_file(struct audit *a, struct hz_error *err)
{
    char said[256] = "ok";
    int rc = audit_pages_check(a->store, "PRAGMA integrity_check(1)", said, err);

    if (rc == HZ_OK && strcmp(said, "ok") != 0)
        audit_find_whole(a, "projection-altered", _("the file is damaged; SQLite says: %s"), said);
    return as_finding(a, rc, "projection-altered", err);
}
