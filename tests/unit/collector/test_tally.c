#include "collector/tally.h"

#include "tests/unit/test.h"

static void counts(void **state)
{
    (void)state;
    struct hz_error err;
    struct tally t = { 0 };
    struct walk_absence a = { .origin = { "/gone", 5 }, .status = W_VANISHED, .reason = "x" };
    assert_int_equal(tally_absence(&t, &a, &err), HZ_OK);
    assert_false(t.partial);
    a.failure = true;
    assert_int_equal(tally_absence(&t, &a, &err), HZ_OK);
    assert_true(t.partial);
    a = (struct walk_absence) {
        .origin = { "/mnt/x and more", 6 }, .status = W_EXCLUDED, .reason = "x", .mount_point = true
    };
    for (int i = 0; i < 40; i++)
        assert_int_equal(tally_absence(&t, &a, &err), HZ_OK);
    assert_int_equal(t.absent[W_VANISHED], 2);
    assert_int_equal(t.absent[W_EXCLUDED], 40);
    assert_int_equal(tally_absences(&t), 42);
    assert_int_equal(t.mount_count, 40);
    assert_int_equal(t.mount_bytes, 240);
    assert_string_equal(t.mounts[39], "/mnt/x");
    tally_free(&t);
    assert_int_equal(t.mount_count, 0);
}

TEST_MAIN(cmocka_unit_test(counts))
