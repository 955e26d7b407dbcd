/* Conversations with a local service that answers, is silent, hangs up, reads nothing, or takes no call. */
#include "base/io_unix.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "tests/unit/base/folder.h"

static struct hz_error err;

static int listener(int backlog)
{
    const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "s" };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, backlog), 0);
    return fd;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Both ends of a conversation that may last so long. */
static void begin(struct io_unix *ours, int *theirs, unsigned limit)
{
    HZ_CLEANUP(io_close) int fd = listener(4);
    assert_int_equal(io_unix_connect("s", limit, ours, &err), HZ_OK);
    *theirs = accept(fd, NULL, NULL);
    assert_true(*theirs >= 0);
}

static void answers(void **state)
{
    (void)state;
    HZ_CLEANUP(io_unix_close) struct io_unix u = IO_UNIX_CLOSED;
    HZ_CLEANUP(io_close) int peer = -1;
    char got[6] = "";
    begin(&u, &peer, 60);
    assert_int_equal(io_unix_send(&u, "hello", 5, &err), HZ_OK);
    assert_int_equal(recv(peer, got, 5, MSG_WAITALL), 5);
    assert_string_equal(got, "hello");
    assert_int_equal(send(peer, "world!", 6, 0), 6);
    assert_int_equal(io_unix_receive(&u, got, 2, &err), HZ_OK);
    assert_int_equal(io_unix_receive(&u, got + 2, 3, &err), HZ_OK);
    assert_string_equal(got, "world");
    assert_int_equal(io_unix_receive(&u, got, 0, &err), HZ_OK);
}

static void hangs_up(void **state)
{
    (void)state;
    HZ_CLEANUP(io_unix_close) struct io_unix u = IO_UNIX_CLOSED;
    int peer = -1;
    char got[4];
    begin(&u, &peer, 60);
    assert_int_equal(send(peer, "abc", 3, 0), 3);
    io_close(&peer);
    assert_int_equal(io_unix_receive(&u, got, 4, &err), HZ_E_IO);
    assert_int_equal(io_unix_send(&u, "x", 1, &err), HZ_E_IO); /* and no SIGPIPE */
}

static void is_silent(void **state)
{
    (void)state;
    HZ_CLEANUP(io_unix_close) struct io_unix u = IO_UNIX_CLOSED;
    HZ_CLEANUP(io_close) int peer = -1;
    char got[4];
    const double start = seconds();
    begin(&u, &peer, 1);
    assert_int_equal(send(peer, "abc", 3, 0), 3);
    assert_int_equal(io_unix_receive(&u, got, 4, &err), HZ_E_TIMEOUT);
    assert_true(seconds() - start > 0.9);
    assert_int_equal(io_unix_receive(&u, got, 4, &err), HZ_E_TIMEOUT); /* one limit for all of it */
    assert_true(seconds() - start < 30);
}

static void reads_nothing(void **state)
{
    (void)state;
    HZ_CLEANUP(io_unix_close) struct io_unix u = IO_UNIX_CLOSED;
    HZ_CLEANUP(io_close) int peer = -1;
    HZ_CLEANUP(buf_free) struct buf much = BUF_INIT((size_t)64 << 20);
    begin(&u, &peer, 1);
    assert_non_null(buf_grow(&much, (size_t)64 << 20));
    assert_int_equal(io_unix_send(&u, much.data, much.len, &err), HZ_E_TIMEOUT);
}

/* A listener that accepts nobody: calls wait in its queue until that is full. */
static void takes_no_call(void **state)
{
    (void)state;
    HZ_CLEANUP(io_close) int fd = listener(0);
    struct io_unix u[8];
    size_t made = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && made < 8) {
        rc = io_unix_connect("s", 1, &u[made], &err);
        made += rc == HZ_OK;
    }
    assert_int_equal(rc, HZ_E_TIMEOUT);
    while (made > 0)
        io_unix_close(&u[--made]);
}

static void is_not_there(void **state)
{
    (void)state;
    struct io_unix u = IO_UNIX_CLOSED;
    char name[200];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(io_unix_connect("none", 1, &u, &err), HZ_E_NOTFOUND);
    assert_int_equal(io_unix_connect(name, 1, &u, &err), HZ_E_LIMIT);
    folder_write("file", "");
    assert_int_equal(io_unix_connect("file", 1, &u, &err), HZ_E_IO);
    assert_int_equal(u.fd, -1);
    name[107] = '\0'; /* the longest that fits */
    assert_int_equal(io_unix_connect(name, 1, &u, &err), HZ_E_NOTFOUND);
    name[107] = 'x';
    name[108] = '\0';
    assert_int_equal(io_unix_connect(name, 1, &u, &err), HZ_E_LIMIT);
    io_unix_close(&u);
}

TEST_MAIN(FOLDER_TEST(answers), FOLDER_TEST(hangs_up), FOLDER_TEST(is_silent), FOLDER_TEST(reads_nothing),
          FOLDER_TEST(takes_no_call), FOLDER_TEST(is_not_there))
