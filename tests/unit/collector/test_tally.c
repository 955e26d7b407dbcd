#include "collector/tally.h"

#include "tests/unit/test.h"

static void counts(void **state)
{
    (void)state;
    struct hz_error err;
    struct tally t = { 0 };
    struct walk_absence a = { .origin = { "/gone", 5 }, .status = W_VANISHED, .reason = "x" };
    assert_int_equal(tally_absence(&t, "files", &a, &err), HZ_OK);
    assert_false(t.partial);
    a.failure = true;
    assert_int_equal(tally_absence(&t, "files", &a, &err), HZ_OK);
    assert_true(t.partial);
    a = (struct walk_absence) {
        .origin = { "/mnt/x and more", 6 }, .status = W_EXCLUDED, .reason = "x", .mount_point = true
    };
    for (int i = 0; i < 40; i++)
        assert_int_equal(tally_absence(&t, "files", &a, &err), HZ_OK);
    assert_int_equal(t.absent[W_VANISHED], 2);
    assert_int_equal(t.absent[W_EXCLUDED], 40);
    assert_int_equal(tally_absences(&t), 42);
    assert_int_equal(t.mount_count, 40);
    assert_int_equal(t.mount_bytes, 240);
    assert_string_equal(t.mounts[39], "/mnt/x");
    tally_free(&t);
    assert_int_equal(t.mount_count, 0);
}

static void the_first_failures_are_kept(void **state)
{
    (void)state;
    struct hz_error err;
    struct tally t = { 0 };
    struct walk_absence a = { .status = W_TIMEOUT, .reason = "no answer", .failure = true };
    assert_int_equal(tally_absence(&t, "files", &a, &err), HZ_OK);
    a.origin = (struct w_bytes) { "/srv/x and more", 6 };
    for (int i = 0; i < 20; i++)
        assert_int_equal(tally_absence(&t, "files", &a, &err), HZ_OK);
    a.failure = false;
    assert_int_equal(tally_absence(&t, "files", &a, &err), HZ_OK);
    assert_int_equal(t.failures, 21);
    assert_string_equal(t.first[0].what, "files"); /* no path: whose it is */
    assert_string_equal(t.first[0].reason, "no answer");
    assert_string_equal(t.first[TALLY_FIRST - 1].what, "/srv/x");
    tally_free(&t);
    assert_int_equal(t.failures, 0);
}

static void the_first_limited_files_are_kept(void **state)
{
    (void)state;
    const struct w_bytes what = { "/srv/x and more", 6 };
    struct hz_error err;
    struct tally t = { 0 };
    assert_int_equal(tally_file(&t, W_COLLECTED, what, NULL, &err), HZ_OK);
    assert_int_equal(tally_file(&t, W_SHRUNK, what, NULL, &err), HZ_OK);
    assert_null(t.limited[0].what);
    assert_int_equal(tally_file(&t, W_LIMITED, what, NULL, &err), HZ_OK);
    for (int i = 0; i < 20; i++)
        assert_int_equal(tally_file(&t, W_LIMITED, what, "no answer", &err), HZ_OK);
    assert_int_equal(t.file_status[W_COLLECTED], 1);
    assert_int_equal(t.file_status[W_LIMITED], 21);
    assert_string_equal(t.limited[0].what, "/srv/x");
    assert_null(t.limited[0].reason);
    assert_string_equal(t.limited[TALLY_FIRST - 1].what, "/srv/x");
    assert_string_equal(t.limited[TALLY_FIRST - 1].reason, "no answer");
    assert_int_equal(t.failures, 0);
    tally_free(&t);
    assert_null(t.limited[0].what);
}

TEST_MAIN(cmocka_unit_test(counts), cmocka_unit_test(the_first_failures_are_kept),
          cmocka_unit_test(the_first_limited_files_are_kept))
