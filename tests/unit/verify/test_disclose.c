/* A disclosure is written from what a jailed child says: whatever it says, no wrong one appears. */
#include "tests/unit/verify/served.h"
#include "verify/disclose.h"

#include <unistd.h>

#define PASSWD "data/files/etc/passwd"

static char folder[] = "/tmp/test_discloseXXXXXX", to[64], partial[80];

static bool leave(void *context, const char *path)
{
    (void)context;
    return strcmp(path, PASSWD) != 0;
}

/* All messages of a child that reads a bundle to disclose a file of it */
static void messages_of(const char *name, struct buf *out)
{
    struct reader_job job = { .fd = -1, .want_data = true, .leave = leave, .disclose = PASSWD };
    int spool = served_spool();
    char path[4096];

    served_path(path, sizeof path, name);
    assert_int_equal(io_open_input(path, &job.fd, NULL), HZ_OK);
    assert_int_equal(reader_serve(&job, spool), HZ_EXIT_OK);
    assert_int_equal(io_rewind(spool, NULL), HZ_OK);
    assert_int_equal(io_read_all(spool, out, NULL), HZ_OK);
    io_close(&job.fd);
    io_close(&spool);
}

/* What comes of them: HZ_OK and the file's bytes, or an error and no file. */
static int made_of(const void *messages, size_t len, struct buf *out)
{
    HZ_CLEANUP(disclose_abort) struct disclose d = DISCLOSE_INIT;
    struct reader_listener listener = disclose_listener(&d);
    struct account bundle, made;
    int code;

    memcpy(d.path, PASSWD, sizeof PASSWD);
    account_init(&bundle);
    account_init(&made);
    assert_int_equal(disclose_begin(&d, to, NULL), HZ_OK);
    code = served_listen(messages, len, &listener, &bundle, NULL);
    if (!code)
        code = disclose_finish(&d, &bundle, &made, NULL);
    if (!code) {
        assert_int_equal(io_read_file(partial, out, NULL), HZ_OK);
        assert_true(made.disclosed.proven && !made.result.findings.count);
    }
    account_free(&bundle);
    account_free(&made);
    return code;
}

static void test_honest(void **state)
{
    HZ_CLEANUP(buf_free) struct buf messages = BUF_INIT(SERVED_ROOM), out = BUF_INIT(SERVED_ROOM);

    (void)state;
    messages_of("good/p256.tar", &messages);
    assert_int_equal(made_of(messages.data, messages.len, &out), HZ_OK);
    assert_int_equal(out.len % 10240, 0);
    assert_int_not_equal(access(partial, F_OK), 0);
    buf_reset(&messages);
    messages_of("good/ed25519.tar", &messages);
    buf_reset(&out);
    assert_int_equal(made_of(messages.data, messages.len, &out), HZ_OK);
}

/* Any byte of what the child says is another, or it stops there: an error, or a disclosure that holds all the same */
static void test_lying(void **state)
{
    HZ_CLEANUP(buf_free) struct buf messages = BUF_INIT(SERVED_ROOM), out = BUF_INIT(SERVED_ROOM);
    HZ_CLEANUP(buf_free) struct buf good = BUF_INIT(SERVED_ROOM);
    size_t i, refused = 0;

    (void)state;
    messages_of("good/p256.tar", &messages);
    assert_int_equal(made_of(messages.data, messages.len, &good), HZ_OK);
    for (i = 0; i < messages.len; i += 37) {
        buf_reset(&out);
        messages.data[i] ^= 0x41;
        refused += made_of(messages.data, messages.len, &out) != HZ_OK;
        messages.data[i] ^= 0x41;
        assert_int_not_equal(access(partial, F_OK), 0);
        if (i % 5 == 0)
            assert_int_not_equal(made_of(messages.data, i, &out), HZ_OK);
    }
    assert_true(refused > 0);
}

static void test_names(void **state)
{
    static const char *const bad[] = {
        "data/blind/blind.txt", "data/blind/", "etc/passwd",      "", "/", "/etc/", "//etc", "/etc/../passwd",
        "data/files",           "data/",       "meta/format.json"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (disclose_check(bad[i], NULL) != HZ_E_USAGE)
            fail_msg("accepted: %s", bad[i]);
    assert_int_equal(disclose_check(PASSWD, NULL), HZ_OK);
    assert_int_equal(disclose_check("/etc/passwd", NULL), HZ_OK);
}

static int start(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(to, sizeof to, "%s/one.tar", folder);
    snprintf(partial, sizeof partial, "%s.partial", to);
    return r_hash_start(NULL);
}

static int stop(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_honest),
        cmocka_unit_test(test_lying),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
