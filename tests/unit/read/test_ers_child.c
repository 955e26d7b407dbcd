/* What the jailed reader of evidence records says is believed only where it can be: whoever took it over says anything.
 * Linked with --wrap. */
#include "formats/read/ers.h"
#include "tests/unit/test.h"

#define OBJECTS 2

int __wrap_r_ers_judge(const void *bytes, size_t len, const struct r_ers_order *order, struct r_ers *out,
                       struct hz_error *err);

/* The bytes are the answer. */
int __wrap_r_ers_judge(const void *bytes, size_t len, const struct r_ers_order *order, struct r_ers *out,
                       struct hz_error *err)
{
    (void)order;
    (void)err;
    assert_int_equal(len, sizeof *out);
    memcpy(out, bytes, len);
    return HZ_OK;
}

static struct r_ers proven(void)
{
    struct r_ers e;

    memset(&e, 0, sizeof e);
    e.status = R_ERS_PROVEN;
    e.why = R_ERS_GOOD;
    e.count = R_ERS_STAMPS;
    e.covers[0] = e.covers[OBJECTS - 1] = true;
    for (size_t i = 0; i < e.count; i++)
        e.stamps[i] = (struct r_ers_stamp) { .chain = R_ERS_STAMPS - 1,
                                             .lasted = true,
                                             .token = { .status = R_TIMESTAMP_PROVEN, .why = R_TIMESTAMP_GOOD } };
    return e;
}

static void told(const struct r_ers *e, bool believed)
{
    static const struct r_ers_object objects[OBJECTS];
    const struct r_ers_order order = { .objects = objects, .object_count = OBJECTS };
    static struct r_ers out;
    struct hz_error err = { 0 };

    if (r_ers_check(e, sizeof *e, &order, &out, &err) != HZ_OK)
        fail_msg("%s", err.text);
    if (believed) {
        assert_memory_equal(&out, e, sizeof out);
    } else {
        assert_int_equal(out.status, R_ERS_INVALID);
        assert_int_equal(out.why, R_ERS_CRASH);
        assert_int_equal(out.count, 0);
        for (size_t i = 0; i < R_ERS_OBJECTS; i++)
            assert_false(out.covers[i]);
    }
}

/* One member is changed, and what is said is worth nothing; then it is set back. */
#define REFUSED(member, value)                                                                                         \
    do {                                                                                                               \
        struct r_ers bad = proven();                                                                                   \
        bad.member = (value);                                                                                          \
        told(&bad, false);                                                                                             \
    } while (0)

static void bounds(void **state)
{
    struct r_ers e = proven();

    (void)state;
    told(&e, true);
    e.since = e.count - 1;
    e.at = R_ERS_STAMPS - 1;
    told(&e, true);
    e.status = R_ERS_LAPSED;
    e.since = e.count;
    e.why = R_ERS_WHY_COUNT - 1;
    told(&e, true);
    REFUSED(status, R_ERS_INVALID + 1);
    REFUSED(status, (enum r_ers_status) - 1);
    REFUSED(why, R_ERS_WHY_COUNT);
    REFUSED(why, (enum r_ers_why) - 1);
    REFUSED(at, R_ERS_STAMPS);
    REFUSED(since, R_ERS_STAMPS); /* proven since nothing */
    REFUSED(count, R_ERS_STAMPS + 1);
    e = proven();
    e.status = R_ERS_UNPROVEN;
    e.since = e.count + 1;
    told(&e, false);
}

static void members(void **state)
{
    struct r_ers e = proven();

    (void)state;
    REFUSED(covers[0], false); /* it is about the first file, or about none */
    REFUSED(covers[OBJECTS], true);
    REFUSED(covers[R_ERS_OBJECTS - 1], true);
    REFUSED(stamps[0].chain, R_ERS_STAMPS);
    REFUSED(stamps[R_ERS_STAMPS - 1].chain, R_ERS_STAMPS);
    REFUSED(stamps[0].token.why, R_TIMESTAMP_FORM); /* proven, and why not */
    REFUSED(stamps[R_ERS_STAMPS - 1].token.time.nanoseconds, 1000000000);
    memset(&e.covers[1], 2, 1);
    told(&e, false);
    e = proven();
    e.status = R_ERS_INVALID;
    e.why = R_ERS_TREE;
    told(&e, false); /* and yet it covers files */
    memset(e.covers, 0, sizeof e.covers);
    told(&e, true);
}

TEST_MAIN(cmocka_unit_test(bounds), cmocka_unit_test(members))
