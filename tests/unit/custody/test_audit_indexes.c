/* Indexes that do not hold just what the tables have, which SQLite itself does not say unless it searches for every
 * row.
 */
#include "custody/audit_indexes.h"

#include "tests/unit/custody/folder.h"

#define ROWS 300

/* What an entry adds, of which some has no item, and some no case. */
struct row {
    char digest[R_SHA256_HEX], item[32], case_id[32], actor[32];
};

static struct row row_of(unsigned i)
{
    struct row r;

    snprintf(r.digest, sizeof r.digest, "%064x", i * 2654435761U);
    snprintf(r.item, sizeof r.item, "INC-%u", i / 8);
    snprintf(r.case_id, sizeof r.case_id, "case %u", i % 5);
    snprintf(r.actor, sizeof r.actor, "person %u", i % 3);
    return r;
}

static const char *item_of(const struct row *r, unsigned i)
{
    return i % 10 > 0 ? r->item : NULL;
}

static const char *case_of(const struct row *r, unsigned i)
{
    return i % 7 > 0 ? r->case_id : NULL;
}

static void insert(struct store *s, unsigned i)
{
    struct row r = row_of(i);
    struct query q;

    query_open(&q, s, "INSERT INTO statement VALUES (?1, ?2, 'note', ?3, 't', 'r', ?4, NULL, ?5, NULL, NULL)");
    query_int(&q, 1, i);
    query_text(&q, 2, r.digest);
    query_text(&q, 3, r.actor);
    query_text(&q, 4, item_of(&r, i));
    query_text(&q, 5, case_of(&r, i));
    assert_int_equal(query_run(&q, NULL), HZ_OK);
    query_close(&q);
    if (i % 4 != 0)
        return;
    query_open(&q, s, "INSERT INTO cosigner VALUES (?1, ?2)");
    query_int(&q, 1, i);
    query_text(&q, 2, "somebody");
    assert_int_equal(query_run(&q, NULL), HZ_OK);
    query_close(&q);
    query_open(&q, s,
               "INSERT INTO item (item, kind, state, custodian, moved, integrity, decided, entry)"
               " VALUES (?1, 'bundle', 'held', ?2, 'm', 'intact', 0, ?3)");
    query_text(&q, 1, r.digest);
    query_text(&q, 2, r.actor);
    query_int(&q, 3, i);
    assert_int_equal(query_run(&q, NULL), HZ_OK);
    query_close(&q);
}

static void fill(const struct folder *f)
{
    struct store *s = create(f);

    assert_int_equal(run(s, "PRAGMA foreign_keys = OFF"), HZ_OK);
    assert_int_equal(store_begin(s, NULL), HZ_OK);
    for (unsigned i = 0; i < ROWS; i++)
        insert(s, i);
    assert_int_equal(store_commit(s, NULL), HZ_OK);
    assert_int_equal(sqlite3_exec(s->db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL), SQLITE_OK);
    store_close(s);
}

static bool is_same(const struct folder *f)
{
    struct audit_indexes x;
    struct store *s = NULL;
    struct query q;
    bool row;

    assert_int_equal(store_open(&s, f->file, STORE_AUDIT, NULL), HZ_OK);
    query_open(&q, s, "PRAGMA quick_check(1)");
    assert_int_equal(query_row(&q, &row, NULL), HZ_OK);
    assert_string_equal(query_get_text(&q, 0), "ok");
    query_close(&q);
    assert_int_equal(audit_indexes_begin(&x, NULL), HZ_OK);
    for (unsigned i = 0; i < ROWS; i++) {
        struct row r = row_of(i);
        struct r_statement st = { .item = item_of(&r, i), .case_id = case_of(&r, i), .actor.key = r.actor };
        memcpy(st.digest, r.digest, sizeof st.digest);
        audit_indexes_statement(&x, &st, i);
        if (i % 4 == 0)
            audit_indexes_cosigner(&x, "somebody", i);
    }
    assert_int_equal(audit_indexes_read(&x, s, NULL), HZ_OK);
    store_close(s);
    return audit_indexes_same(&x);
}

static void execute(const struct folder *f, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;

    assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    sqlite3_close(db);
}

/* Does something to a table while one of its indexes does not see it. */
static void behind(const struct folder *f, const char *index, const char *sql)
{
    char text[512];

    snprintf(text, sizeof text,
             "CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE name = '%s' OR type = 'trigger';"
             " DELETE FROM sqlite_schema WHERE name IN (SELECT name FROM kept);",
             index);
    execute(f, text);
    execute(f, sql);
    execute(f, "INSERT INTO sqlite_schema SELECT * FROM kept; DROP TABLE kept");
}

static void test_same(void **state)
{
    fill(*state);
    assert_true(is_same(*state));
}

/* Each index in turn: the tables are what the entries say, and one row of the index is not. */
static void test_altered(void **state)
{
    static const struct {
        const char *index, *table, *column, *value, *where;
    } cases[] = {
        { "statement_by_item", "statement", "item", "'INC-9'", "entry = 12" },
        { "statement_by_item", "statement", "item", "NULL", "entry = 12" },
        { "statement_by_item", "statement", "item", "''", "entry = 20" }, /* which has none */
        { "statement_by_actor", "statement", "actor", "'person 9'", "entry = 299" },
        { "statement_by_case", "statement", "case_id", "'case 0'", "entry = 1" },
        { "item_by_custodian", "item", "custodian", "'person 9'", "entry = 8" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char sql[512];
        fill(*state);
        /* the index keeps the false value, the table gets the true one back */
        snprintf(sql, sizeof sql,
                 "DROP TRIGGER IF EXISTS statement_update; CREATE TABLE was AS SELECT %s AS v FROM %s WHERE %s;"
                 " UPDATE %s SET %s = %s WHERE %s",
                 cases[i].column, cases[i].table, cases[i].where, cases[i].table, cases[i].column, cases[i].value,
                 cases[i].where);
        execute(*state, sql);
        snprintf(sql, sizeof sql, "UPDATE %s SET %s = (SELECT v FROM was) WHERE %s", cases[i].table, cases[i].column,
                 cases[i].where);
        behind(*state, cases[i].index, sql);
        if (is_same(*state))
            fail_msg("case %zu: %s", i, cases[i].index);
        execute(*state, "REINDEX");
        assert_true(is_same(*state));
    }
}

static void test_lacks_one(void **state)
{
    static const char *const indexes[] = { "statement_by_item", "statement_by_actor", "statement_by_case" };

    for (size_t i = 0; i < 3; i++) {
        char sql[256];
        struct row r = row_of(7);
        fill(*state);
        execute(*state, "DROP TRIGGER statement_delete; DELETE FROM statement WHERE entry = 7");
        snprintf(sql, sizeof sql,
                 "INSERT INTO statement VALUES (7, '%s', 'note', '%s', 't', 'r', '%s', NULL, NULL, NULL, NULL)",
                 r.digest, r.actor, r.item);
        behind(*state, indexes[i], sql);
        assert_false(is_same(*state));
        execute(*state, "REINDEX");
        assert_true(is_same(*state));
    }
}

static void test_has_one_more(void **state)
{
    fill(*state);
    execute(*state, "DROP TRIGGER statement_delete;"
                    " INSERT INTO statement VALUES (7000, 'd', 'note', 'a', 't', 'r', 'i', NULL, 'c', NULL, NULL)");
    behind(*state, "statement_by_case", "DELETE FROM statement WHERE entry = 7000");
    assert_false(is_same(*state));
}

/* All rows, and no search finds them: the index was made in another order than it says. */
static void test_order(void **state)
{
    fill(*state);
    execute(*state, "CREATE TABLE was AS SELECT sql FROM sqlite_schema WHERE name = 'statement_by_item';"
                    " DROP INDEX statement_by_item; CREATE INDEX statement_by_item ON statement (item, entry DESC);"
                    " UPDATE sqlite_schema SET sql = (SELECT sql FROM was) WHERE name = 'statement_by_item';"
                    " DROP TABLE was");
    assert_false(is_same(*state));
    execute(*state, "REINDEX");
    assert_true(is_same(*state));
}

/* A table of which the same is true. */
static void turned(const struct folder *f, const char *table, const char *key)
{
    char sql[512];

    fill(f);
    execute(f, "DROP TRIGGER item_delete; UPDATE item SET custodian = item;"
               " INSERT INTO copy SELECT 'I', item, 'original', NULL, NULL, NULL, 'there', 'intact', 0, 1, NULL, NULL,"
               " NULL, 1 FROM item");
    assert_true(is_same(f));
    snprintf(sql, sizeof sql,
             "CREATE TABLE was AS SELECT * FROM %s; CREATE TABLE how AS SELECT sql FROM sqlite_schema WHERE name ="
             " '%s'; DROP TRIGGER IF EXISTS copy_delete; DELETE FROM %s;"
             " UPDATE sqlite_schema SET sql = replace(sql, '%s', '%s DESC') WHERE name = '%s'",
             table, table, table, key, key, table);
    execute(f, sql);
    snprintf(sql, sizeof sql,
             "INSERT INTO %s SELECT * FROM was; UPDATE sqlite_schema SET sql = (SELECT sql FROM how) WHERE name = '%s';"
             " DROP TABLE was; DROP TABLE how",
             table, table);
    execute(f, sql);
}

static void test_order_of_tables(void **state)
{
    turned(*state, "item", "item TEXT PRIMARY KEY");
    assert_false(is_same(*state));
    turned(*state, "copy", "PRIMARY KEY (item, copy");
    assert_false(is_same(*state));
}

static void test_another_index(void **state)
{
    fill(*state);
    execute(*state, "CREATE INDEX further ON statement (type)");
    assert_false(is_same(*state));
}

/* A row that two statements share: told by the order, whatever the sums say. */
static void test_twice(void **state)
{
    struct audit_indexes x;
    struct store *s;
    struct r_statement st = { .actor.key = "a" };

    s = create(*state);
    assert_int_equal(run(s, "PRAGMA foreign_keys = OFF"), HZ_OK);
    assert_int_equal(
        run(s, "INSERT INTO statement VALUES (0, 'd', 'note', 'a', 't', 'r', NULL, NULL, NULL, NULL, NULL)"), HZ_OK);
    assert_int_equal(audit_indexes_begin(&x, NULL), HZ_OK);
    memcpy(st.digest, "d", 2);
    audit_indexes_statement(&x, &st, 0);
    audit_indexes_statement(&x, &st, 0);
    assert_int_equal(audit_indexes_read(&x, s, NULL), HZ_OK);
    assert_false(audit_indexes_same(&x));
    store_close(s);
}

TEST_MAIN(IN_FOLDER(test_same), IN_FOLDER(test_altered), IN_FOLDER(test_lacks_one), IN_FOLDER(test_has_one_more),
          IN_FOLDER(test_order), IN_FOLDER(test_order_of_tables), IN_FOLDER(test_another_index), IN_FOLDER(test_twice))
