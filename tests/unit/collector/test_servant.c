#include "collector/servant.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/test.h"

#define MS INT64_C(1000000)

struct piece {
    size_t number;
    bool hangs;
    pthread_mutex_t *gate; /* held by the test as long as it shall hang */
    atomic_bool done;
};

struct seen {
    size_t next, done, lost, not_begun;
    size_t fail_at; /* SIZE_MAX: never */
};

static struct collect_options options;
static struct run *the_run; /* too large for a stack */

static int setup(void **state)
{
    (void)state;
    options = (struct collect_options) { .command_timeout_ns = 2000 * MS };
    the_run = calloc(1, sizeof *the_run);
    assert_non_null(the_run);
    the_run->options = &options;
    stop_begin(&the_run->stop, 0, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(the_run);
    return 0;
}

static void work(void *context)
{
    struct piece *p = context;
    if (p->hangs) {
        pthread_mutex_lock(p->gate);
        pthread_mutex_unlock(p->gate);
    }
    atomic_store(&p->done, true);
}

static int note(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct seen *s = context;
    assert_int_equal(i, s->next++);
    s->done += !lost;
    s->lost += begun && lost;
    s->not_begun += !begun;
    return i == s->fail_at ? hz_error_set(err, HZ_E_IO, "told to fail") : HZ_OK;
}

static int go(struct piece *pieces, size_t count, unsigned threads, struct seen *seen, struct hz_error *err)
{
    void *contexts[100];
    for (size_t i = 0; i < count; i++)
        contexts[i] = &pieces[i];
    const struct servant_batch b = {
        .work = work, .contexts = contexts, .count = count, .threads = threads, .done = note, .done_context = seen
    };
    return servant_batch(the_run, &b, err);
}

static void all_are_done_in_order(void **state)
{
    struct piece pieces[50] = { { 0 } };
    struct seen seen = { .fail_at = SIZE_MAX };
    struct hz_error err;
    (void)state;
    options.command_timeout_ns = 60000 * MS;
    assert_int_equal(go(pieces, 50, 4, &seen, &err), HZ_OK);
    assert_int_equal(seen.done, 50);
    for (size_t i = 0; i < 50; i++)
        assert_true(atomic_load(&pieces[i].done));
}

static void wait_for(struct piece *p)
{
    while (!atomic_load(&p->done))
        usleep(1000);
    usleep(20000); /* and until its thread has let go of the crew */
}

struct long_piece {
    struct watch watch;
    struct watch_devices devices;
    pthread_mutex_t *gate; /* NULL: it does not hang */
};

/* Longer in all than a call may last. */
static void work_long(void *context)
{
    struct long_piece *p = context;
    for (int i = 0; i < 8; i++) {
        watch_enter(&p->watch);
        usleep(300000);
        watch_leave(&p->watch);
    }
    watch_enter(&p->watch);
    if (p->gate != NULL)
        pthread_mutex_lock(p->gate);
    watch_leave(&p->watch);
}

static void long_work_is_left_when_one_call_hangs(void **state)
{
    static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    static struct long_piece going, hanging; /* its thread stays in watch_leave */
    struct hz_error err;
    (void)state;
    watch_init(&going.watch, &going.devices);
    watch_init(&hanging.watch, &hanging.devices);
    assert_int_equal(servant_do_watched(the_run, work_long, &going, &going.watch, &err), HZ_OK);
    hanging.gate = &gate;
    pthread_mutex_lock(&gate);
    assert_int_equal(servant_do_watched(the_run, work_long, &hanging, &hanging.watch, &err), HZ_E_TIMEOUT);
    pthread_mutex_unlock(&gate);
}

static void what_hangs_is_left_and_the_rest_goes_on(void **state)
{
    static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    static struct piece pieces[10];
    struct seen seen = { .fail_at = SIZE_MAX };
    struct hz_error err;
    (void)state;
    pieces[3].hangs = pieces[4].hangs = true;
    pieces[3].gate = pieces[4].gate = &gate;
    pthread_mutex_lock(&gate);
    assert_int_equal(go(pieces, 10, 1, &seen, &err), HZ_OK);
    assert_int_equal(seen.lost, 2);
    assert_int_equal(seen.done, 8);
    pthread_mutex_unlock(&gate);
    wait_for(&pieces[3]);
    wait_for(&pieces[4]);
}

/* However many do not answer, so many threads and no more wait for them, and the batch comes to an end. */
static void too_many_that_hang_end_the_batch(void **state)
{
    static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    static struct piece pieces[100];
    struct seen seen = { .fail_at = SIZE_MAX };
    struct hz_error err;
    (void)state;
    options.command_timeout_ns = 20 * MS;
    for (size_t i = 0; i < 100; i++)
        pieces[i] = (struct piece) { .hangs = true, .gate = &gate };
    pthread_mutex_lock(&gate);
    assert_int_equal(go(pieces, 100, 4, &seen, &err), HZ_OK);
    assert_in_range(seen.lost, 64, 67); /* those beside the last of them were begun, too */
    assert_int_equal(seen.not_begun, 100 - seen.lost);
    pthread_mutex_unlock(&gate);
    for (size_t i = 0; i < seen.lost; i++)
        wait_for(&pieces[i]);
}

static void what_was_not_begun_stays_the_callers(void **state)
{
    struct piece pieces[6] = { { 0 } };
    struct seen seen = { .fail_at = SIZE_MAX };
    struct hz_error err;
    (void)state;
    stop_set(&the_run->stop, STOP_SIZE);
    pieces[0].hangs = true;
    static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    static struct piece first;
    first = (struct piece) { .hangs = true, .gate = &gate };
    pthread_mutex_lock(&gate);
    void *contexts[6] = { &first };
    for (size_t i = 1; i < 6; i++)
        contexts[i] = &pieces[i];
    const struct servant_batch b = { work, contexts, 6, 1, note, &seen, 0, NULL };
    assert_int_equal(servant_batch(the_run, &b, &err), HZ_OK);
    assert_int_equal(seen.lost, 1);
    assert_int_equal(seen.not_begun, 5);
    pthread_mutex_unlock(&gate);
    wait_for(&first);
}

static void a_failure_of_the_receiver_ends_it(void **state)
{
    static struct piece pieces[40];
    struct seen seen = { .fail_at = 2 };
    struct hz_error err;
    (void)state;
    assert_int_equal(go(pieces, 40, 2, &seen, &err), HZ_E_IO);
    assert_string_equal(err.text, "told to fail");
    assert_int_equal(seen.next, 40); /* each is told, so that none is forgotten */
}

static void a_batch_has_less_patience_than_the_run(void **state)
{
    static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    static struct piece slow;
    struct seen seen = { .fail_at = SIZE_MAX };
    struct hz_error err;
    void *contexts[] = { &slow };
    const struct servant_batch b = { work, contexts, 1, 1, note, &seen, 500 * MS, NULL };
    (void)state;
    options.command_timeout_ns = 0; /* for ever */
    slow = (struct piece) { .hangs = true, .gate = &gate };
    pthread_mutex_lock(&gate);
    assert_int_equal(servant_batch(the_run, &b, &err), HZ_OK);
    assert_int_equal(seen.lost, 1);
    pthread_mutex_unlock(&gate);
    wait_for(&slow);
}

static void one_alone(void **state)
{
    static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    static struct piece quick, slow;
    struct hz_error err;
    (void)state;
    slow = (struct piece) { .hangs = true, .gate = &gate };
    assert_int_equal(servant_do(the_run, work, &quick, &err), HZ_OK);
    assert_true(atomic_load(&quick.done));
    pthread_mutex_lock(&gate);
    assert_int_equal(servant_do(the_run, work, &slow, &err), HZ_E_TIMEOUT);
    pthread_mutex_unlock(&gate);
    wait_for(&slow);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

TEST_MAIN(EACH(all_are_done_in_order), EACH(what_hangs_is_left_and_the_rest_goes_on),
          EACH(too_many_that_hang_end_the_batch), EACH(what_was_not_begun_stays_the_callers),
          EACH(a_failure_of_the_receiver_ends_it), EACH(one_alone), EACH(long_work_is_left_when_one_call_hangs),
          EACH(a_batch_has_less_patience_than_the_run))
