#include "collector/watch.h"

#include <pthread.h>
#include <unistd.h>

#include "tests/unit/test.h"

#define LIMIT INT64_C(1000)

static struct watch_devices devices;
static const struct statx disk = { .stx_dev_major = 8, .stx_dev_minor = 1 }, share = { .stx_dev_major = 0 };

static void calls_that_return(void **state)
{
    (void)state;
    struct watch w;
    watch_init(&w, &devices);
    watch_about(&w, (struct w_bytes) { "/x", 2 }, &disk);
    for (int64_t now = 0; now < 10 * LIMIT; now += LIMIT) {
        watch_enter(&w);
        assert_false(watch_gives_up(&w, now, LIMIT));
        watch_leave(&w);
        assert_false(watch_gives_up(&w, now + LIMIT, LIMIT));
    }
    watch_enter(NULL);
    watch_leave(NULL);
    watch_about(NULL, (struct w_bytes) { "/x", 2 }, &disk);
    assert_false(watch_silent(&devices, &disk));
}

/* A thread in a call that lasts until it is told to return. */
struct stuck {
    struct watch watch;
    pthread_t thread;
    int pipe[2];
    atomic_bool within, back;
};

static void *hang(void *argument)
{
    struct stuck *s = argument;
    char byte;
    watch_about(&s->watch, (struct w_bytes) { "/share/x", 8 }, &share);
    watch_enter(&s->watch);
    atomic_store(&s->within, true);
    ssize_t n = read(s->pipe[0], &byte, 1);
    watch_leave(&s->watch);
    atomic_store(&s->back, n == 1);
    return NULL;
}

static void begin_to_hang(struct stuck *s)
{
    assert_int_equal(pipe(s->pipe), 0);
    watch_init(&s->watch, &devices);
    atomic_init(&s->within, false);
    atomic_init(&s->back, false);
    assert_int_equal(pthread_create(&s->thread, NULL, hang, s), 0);
    while (!atomic_load(&s->within))
        usleep(100);
}

static void give_up(struct stuck *s)
{
    assert_false(watch_gives_up(&s->watch, 0, LIMIT));
    assert_false(watch_gives_up(&s->watch, LIMIT - 1, LIMIT));
    assert_true(watch_gives_up(&s->watch, LIMIT, LIMIT));
    assert_false(watch_gives_up(&s->watch, 9 * LIMIT, LIMIT));
    pthread_detach(s->thread);
}

static void calls_that_do_not(void **state)
{
    (void)state;
    static struct stuck first, second; /* their threads keep them */
    begin_to_hang(&first);
    begin_to_hang(&second);
    give_up(&first);
    assert_false(watch_silent(&devices, &share)); /* one may be a bad place */
    give_up(&second);
    assert_true(watch_silent(&devices, &share));
    assert_false(watch_silent(&devices, &disk));
    assert_int_equal(write(first.pipe[1], "x", 1), 1); /* it answers after all */
    for (int i = 0; i < 5000 && watch_silent(&devices, &share); i++)
        usleep(1000);
    assert_false(watch_silent(&devices, &share));
    usleep(20000);
    assert_false(atomic_load(&first.back)); /* given up is given up */
}

TEST_MAIN(cmocka_unit_test(calls_that_return), cmocka_unit_test(calls_that_do_not))
