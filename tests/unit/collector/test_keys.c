#include "collector/keys.h"

#include <stdio.h>

#include "tests/unit/test.h"

static char seen[1000];

static int note(void *context, const struct key_change *change, struct hz_error *err)
{
    (void)context;
    (void)err;
    size_t used = strlen(seen);
    snprintf(seen + used, sizeof seen - used, "%c%s:%.*s ", change->appeared ? '+' : '-', change->kind,
             (int)change->text.len, (const char *)change->text.data);
    return HZ_OK;
}

static void add(struct keys *k, const char *kind, const char *key)
{
    struct hz_error err;
    const struct w_bytes bytes = { key, strlen(key) };
    assert_int_equal(keys_add(k, kind, bytes, bytes, &err), HZ_OK);
}

static void what_came_and_went(void **state)
{
    struct keys before = { 0 }, after = { 0 };
    struct hz_error err;
    (void)state;
    seen[0] = '\0';
    add(&before, "socket", "b");
    add(&before, "process", "1");
    add(&before, "socket", "a");
    add(&after, "socket", "c");
    add(&after, "socket", "b");
    add(&after, "process", "12");
    add(&after, "process", "1");
    assert_int_equal(keys_compare(&before, &after, note, NULL, &err), HZ_OK);
    assert_string_equal(seen, "+process:12 -socket:a +socket:c ");
    keys_free(&before);
    keys_free(&after);
}

static void empty_sets(void **state)
{
    struct keys before = { 0 }, after = { 0 };
    struct hz_error err;
    (void)state;
    seen[0] = '\0';
    assert_int_equal(keys_compare(&before, &after, note, NULL, &err), HZ_OK);
    assert_string_equal(seen, "");
    add(&before, "socket", "a");
    assert_int_equal(keys_compare(&before, &after, note, NULL, &err), HZ_OK);
    assert_string_equal(seen, ""); /* nobody looked */
    keys_begin(&after, "socket");
    assert_int_equal(keys_compare(&before, &after, note, NULL, &err), HZ_OK);
    assert_string_equal(seen, "-socket:a ");
    keys_free(&before);
}

/* A set that could not see a thing says nothing about it. */
static void what_cannot_be_denied(void **state)
{
    struct keys before = { 0 }, after = { 0 };
    struct hz_error err;
    (void)state;
    add(&before, "process", "12 5");
    add(&before, "process", "1 5");
    add(&before, "socket", "7 a");
    add(&after, "process", "3 9");
    add(&after, "socket", "8 a");
    keys_gap(&after, "process", "12 ");
    keys_gap(&before, "socket", "");
    seen[0] = '\0';
    assert_int_equal(keys_compare(&before, &after, note, NULL, &err), HZ_OK);
    assert_string_equal(seen, "-process:1 5 +process:3 9 -socket:7 a ");
    for (size_t i = 0; i < KEYS_GAPS; i++)
        keys_gap(&after, "socket", "99 ");
    seen[0] = '\0';
    assert_int_equal(keys_compare(&before, &after, note, NULL, &err), HZ_OK);
    assert_string_equal(seen, "+process:3 9 ");
    keys_free(&before);
    keys_free(&after);
}

static void a_full_set_says_so(void **state)
{
    static char large[1 << 20];
    struct keys k = { 0 };
    struct hz_error err;
    (void)state;
    for (int i = 0; i < 6; i++)
        assert_int_equal(
            keys_add(&k, "socket", (struct w_bytes) { large, sizeof large }, (struct w_bytes) { large, 0 }, &err),
            HZ_OK);
    assert_int_equal(k.count, 5);
    assert_true(k.full);
    keys_free(&k);
}

TEST_MAIN(cmocka_unit_test(what_came_and_went), cmocka_unit_test(empty_sets), cmocka_unit_test(what_cannot_be_denied),
          cmocka_unit_test(a_full_set_says_so))
