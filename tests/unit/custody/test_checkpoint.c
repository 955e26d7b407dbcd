/* Stored checkpoints: what a row must be before its parts name files. */
#include "custody/checkpoint.h"
#include "tests/unit/custody/world.h"

#define HEX63 "333333333333333333333333333333333333333333333333333333333333333"

static void put(struct store *s, int size, const char *keyid)
{
    char sql[400];
    struct query q;

    snprintf(sql, sizeof sql, "INSERT INTO checkpoint VALUES (%d, 'text', '%s', 'armour')", size, keyid);
    query_open(&q, s, sql);
    GOOD(query_run(&q, NULL));
    query_close(&q);
}

static int find(struct store *s, uint64_t size, bool *found)
{
    HZ_CLEANUP(checkpoint_free) struct checkpoint c = { 0 };

    return checkpoint_find(s, size, &c, found, NULL);
}

/* The id of a key is 64 hexadecimal digits: it becomes part of a file's name. */
static void test_keyid(void **state)
{
    static const char *const bad[] = { "",
                                       HEX63,
                                       HEX63 "33",
                                       "/" HEX63,
                                       HEX63 "g",
                                       "../../../../../../../../../../../../"
                                       "tmp/xxxxxxxxxxxxxxxxxxxxxxxx" };
    struct world w = begin();
    bool found;
    int size = 1;

    (void)state;
    GOOD(find(w.store, 1, &found));
    assert_false(found);
    put(w.store, size, HEX63 "3");
    put(w.store, size, HEX63 "a");
    GOOD(find(w.store, 1, &found));
    assert_true(found);
    GOOD(find(w.store, 2, &found));
    assert_false(found);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put(w.store, ++size, bad[i]);
        if (find(w.store, 1, &found) != HZ_E_FORMAT)
            fail_msg("%s", bad[i]);
    }
    store_close(w.store);
}

TEST_MAIN(cmocka_unit_test(test_keyid))
