#include "collector/pace.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/stamp.h"
#include "tests/unit/test.h"

static double since(struct stamp start)
{
    struct stamp end = stamp_boottime();
    return (double)(end.seconds - start.seconds) + ((double)end.nanoseconds - start.nanoseconds) / 1e9;
}

/* In a child: the priority of the process does not come back. */
static void in_a_child(int (*work)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(work());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int without_a_rate(void)
{
    int before = getpriority(PRIO_PROCESS, 0);
    struct pace p;
    struct stop stop;
    struct stamp start = stamp_boottime();
    stop_begin(&stop, 0, NULL);
    pace_begin(&p, 0);
    pace_wait(&p, SIZE_MAX, &stop);
    pace_end(&p);
    return since(start) < 60 && getpriority(PRIO_PROCESS, 0) == before ? 0 : 1;
}

static int with_a_rate(void)
{
    struct pace p;
    struct stop stop;
    struct stamp start = stamp_boottime();
    stop_begin(&stop, 0, NULL);
    pace_begin(&p, 1000000);
    for (int i = 0; i < 6; i++) /* 600,000 bytes; the last are granted after 500,000 less a burst */
        pace_wait(&p, 100000, &stop);
    double taken = since(start);
    pace_end(&p);
    return taken >= 0.35 && taken < 60 && getpriority(PRIO_PROCESS, 0) == 10 ? 0 : 1;
}

static int stopped(void)
{
    struct pace p;
    struct stop stop;
    struct stamp start = stamp_boottime();
    stop_begin(&stop, 200000000, NULL); /* --timeout 200ms */
    pace_begin(&p, 1);
    pace_wait(&p, 1000000, &stop);
    pace_wait(&p, SIZE_MAX, &stop);
    pace_wait(&p, SIZE_MAX, &stop);
    pace_end(&p);
    return since(start) >= 0.15 && since(start) < 60 ? 0 : 1;
}

static void nothing_is_slowed_without_a_rate(void **state)
{
    (void)state;
    in_a_child(without_a_rate);
}

static void a_rate_is_kept(void **state)
{
    (void)state;
    in_a_child(with_a_rate);
}

static void nobody_waits_once_the_collection_stops(void **state)
{
    (void)state;
    in_a_child(stopped);
}

TEST_MAIN(cmocka_unit_test(nothing_is_slowed_without_a_rate), cmocka_unit_test(a_rate_is_kept),
          cmocka_unit_test(nobody_waits_once_the_collection_stops))
