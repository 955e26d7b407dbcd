/* What lies beside a bundle: which names count as signatures and time stamps, how many, and how large. */
#include "verify/policy.h"

#include <sys/stat.h>

#include "tests/unit/base/folder.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHORT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"
#define CAPITAL "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeF"

static int load(struct policy *p, const char *bundle, struct hz_error *err)
{
    const struct policy_order order = { .bundle = bundle };

    return policy_load(p, &order, err);
}

/* Names of nothing that counts */
static const char *const none[] = {
    "b.tar",
    "b.tar.sshsig",
    "b.tar." SHORT ".sshsig",
    "b.tar." SHORT "..sshsig",
    "b.tar." CAPITAL ".sshsig",
    "b.tar." ID ".sshsig2",
    "b.tar." ID ".sshsih",
    "b.tar." ID "0.sshsig",
    "b.tar-" ID ".sshsig",
    "c.tar." ID ".sshsig",
    "b.tar." ID ".sshsig.tsr2",
    "b.tar." ID ".sshsig.1.tsr",
    "b.tar." ID ".sshsig.02.tsr",
    "b.tar." ID ".sshsig..tsr",
    "b.tar." ID ".sshsih.tsr",
    "b.tar." CAPITAL ".sshsig.tsr",
    "b.tar-" ID ".sshsig.tsr",
    "c.tar." ID ".sshsig.tsr",
};

static void test_names(void **state)
{
    struct hz_error err = { 0 };
    struct policy p;

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        folder_write(none[i], "x");
    assert_int_equal(load(&p, "b.tar", &err), HZ_OK);
    assert_true(p.use.sidecar_count == 0 && p.use.timestamps.count == 0);
    policy_free(&p);
    folder_write("b.tar." ID ".sshsig", "one");
    folder_write("b.tar." ID ".sshsig.tsr", "t");
    folder_write("b.tar." ID ".sshsig.2.tsr", "tt");
    assert_int_equal(mkdir("b.tar.1" SHORT ".sshsig", 0700), 0);
    assert_int_equal(load(&p, "b.tar", &err), HZ_OK);
    assert_int_equal(p.use.sidecar_count, 1);
    assert_string_equal(p.sidecars[0].keyid, ID);
    assert_string_equal(p.sidecars[0].name, "b.tar." ID ".sshsig");
    assert_string_equal(buf_text(&p.sidecars[0].text), "one");
    assert_int_equal(p.use.timestamps.count, 2); /* in the order of their names */
    assert_string_equal(buf_text(&p.timestamps[0].bytes), "tt");
    assert_string_equal(buf_text(&p.timestamps[1].bytes), "t");
    assert_null(p.use.evidence.name);
    policy_free(&p);
    folder_write("b.tar.er", "record");
    folder_write("b.tar.err", "x");
    assert_int_equal(load(&p, "./b.tar", &err), HZ_OK);
    assert_string_equal(p.use.evidence.name, "b.tar.er");
    assert_string_equal(buf_text(&p.use.evidence.bytes), "record");
    assert_int_equal(p.use.sidecar_count, 1);
    policy_free(&p);
    assert_int_equal(load(&p, "-", &err), HZ_OK);
    assert_int_equal(p.use.sidecar_count, 0);
    policy_free(&p);
    assert_int_equal(load(&p, NULL, &err), HZ_OK);
    assert_int_equal(p.use.sidecar_count, 0);
    policy_free(&p);
    assert_int_equal(load(&p, "nowhere/b.tar", &err), HZ_E_NOTFOUND);
    policy_free(&p);
}

static void put_sidecar(const char *bundle, unsigned number, const char *end, size_t size)
{
    char name[200];
    FILE *f;

    snprintf(name, sizeof name, "%s.%064x%s", bundle, number, end);
    f = fopen(name, "w");
    assert_non_null(f);
    while (size-- > 0)
        putc('x', f);
    assert_int_equal(fclose(f), 0);
}

/* One that is too large to be a signature is kept as empty, whichever place it has; one more than 64 is too many. */
static void test_bounds(void **state)
{
    struct hz_error err = { 0 };
    struct policy p;
    size_t empty = 0;

    (void)state;
    for (unsigned i = 1; i < VERDICT_SIDECARS; i++)
        put_sidecar("c.tar", i, ".sshsig", 1);
    put_sidecar("c.tar", 0xffff, ".sshsig", R_BUNDLE_SIGNATURE_MAX);
    assert_int_equal(load(&p, "c.tar", &err), HZ_OK);
    for (size_t i = 0; i < p.use.sidecar_count; i++)
        empty += p.sidecars[i].text.len == 0;
    assert_true(p.use.sidecar_count == VERDICT_SIDECARS && empty == 0);
    policy_free(&p);
    for (unsigned i = 1; i < VERDICT_SIDECARS; i++)
        put_sidecar("c.tar", i, ".sshsig", R_BUNDLE_SIGNATURE_MAX + 1);
    assert_int_equal(load(&p, "c.tar", &err), HZ_OK);
    for (size_t i = 0; i < p.use.sidecar_count; i++)
        empty += p.sidecars[i].text.len == 0;
    assert_true(p.use.sidecar_count == VERDICT_SIDECARS && empty == VERDICT_SIDECARS - 1);
    assert_string_equal(p.sidecars[VERDICT_SIDECARS - 1].name + 6 + 60, "ffff.sshsig"); /* sorted */
    policy_free(&p);
    put_sidecar("c.tar", 0x10000, ".sshsig", 1);
    assert_int_equal(load(&p, "c.tar", &err), HZ_E_LIMIT);
    policy_free(&p);
}

static void test_bounds_of_stamps(void **state)
{
    struct hz_error err = { 0 };
    struct policy p;
    size_t empty = 0;

    (void)state;
    for (unsigned i = 0; i < TIMESTAMPS_FILES; i++)
        put_sidecar("d.tar", i, ".sshsig.tsr", i == 3 ? R_TIMESTAMP_MAX + 1 : 1);
    assert_int_equal(load(&p, "d.tar", &err), HZ_OK);
    assert_int_equal(p.use.timestamps.count, TIMESTAMPS_FILES);
    for (size_t i = 0; i < p.use.timestamps.count; i++)
        empty += p.timestamps[i].bytes.len == 0;
    assert_true(empty == 1 && p.timestamps[3].bytes.len == 0);
    policy_free(&p);
    put_sidecar("d.tar", 0x10000, ".sshsig.tsr", 1);
    assert_int_equal(load(&p, "d.tar", &err), HZ_E_LIMIT);
    policy_free(&p);
}

/* What the user named must be there and be one; nothing is passed over in silence. */
static void test_named(void **state)
{
    const char *const files[] = { "large", "small" };
    struct policy_order order = { .signatures = files + 1, .signature_count = 1, .required = 2 };
    struct hz_error err = { 0 };
    struct policy p;

    (void)state;
    put_sidecar("large", 0, "", R_BUNDLE_SIGNATURE_MAX + 1);
    assert_int_equal(rename("large."
                            "0000000000000000000000000000000000000000000000000000000000000000",
                            "large"),
                     0);
    folder_write("small", "x");
    folder_write("empty", "");
    folder_write("wrong", "x\n");
    assert_int_equal(policy_load(&p, &order, &err), HZ_OK);
    assert_true(p.use.sidecar_count == 1 && p.use.required == 2 && p.use.signers == NULL && p.use.revoked == NULL);
    assert_string_equal(p.sidecars[0].keyid, "");
    policy_free(&p);
    order.signatures = files;
    assert_int_equal(policy_load(&p, &order, &err), HZ_E_LIMIT);
    policy_free(&p);
    order =
        (struct policy_order) { .timestamps = files + 1, .timestamp_count = 1, .signers = "empty", .revoked = "empty" };
    assert_int_equal(policy_load(&p, &order, &err), HZ_OK);
    assert_true(p.use.timestamps.count == 1 && p.use.signers == &p.signers && p.use.revoked == &p.revoked);
    policy_free(&p);
    order = (struct policy_order) { .signers = "wrong" };
    assert_int_equal(policy_load(&p, &order, &err), HZ_E_FORMAT);
    policy_free(&p);
    order = (struct policy_order) { .revoked = "wrong" };
    assert_int_equal(policy_load(&p, &order, &err), HZ_E_FORMAT);
    policy_free(&p);
    order = (struct policy_order) { .timestamp_roots = "wrong" };
    assert_int_equal(policy_load(&p, &order, &err), HZ_E_FORMAT);
    policy_free(&p);
    order = (struct policy_order) { .signers = "nowhere" };
    assert_int_equal(policy_load(&p, &order, &err), HZ_E_NOTFOUND);
    policy_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(test_bounds, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(test_bounds_of_stamps, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(test_named, folder_enter, folder_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
