#include "collector/budget.h"

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

#define MIB ((uint64_t)1 << 20)

static void refuses(struct budget *b, uint64_t size, const char *reason)
{
    struct budget_claim claim = { 77, 77 };
    const char *why = budget_admit(b, size, 20, &claim);
    assert_non_null(why);
    assert_non_null(strstr(why, reason));
    assert_int_equal(claim.bytes, 77);
}

static struct budget_claim admits(struct budget *b, uint64_t size)
{
    struct budget_claim claim = { 0, 0 };
    assert_null(budget_admit(b, size, 20, &claim));
    assert_true(claim.bytes >= size + 512 && claim.rows > 20);
    return claim;
}

static void large_files_are_refused(void **state)
{
    (void)state;
    struct budget b;
    const struct collect_options o = { .max_file_size = 1000 };
    budget_begin(&b, &o, -1);
    admits(&b, 1000);
    refuses(&b, 1001, "--max-file-size");
    admits(&b, 0);
}

static void what_is_made_here_is_no_large_file(void **state)
{
    (void)state;
    struct budget b;
    struct budget_claim claim = { 0, 0 };
    const struct collect_options o = { .max_file_size = 1000, .max_size = 10 * MIB };
    budget_begin(&b, &o, -1);
    assert_null(budget_admit_made(&b, MIB, 20, &claim));
    assert_true(claim.bytes >= MIB);
    assert_non_null(budget_admit_made(&b, 9 * MIB, 20, &claim));
}

static void what_is_left_is_told(void **state)
{
    (void)state;
    struct budget b;
    struct collect_options o = { .max_size = 10 * MIB };
    budget_begin(&b, &o, -1);
    assert_int_equal(budget_left(&b), 10 * MIB - b.end);
    struct budget_claim claim = admits(&b, 3 * MIB);
    assert_int_equal(budget_left(&b), 10 * MIB - b.end - claim.bytes - claim.rows);
    o.max_size = 0;
    budget_begin(&b, &o, -1);
    admits(&b, MIB);
    assert_int_equal(budget_left(&b), UINT64_MAX);
    b.space = 100;
    assert_int_equal(budget_left(&b), 0);
}

static void without_bounds_everything_is_taken(void **state)
{
    (void)state;
    struct budget b;
    const struct collect_options o = { 0 };
    budget_begin(&b, &o, -1);
    admits(&b, 0);
    admits(&b, INT64_MAX - MIB);
}

/* age makes 65,552 bytes of 65,536. */
static void encrypted_bytes_are_more(void **state)
{
    (void)state;
    struct budget b;
    struct collect_options o = { .recipient_count = 1 };
    budget_begin(&b, &o, -1);
    assert_true(admits(&b, 4096 * MIB).bytes >= 4097 * MIB);
    admits(&b, INT64_MAX - MIB);
    o.recipient_count = 0;
    budget_begin(&b, &o, -1);
    assert_true(admits(&b, 4096 * MIB).bytes < 4097 * MIB);
}

static struct w_bundle *bundle_at(int fd, int directory)
{
    struct hz_error err;
    struct w_bundle *bundle = NULL;
    const struct w_bundle_config config = { .name = "x", .output = fd, .spool_directory = directory };
    assert_int_equal(w_bundle_open(&bundle, &config, &err), HZ_OK);
    return bundle;
}

static void what_is_on_the_way_counts(void **state)
{
    (void)state;
    struct hz_error err;
    struct budget b;
    struct stop stop;
    int fd = -1, here = -1;
    const struct collect_options o = { .max_size = 10 * MIB };
    assert_int_equal(io_open_directory(".", &here, &err), HZ_OK);
    assert_int_equal(io_create_new(here, "out", 0600, &fd, &err), HZ_OK);
    struct w_bundle *bundle = bundle_at(fd, here);
    stop_begin(&stop, 0, NULL);
    budget_begin(&b, &o, here);
    struct budget_claim first = admits(&b, 5 * MIB);
    refuses(&b, 4 * MIB, "--max-size"); /* a part is kept for the end */
    struct budget_claim second = admits(&b, 2 * MIB);
    refuses(&b, 2 * MIB, "--max-size");
    budget_given(&b, second, bundle, &stop); /* it was not given, after all */
    second = admits(&b, 2 * MIB);
    budget_given(&b, (struct budget_claim) { first.bytes - 1000, 0 }, bundle, &stop); /* in parts */
    budget_given(&b, (struct budget_claim) { 1000, first.rows }, bundle, &stop);
    budget_given(&b, second, bundle, &stop);
    assert_int_equal(b.claimed, 0);
    assert_int_equal(b.claimed_rows, 0);
    assert_true(b.used > 1000 && b.used < MIB); /* what stands at the beginning of each bundle */
    assert_int_equal(stop_poll(&stop), STOP_NONE);
    admits(&b, 7 * MIB);
    w_bundle_free(bundle);
    io_close(&fd);
    io_close(&here);
}

static void the_collection_stops_where_nothing_fits(void **state)
{
    (void)state;
    struct hz_error err;
    struct budget b;
    struct stop stop;
    int here = -1;
    const struct budget_claim none = { 0, 0 };
    struct collect_options o = { .max_size = 10 * MIB };
    assert_int_equal(io_open_directory(".", &here, &err), HZ_OK);
    int fd = -1;
    assert_int_equal(io_create_new(here, "out", 0600, &fd, &err), HZ_OK);
    struct w_bundle *bundle = bundle_at(fd, here);
    stop_begin(&stop, 0, NULL);
    budget_begin(&b, &o, here);
    b.max_size = b.end; /* as if the rest were full */
    budget_given(&b, none, bundle, &stop);
    assert_int_equal(stop_poll(&stop), STOP_SIZE);
    o.max_size = 0;
    stop_begin(&stop, 0, NULL);
    budget_begin(&b, &o, here);
    budget_given(&b, none, bundle, &stop);
    assert_int_equal(stop_poll(&stop), STOP_NONE);
    refuses(&b, INT64_MAX, "free where the bundle is written");
    b.room.reserve = INT64_MAX; /* as if the medium were full */
    budget_given(&b, none, bundle, &stop);
    assert_int_equal(stop_poll(&stop), STOP_NO_SPACE);
    refuses(&b, 0, "free where the bundle is written");
    w_bundle_free(bundle);
    io_close(&fd);
    io_close(&here);
}

static void produce(struct w_bundle *bundle, unsigned from, unsigned to, const void *bytes, size_t len)
{
    struct hz_error err;
    char name[64];
    for (unsigned i = from; i < to; i++) {
        assert_true(snprintf(name, sizeof name, "some-folder/file-%06u", i) < (int)sizeof name);
        assert_int_equal(w_bundle_produced(bundle, "system", name, "generated", bytes, len, &err), HZ_OK);
    }
}

/* What packing saved is given back, of files and of rows, where it makes a difference. */
static void what_packing_saved_is_given_back(void **state)
{
    (void)state;
    struct hz_error err;
    struct budget b;
    struct stop stop;
    int fd = -1, here = -1;
    static const unsigned char zeros[1 << 20];
    const struct collect_options o = { .max_size = 10 * MIB, .compress = W_COMPRESS_ZSTD };
    const struct w_bundle_config config = { .name = "x", .compress = W_COMPRESS_ZSTD };
    assert_int_equal(io_open_directory(".", &here, &err), HZ_OK);
    assert_int_equal(io_create_new(here, "out", 0600, &fd, &err), HZ_OK);
    struct w_bundle_config at = config;
    struct w_bundle *bundle = NULL;
    at.output = fd;
    at.spool_directory = here;
    assert_int_equal(w_bundle_open(&bundle, &at, &err), HZ_OK);
    stop_begin(&stop, 0, NULL);
    budget_begin(&b, &o, here);
    assert_false(budget_settles(&b, 11 * MIB, 20)); /* it would change nothing */
    assert_false(budget_settles(&b, 1 * MIB, 20));  /* it is not needed */
    struct budget_claim claim = admits(&b, 7 * MIB);
    assert_true(budget_settles(&b, 7 * MIB, 20));
    produce(bundle, 0, 7, zeros, sizeof zeros);
    budget_given(&b, claim, bundle, &stop);
    budget_make_room(&b, 7 * MIB, 20, bundle);
    assert_true(b.used < 100000);
    admits(&b, 7 * MIB);
    budget_begin(&b, &o, here);
    produce(bundle, 7, 30000, "", 0); /* rows */
    budget_given(&b, (struct budget_claim) { 0, 0 }, bundle, &stop);
    assert_true(b.used > 3 * MIB);
    budget_make_room(&b, 7 * MIB, 20, bundle);
    assert_true(b.used > 3 * MIB); /* more than what waits is free: nothing is packed for its size alone */
    produce(bundle, 30000, 60000, "", 0);
    budget_make_room(&b, 4 * MIB, 20, bundle);
    assert_true(b.used < 6 * MIB);
    assert_int_equal(b.used, b.least);
    assert_int_equal(stop_poll(&stop), STOP_NONE);
    w_bundle_free(bundle);
    io_close(&fd);
    io_close(&here);
}

static void attributes_count(void **state)
{
    (void)state;
    struct budget b;
    const struct collect_options o = { .max_size = 10 * MIB };
    budget_begin(&b, &o, -1);
    struct budget_claim claim = admits(&b, 7 * MIB), before = claim;
    assert_null(budget_admit_attributes(&b, 100, &claim));
    assert_int_equal(claim.rows, before.rows);
    assert_null(budget_admit_attributes(&b, 200000, &claim));
    assert_true(claim.rows >= before.rows + 270000 && b.claimed_rows == claim.rows); /* as base64 */
    assert_non_null(budget_admit_attributes(&b, 400000, &claim));
    assert_int_equal(b.claimed_rows, claim.rows);
}

/* A large file that may fit when it is packed is admitted part by part. */
static void a_large_file_is_begun(void **state)
{
    (void)state;
    struct budget b;
    struct budget_claim first = { 0, 0 }, part = { 0, 0 };
    struct collect_options o = { .max_size = 10 * MIB, .compress = W_COMPRESS_ZSTD };
    budget_begin(&b, &o, -1);
    assert_true(budget_begins(&b, 10 * MIB, 20));
    assert_false(budget_begins(&b, 10 * MIB + 1, 20));
    refuses(&b, 9 * MIB, "--max-size");
    assert_null(budget_admit_begin(&b, 9 * MIB, MIB, 20, &first));
    assert_true(first.bytes >= MIB + budget_zeros(9 * MIB) && first.bytes < 2 * MIB && first.rows > 0);
    unsigned parts = 0;
    while (budget_admit_part(&b, MIB, &part) == NULL)
        parts++;
    assert_int_equal(parts, 6); /* of 10 MiB, 2 are kept for the end */
    assert_int_equal(part.rows, 0);
    b.space = 9 * MIB; /* the medium has no room for it as it is */
    assert_false(budget_begins(&b, 9 * MIB, 20));
    o.max_file_size = 8 * MIB;
    budget_begin(&b, &o, -1);
    assert_false(budget_begins(&b, 9 * MIB, 20));
    o = (struct collect_options) { .max_size = 10 * MIB };
    budget_begin(&b, &o, -1); /* nothing is packed */
    assert_false(budget_begins(&b, 9 * MIB, 20));
}

TEST_MAIN(cmocka_unit_test(large_files_are_refused), cmocka_unit_test(what_is_made_here_is_no_large_file),
          cmocka_unit_test(what_is_left_is_told), cmocka_unit_test(without_bounds_everything_is_taken),
          cmocka_unit_test(encrypted_bytes_are_more), FOLDER_TEST(what_is_on_the_way_counts),
          cmocka_unit_test(attributes_count), cmocka_unit_test(a_large_file_is_begun),
          FOLDER_TEST(what_packing_saved_is_given_back), FOLDER_TEST(the_collection_stops_where_nothing_fits))
