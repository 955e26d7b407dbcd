/* A token whose reading does not end costs a bounded part of the processor; a reader that cannot answer is no answer.
 * Linked with --wrap. */
#include <sys/resource.h>
#include <unistd.h>

#include "formats/read/timestamp.h"
#include "tests/unit/test.h"

int __wrap_r_timestamp_judge(const void *bytes, size_t len, const struct r_timestamp_roots *roots,
                             struct r_timestamp *out, struct hz_error *err);

/* The token's first byte says how it is read. */
int __wrap_r_timestamp_judge(const void *bytes, size_t len, const struct r_timestamp_roots *roots,
                             struct r_timestamp *out, struct hz_error *err)
{
    (void)len;
    (void)roots;
    (void)err;
    for (volatile unsigned i = 0; *(const char *)bytes == 's'; i++)
        continue;
    if (*(const char *)bytes == 'm') /* as when the pipe cannot be written */
        _exit(HZ_EXIT_FAILED);
    *out = (struct r_timestamp) { .status = R_TIMESTAMP_UNPROVEN, .why = R_TIMESTAMP_CHAIN };
    return HZ_OK;
}

static double seconds_of_children(void)
{
    struct rusage used;

    assert_int_equal(getrusage(RUSAGE_CHILDREN, &used), 0);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void ended_when_it_takes_long(void **state)
{
    struct r_timestamp t;
    double before = seconds_of_children();

    (void)state;
    assert_int_equal(r_timestamp_check("fast", 4, NULL, &t, NULL), HZ_OK);
    assert_int_equal(t.why, R_TIMESTAMP_CHAIN);
    assert_int_equal(r_timestamp_check("slow", 4, NULL, &t, NULL), HZ_OK);
    assert_int_equal(t.status, R_TIMESTAMP_INVALID);
    assert_int_equal(t.why, R_TIMESTAMP_CRASH);
#ifdef HOZEN_SANITIZED
    assert_true(seconds_of_children() - before < 3);
#else
    assert_true(seconds_of_children() - before < 0.6);
#endif
}

/* A reader that lives and cannot answer says nothing of the token. */
static void mute(void **state)
{
    struct r_timestamp t;
    struct hz_error err;

    (void)state;
    assert_int_equal(r_timestamp_check("mute", 4, NULL, &t, &err), HZ_E_IO);
}

TEST_MAIN(cmocka_unit_test(ended_when_it_takes_long), cmocka_unit_test(mute))
