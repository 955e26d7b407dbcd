#include "base/child.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/unit/base/folder.h"

struct kept {
    struct buf out, errors;
    size_t limit;     /* of out, 0: none */
    int polls;        /* left, once something was printed, until stopped says so; negative: it never does */
    const char *file; /* stopped waits for it, and then says so */
    int passed;       /* a signal for the child once it has said something */
};

static int put(void *context, bool error, const void *bytes, size_t len, struct hz_error *err)
{
    struct kept *k = context;
    if (!error && k->limit > 0 && k->out.len + len > k->limit)
        return hz_error_set(err, HZ_E_LIMIT, "enough");
    assert_int_equal(buf_put(error ? &k->errors : &k->out, bytes, len), HZ_OK);
    return HZ_OK;
}

static bool stopped(void *context)
{
    struct kept *k = context;
    while (k->file != NULL && access(k->file, F_OK) != 0)
        usleep(1000);
    return k->file != NULL ? true : k->polls >= 0 && k->out.len > 0 && k->polls-- == 0;
}

static int stream(struct kept *k, const char *script, int64_t timeout_ms, int *status, struct hz_error *err)
{
    const char *const argv[] = { "sh", "-c", script, NULL };
    const char *const envp[] = { "LANG=C", NULL };
    const struct child_spec spec = { .path = "/bin/sh", .argv = argv, .envp = envp };
    const struct child_reader reader = { .context = k, .put = put, .stopped = stopped, .timeout_ms = timeout_ms };
    return child_stream(&spec, &reader, status, err);
}

static void kept_free(struct kept *k)
{
    buf_free(&k->out);
    buf_free(&k->errors);
}

#define KEPT(most, turns)                                                                                              \
    {                                                                                                                  \
        .out = BUF_INIT((size_t)8 << 20), .errors = BUF_INIT((size_t)8 << 20), .limit = most, .polls = turns           \
    }

static void both_streams_and_the_status(void **state)
{
    (void)state;
    HZ_CLEANUP(kept_free) struct kept k = KEPT(0, -1);
    struct hz_error err;
    int status = -1;
    assert_int_equal(stream(&k, "echo $LANG$HOME; cat; echo bad >&2; exit 9", 20000, &status, &err), HZ_OK);
    assert_int_equal(status, 9);
    assert_string_equal(buf_text(&k.out), "C\n");
    assert_string_equal(buf_text(&k.errors), "bad\n");
    assert_int_equal(stream(&k, "kill -KILL $$", 0, &status, &err), HZ_OK);
    assert_int_equal(status, 128 + 9);
}

/* More than two pipes hold, on both at once: reading one after the other would never end. */
static void much_on_both_streams(void **state)
{
    (void)state;
    HZ_CLEANUP(kept_free) struct kept k = KEPT(0, -1);
    struct hz_error err;
    int status = -1;
    assert_int_equal(stream(&k,
                            "head -c 1000000 /dev/zero >&2; head -c 2000000 /dev/zero; head -c 1000000 /dev/zero >&2",
                            20000, &status, &err),
                     HZ_OK);
    assert_int_equal(status, 0);
    assert_int_equal(k.out.len, 2000000);
    assert_int_equal(k.errors.len, 2000000);
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void nothing_is_left_running(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void deadlines_hold(void **state)
{
    (void)state;
    static const char *const scripts[] = { "echo x; sleep 60", "exec >&- 2>&-; sleep 60", "sleep 60 & exit 0",
                                           "trap '' TERM; while :; do echo x; done" };
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        HZ_CLEANUP(kept_free) struct kept k = KEPT(0, -1);
        struct hz_error err;
        int status = -1;
        double start = seconds_now();
        k.out.limit = (size_t)1 << 30;
        assert_int_equal(stream(&k, scripts[i], 300, &status, &err), HZ_E_TIMEOUT);
        assert_true(seconds_now() - start >= 0.29 && seconds_now() - start < 20);
        assert_int_equal(status, -1);
        nothing_is_left_running();
    }
}

/* What it printed before has arrived. */
static void it_can_be_stopped(void **state)
{
    (void)state;
    static const char *const scripts[] = { "echo x; sleep 60", "echo x; exec >&- 2>&-; sleep 60" };
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        HZ_CLEANUP(kept_free) struct kept k = KEPT(0, 20);
        struct hz_error err;
        int status = -1;
        assert_int_equal(stream(&k, scripts[i], 0, &status, &err), HZ_E_TIMEOUT);
        assert_string_equal(buf_text(&k.out), "x\n");
        assert_string_equal(err.text, "/bin/sh: not done in time");
        nothing_is_left_running();
    }
}

/* Also what nobody has read yet. */
static void what_was_printed_is_kept(void **state)
{
    (void)state;
    HZ_CLEANUP(kept_free) struct kept k = KEPT(0, -1);
    k.file = "said";
    struct hz_error err;
    int status = -1;
    assert_int_equal(stream(&k, "echo x; echo y >&2; : >said; sleep 60", 0, &status, &err), HZ_E_TIMEOUT);
    assert_string_equal(buf_text(&k.out), "x\n");
    assert_string_equal(buf_text(&k.errors), "y\n");
    nothing_is_left_running();
}

static void the_reader_may_have_enough(void **state)
{
    (void)state;
    HZ_CLEANUP(kept_free) struct kept k = KEPT(1000000, -1);
    struct hz_error err;
    int status = -1;
    assert_int_equal(stream(&k, "while :; do echo xxxxxxxxxxxxxxxx; done", 20000, &status, &err), HZ_E_LIMIT);
    assert_string_equal(err.text, "/bin/sh: enough");
    assert_true(k.out.len <= 1000000 && k.out.len > 900000);
    nothing_is_left_running();
}

static void programs_that_do_not_start(void **state)
{
    (void)state;
    HZ_CLEANUP(kept_free) struct kept k = KEPT(0, -1);
    struct hz_error err;
    int status = -1;
    const char *const none[] = { "x", NULL };
    const struct child_spec spec = { .path = "/nonexistent/x", .argv = none, .envp = none + 1 };
    const struct child_reader reader = { .context = &k, .put = put, .stopped = stopped };
    assert_int_equal(child_stream(&spec, &reader, &status, &err), HZ_E_NOTFOUND);
    assert_int_equal(err.sys_errno, ENOENT);
    nothing_is_left_running();
}

static int pass(void *context)
{
    struct kept *k = context;
    int number = k->out.len > 0 ? k->passed : 0;
    if (number != 0)
        k->passed = 0;
    return number;
}

static void a_signal_is_passed_on_and_the_child_ends_by_itself(void **state)
{
    (void)state;
    HZ_CLEANUP(kept_free) struct kept k = KEPT(0, -1);
    k.passed = SIGHUP;
    struct hz_error err;
    int status = -1;
    const char *const argv[] = { "sh", "-c", "trap 'echo heard; exit 5' HUP; echo begun; while :; do sleep 0.01; done",
                                 NULL };
    const char *const envp[] = { "LANG=C", NULL };
    const struct child_spec spec = { .path = "/bin/sh", .argv = argv, .envp = envp };
    const struct child_reader reader = {
        .context = &k, .put = put, .stopped = stopped, .timeout_ms = 60000, .pass = pass, .keep_error = true
    };
    assert_int_equal(child_stream(&spec, &reader, &status, &err), HZ_OK);
    assert_int_equal(status, 5);
    assert_string_equal(buf_text(&k.out), "begun\nheard\n");
    assert_int_equal(k.errors.len, 0);
    nothing_is_left_running();
}

TEST_MAIN(cmocka_unit_test(both_streams_and_the_status), cmocka_unit_test(much_on_both_streams),
          cmocka_unit_test(deadlines_hold), cmocka_unit_test(it_can_be_stopped),
          cmocka_unit_test_setup_teardown(what_was_printed_is_kept, folder_enter, folder_leave),
          cmocka_unit_test(the_reader_may_have_enough), cmocka_unit_test(programs_that_do_not_start),
          cmocka_unit_test(a_signal_is_passed_on_and_the_child_ends_by_itself))
