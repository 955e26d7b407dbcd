/* Items and copies that wait in memory are what they would be if each statement had been written at once, also where
 * there are more of them than have a place. */
#include "custody/shelf.h"

#include "tests/unit/custody/world.h"

#define ITEMS 700
#define COPIES 6

static void act(struct world *w, enum r_statement_type type, unsigned item, unsigned copy)
{
    struct r_statement s = { .type = type };
    char name[16], id[16], place[16];

    snprintf(name, sizeof name, "I%u", item);
    snprintf(id, sizeof id, "w%u", copy);
    snprintf(place, sizeof place, "shelf %u", item % 9);
    s.item = name;
    s.body.copy = copy > 0 ? id : NULL;
    s.body.location = s.body.place = place;
    if (type == R_STATEMENT_INTAKE || type == R_STATEMENT_RECHECK)
        s.file_sha256 = FILE_A;
    if (type == R_STATEMENT_COPY) {
        s.body.role = "working";
        s.body.sha256 = FILE_A;
    } else if (type == R_STATEMENT_CHECKOUT) {
        s.body.to = somebody(NULL, false);
        s.body.due.text = "2026-12-01T00:00:00+00:00";
    } else if (type == R_STATEMENT_RECHECK) {
        s.body.evidence = (struct r_evidence) { .present = true, .verdict = "failed", .integrity = "altered" };
    } else if (type == R_STATEMENT_HOLD || type == R_STATEMENT_LIFT) {
        s.body.hold = "H";
        s.body.authority = s.body.reason = "court";
    }
    GOOD(type == R_STATEMENT_LIFT ? record(w, &s, KEYS(SATO, TANAKA)) : record(w, &s, KEYS(SATO)));
}

static void act_alone(struct world *w, enum r_statement_type type, unsigned item, unsigned copy)
{
    act(w, type, item, copy);
    if (!w->store->later)
        store_forget(w->store, STORE_ITEMS); /* so that the tables alone tell what was before */
}

static void each(struct world *w, enum r_statement_type type, unsigned step, unsigned copy)
{
    for (unsigned i = 0; i < ITEMS; i += step)
        act_alone(w, type, i, copy);
}

static struct world live(bool later)
{
    struct world w = begin();

    w.store->later = later;
    each(&w, R_STATEMENT_INTAKE, 1, 0);
    for (unsigned copy = 1; copy <= COPIES; copy++)
        each(&w, R_STATEMENT_COPY, 1, copy);
    each(&w, R_STATEMENT_HOLD, 3, 0);
    each(&w, R_STATEMENT_CHECKOUT, 2, 1);
    each(&w, R_STATEMENT_RECHECK, 5, 2);
    each(&w, R_STATEMENT_MOVE, 7, 0);
    each(&w, R_STATEMENT_RETURN, 4, 1);
    each(&w, R_STATEMENT_LIFT, 6, 0);
    each(&w, R_STATEMENT_DESTRUCTION, 6, COPIES);
    for (unsigned copy = 3; copy < COPIES; copy++) /* and none of the item is whole */
        each(&w, R_STATEMENT_RECHECK, 35, copy);
    GOOD(add(&w, MORI, true, KEYS(SATO, MORI)));
    GOOD(rotate(&w, SATO, "SHA256:nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", true,
                KEYS(SATO, "SHA256:nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", TANAKA)));
    if (later)
        GOOD(shelf_write(w.store, NULL));
    return w;
}

static void compare(const struct world *x, const struct world *y, const char *sql)
{
    struct query a, b;
    bool a_row = true, b_row = true;
    unsigned rows = 0;

    query_open(&a, x->store, sql);
    query_open(&b, y->store, sql);
    for (;; rows++) {
        GOOD(query_row(&a, &a_row, NULL));
        GOOD(query_row(&b, &b_row, NULL));
        assert_int_equal(a_row, b_row);
        if (!a_row)
            break;
        for (int i = 0; i < sqlite3_column_count(a.statement); i++) {
            assert_int_equal(sqlite3_column_type(a.statement, i), sqlite3_column_type(b.statement, i));
            assert_string_equal(query_get_text(&a, i), query_get_text(&b, i));
        }
    }
    assert_true(rows > 200);
    query_close(&a);
    query_close(&b);
}

static void test_same_as_at_once(void **state)
{
    struct world now = live(false), later = live(true);

    (void)state;
    assert_int_equal(now.size, later.size);
    compare(&now, &later, "SELECT * FROM item ORDER BY item");
    compare(&now, &later, "SELECT * FROM copy ORDER BY item, copy");
    compare(&now, &later, "SELECT * FROM hold ORDER BY item, hold");
    expect(&later, "SELECT custodian FROM item WHERE item = 'I9'",
           "SHA256:nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn");
    expect(&later, "SELECT count(*) FROM copy", "4901"); /* with that of the world's own item */
    expect(&later, "SELECT count(*) FROM copy WHERE state = 'out'", "175");
    expect(&later, "SELECT count(*) FROM copy WHERE state = 'destroyed'", "117");
    store_close(now.store);
    store_close(later.store);
}

static void copy_out(struct world *w, enum r_statement_type type, const char *state)
{
    act(w, type, 1, 1);
    expect(w, "SELECT state FROM copy WHERE item = 'I1' AND copy = 'w1'", state);
}

static void offer(struct world *w, enum r_statement_type type, const char *previous, const char *state)
{
    struct r_statement s = { .type = type, .item = "I", .previous = previous };

    s.body.reason = "the wrong receiver";
    if (type == R_STATEMENT_OFFER) {
        s.file_sha256 = FILE_A;
        s.body.to = somebody(TANAKA, false);
        s.body.expires.at.seconds = 5000;
        s.body.expires.text = "1970-01-01T01:23:20+00:00";
    }
    GOOD(record(w, &s, KEYS(SATO)));
    expect(w, "SELECT state FROM item WHERE item = 'I'", state);
}

/* In one transaction a state changes and is again what it was. */
static void test_there_and_back(void **state)
{
    struct world w = begin();

    (void)state;
    act(&w, R_STATEMENT_INTAKE, 1, 0);
    act(&w, R_STATEMENT_COPY, 1, 1);
    store_forget(w.store, STORE_ITEMS); /* so that they are read from the tables once */
    for (int i = 0; i < 2; i++) {
        copy_out(&w, R_STATEMENT_CHECKOUT, "out");
        copy_out(&w, R_STATEMENT_RETURN, "there");
        offer(&w, R_STATEMENT_OFFER, w.moved, "offered");
        offer(&w, R_STATEMENT_WITHDRAWAL, w.last, "held");
    }
    store_close(w.store);
}

TEST_MAIN(cmocka_unit_test(test_same_as_at_once), cmocka_unit_test(test_there_and_back))
