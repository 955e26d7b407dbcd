/* Items that were found in the ledger as they were derived, and are written nowhere else: what the ledger has instead
 * of them, or besides, is told all the same. */
#include "custody/settled.h"

#include "tests/unit/custody/world.h"

#define ITEMS 600 /* more than have a place in memory */
#define NOTED 20
#define NEW "SHA256:nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

static void act(struct world *w, enum r_statement_type type, const char *item, const char *copy, const char *by)
{
    struct r_statement s = { .type = type, .item = item };

    s.body.copy = copy;
    s.body.location = s.body.place = "shelf";
    if (type == R_STATEMENT_INTAKE)
        s.file_sha256 = FILE_A;
    if (type == R_STATEMENT_COPY) {
        s.body.role = "working";
        s.body.sha256 = FILE_A;
    }
    GOOD(record(w, &s, KEYS(by)));
}

/* Each item is done with before the next one begins, but for what is said of it. */
static void live(struct world *w, bool far)
{
    char name[16];

    for (unsigned i = 0; i < ITEMS; i++) {
        const char *by = i % 3 > 0 ? SATO : TANAKA;
        snprintf(name, sizeof name, "I%u", i);
        act(w, R_STATEMENT_INTAKE, name, NULL, by);
        act(w, R_STATEMENT_COPY, name, "w1", by);
        act(w, R_STATEMENT_COPY, name, "w2", by);
        act(w, R_STATEMENT_MOVE, name, "w1", by);
    }
    for (unsigned i = 0; i < NOTED; i++) {
        snprintf(name, sizeof name, "I%u", i);
        act(w, i % 2 > 0 ? R_STATEMENT_NOTE : R_STATEMENT_PHOTOGRAPH, name, NULL, KONDO);
    }
    if (far) /* once more, when it has left memory, and more copies than have a place there */
        for (unsigned i = 3; i < 9; i++) {
            snprintf(name, sizeof name, "w%u", i);
            act(w, R_STATEMENT_COPY, "I1", name, SATO);
        }
    if (far)
        act(w, R_STATEMENT_COPY, "I2", "w3", SATO);
}

static void change(struct world *w, const char *sql)
{
    char *why = NULL;

    if (sqlite3_exec(w->store->db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
}

static uint64_t number(struct world *w, const char *sql)
{
    struct query q;
    uint64_t value;
    bool row;

    query_open(&q, w->store, sql);
    GOOD(query_row(&q, &row, NULL));
    value = query_get_int(&q, 0);
    query_close(&q);
    return value;
}

static bool rest(struct settled *t, struct world *ledger, struct world *apart)
{
    bool same = false;

    GOOD(shelf_write(apart->store, NULL));
    GOOD(settled_rest(t, apart->store, number(ledger, "SELECT count(*) FROM item"),
                      number(ledger, "SELECT count(*) FROM copy"), &same, NULL));
    apart->store->settled = NULL;
    return same;
}

static struct world beside(struct settled *t, struct world *ledger)
{
    struct world w = begin();

    *t = (struct settled) { .ledger = ledger->store };
    w.store->later = true;
    w.store->settled = t;
    return w;
}

/* Is the ledger, after this change to it, still what is derived? */
static bool is_same(const char *sql, bool far)
{
    struct world ledger = begin(), apart;
    struct settled t;
    bool same;

    live(&ledger, far);
    change(&ledger, sql);
    apart = beside(&t, &ledger);
    live(&apart, far);
    same = rest(&t, &ledger, &apart);
    store_close(ledger.store);
    store_close(apart.store);
    return same;
}

static void test_nothing_written(void **state)
{
    struct world ledger = begin(), apart;
    struct settled t;

    (void)state;
    live(&ledger, false);
    apart = beside(&t, &ledger);
    live(&apart, false);
    assert_true(rest(&t, &ledger, &apart));
    assert_int_equal(t.items, ITEMS);
    assert_int_equal(t.copies, 3 * ITEMS);
    assert_int_equal(t.apart, 0);
    assert_int_equal(number(&apart, "SELECT count(*) FROM item"), 1); /* the world's own */
    store_close(ledger.store);
    store_close(apart.store);
}

static void test_some_written(void **state)
{
    (void)state;
    assert_true(is_same("", true));
}

static void test_changed(void **state)
{
    static const char *const changes[] = {
        "UPDATE item SET location = 'elsewhere' WHERE item = 'I5'",
        "UPDATE item SET location = NULL WHERE item = 'I599'",
        "UPDATE item SET entry = entry + 1 WHERE item = 'I5'",
        "UPDATE item SET entry = 4 WHERE item = 'I5'", /* as if it had been done with before */
        "UPDATE item SET decided = 1 WHERE item = 'I5'",
        "UPDATE item SET item = 'J5' WHERE item = 'I5'",
        "UPDATE item SET custodian = '" KONDO "' WHERE item = 'I5'",
        "UPDATE copy SET place = 'elsewhere' WHERE item = 'I5' AND copy = 'w1'",
        "UPDATE copy SET checked = 7 WHERE item = 'I5' AND copy = 'w2'",
        "UPDATE copy SET copy = 'w3' WHERE item = 'I5' AND copy = 'w2'",
        "UPDATE copy SET item = 'I6', copy = 'w3' WHERE item = 'I5' AND copy = 'w2'",
        "DROP TRIGGER item_delete; DELETE FROM item WHERE item = 'I5'",
        "DROP TRIGGER copy_delete; DELETE FROM copy WHERE item = 'I5' AND copy = 'w2'",
        "INSERT INTO item SELECT 'I5x', case_id, kind, exhibit, content_id, file_sha256, state, custodian, moved, "
        "offer,"
        " offered_to, expires, dispute, plan, location, verdict, integrity, decided, entry FROM item WHERE item = 'I5'",
        "INSERT INTO copy SELECT item, 'w3', role, medium, place, sha256, state, integrity, decided, made, checked,"
        " holder, due, entry FROM copy WHERE item = 'I5' AND copy = 'w2'",
        "INSERT INTO copy SELECT 'J', 'w3', role, medium, place, sha256, state, integrity, decided, made, checked,"
        " holder, due, entry FROM copy WHERE item = 'I5' AND copy = 'w2'",
        /* one more and one less */
        "UPDATE copy SET item = 'J' WHERE item = 'I5' AND copy = 'w2'",
        /* of those that were written apart */
        "UPDATE item SET location = 'elsewhere' WHERE item = 'I2'",
        "UPDATE copy SET place = 'elsewhere' WHERE item = 'I1' AND copy = 'w7'",
        "DROP TRIGGER copy_delete; DELETE FROM copy WHERE item = 'I1' AND copy = 'w7'",
    };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        if (is_same(changes[i], true))
            fail_msg("not seen: %s", changes[i]);
}

/* The ledger has an item that was never taken in; a note about it reads that, and the count tells. */
static void test_noted_stranger(void **state)
{
    struct world ledger = begin(), apart;
    struct settled t;

    (void)state;
    change(&ledger, "INSERT INTO item (item, kind, state, custodian, moved, location, integrity, decided, entry) VALUES"
                    " ('Z', 'bundle', 'held', '" SATO "', 'm', 'shelf', 'intact', 0, 2)");
    apart = beside(&t, &ledger);
    act(&apart, R_STATEMENT_NOTE, "Z", NULL, KONDO);
    assert_false(rest(&t, &ledger, &apart));
    store_close(ledger.store);
    store_close(apart.store);
}

/* A row from the future is none yet. */
static void test_noted_too_early(void **state)
{
    struct world ledger = begin(), apart;
    struct r_statement s = { .type = R_STATEMENT_NOTE, .item = "I0" };
    struct settled t;
    struct world w;

    (void)state;
    live(&ledger, false);
    w = apart = beside(&t, &ledger);
    DENIED(record(&w, &s, KEYS(KONDO)), "custody-gap");
    store_close(ledger.store);
    store_close(apart.store);
}

/* A key goes out of use behind items that are done with: their rows name the new one, or differ. */
static void test_rotated(void **state)
{
    struct world ledger = begin(), apart;
    struct settled t;

    (void)state;
    live(&ledger, true);
    GOOD(rotate(&ledger, TANAKA, NEW, false, KEYS(TANAKA, NEW, SATO)));
    apart = beside(&t, &ledger);
    live(&apart, true);
    GOOD(rotate(&apart, TANAKA, NEW, false, KEYS(TANAKA, NEW, SATO)));
    assert_true(rest(&t, &ledger, &apart));
    assert_true(t.items > 0 && t.apart >= ITEMS / 3);
    store_close(apart.store);
    change(&ledger, "UPDATE item SET custodian = '" TANAKA "' WHERE item = 'I3'");
    apart = beside(&t, &ledger);
    live(&apart, true);
    GOOD(rotate(&apart, TANAKA, NEW, false, KEYS(TANAKA, NEW, SATO)));
    assert_true(t.differs);
    assert_false(rest(&t, &ledger, &apart));
    store_close(ledger.store);
    store_close(apart.store);
}

TEST_MAIN(cmocka_unit_test(test_nothing_written), cmocka_unit_test(test_some_written), cmocka_unit_test(test_changed),
          cmocka_unit_test(test_noted_stranger), cmocka_unit_test(test_noted_too_early), cmocka_unit_test(test_rotated))
