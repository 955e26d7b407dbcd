/* The room of a slot: what is promised, and what is written. */
#include "collector/slot.h"

#include "tests/unit/test.h"

static void nothing_is_written_beyond_the_slot(void **state)
{
    (void)state;
    struct slot *s;
    struct hz_error err;
    assert_int_equal(slot_new(&s, NULL, &err), HZ_OK);
    assert_int_equal(slot_hold(s, SLOT_BYTES, &err), HZ_OK);
    assert_int_equal(slot_hold(s, SLOT_BYTES + 1, &err), HZ_E_LIMIT);
    s->used = SLOT_BYTES - 512;
    assert_int_equal(slot_hold(s, 512, &err), HZ_OK);
    assert_int_equal(slot_hold(s, 513, &err), HZ_E_LIMIT);
    assert_int_equal(slot_hold(s, SIZE_MAX, &err), HZ_E_LIMIT);
    s->used = SLOT_BYTES + 1;
    assert_int_equal(slot_hold(s, 0, &err), HZ_E_LIMIT);
    slot_free(s);
}

static void a_slot_that_is_full_takes_nothing_more(void **state)
{
    (void)state;
    struct slot *s;
    struct hz_error err;
    assert_int_equal(slot_new(&s, NULL, &err), HZ_OK);
    assert_true(slot_fits(s, SLOT_ITEMS, 10, 4 * SLOT_BYTES)); /* an empty one takes what comes */
    s->count = 1;
    s->room = SLOT_BYTES - 1024;
    assert_true(slot_fits(s, SLOT_ITEMS, 10, 1024));
    assert_false(slot_fits(s, SLOT_ITEMS, 10, 1025));
    assert_false(slot_fits(s, 1, 10, 0));
    s->room = SLOT_BYTES + 1;
    assert_false(slot_fits(s, SLOT_ITEMS, 10, 0));
    s->count = 0;
    slot_free(s);
}

TEST_MAIN(cmocka_unit_test(nothing_is_written_beyond_the_slot),
          cmocka_unit_test(a_slot_that_is_full_takes_nothing_more))
