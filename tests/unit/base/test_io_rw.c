#include "base/io_rw.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

/* A child that writes the pieces between '|' with pauses. */
static pid_t dribble(int fd, const char *text)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    while (*text != '\0') {
        size_t len = strcspn(text, "|");
        if (write(fd, text, len) != (ssize_t)len)
            _exit(1);
        usleep(20000);
        text += len + (text[len] == '|');
    }
    _exit(0);
}

static void short_reads_are_completed(void **state)
{
    (void)state;
    int ends[2];
    char got_text[64] = "";
    size_t got;
    struct hz_error err;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = dribble(ends[1], "0|12|3456|789abcdef");
    close(ends[1]);
    assert_int_equal(io_read(ends[0], got_text, 10, &got, &err), HZ_OK);
    assert_int_equal(got, 10);
    assert_string_equal(got_text, "0123456789");
    assert_int_equal(io_read(ends[0], got_text, 10, &got, &err), HZ_OK);
    assert_int_equal(got, 6);
    assert_memory_equal(got_text, "abcdef", 6);
    assert_int_equal(io_read(ends[0], got_text, 10, &got, &err), HZ_OK);
    assert_int_equal(got, 0);
    close(ends[0]);
    waitpid(pid, NULL, 0);
}

static void a_full_pipe_is_waited_for(void **state)
{
    (void)state;
    int ends[2];
    struct hz_error err;
    static char big[1 << 20];
    memset(big, 'x', sizeof big);
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        size_t sum = 0;
        static char part[1000];
        for (ssize_t n; (n = read(ends[0], part, sizeof part)) > 0;)
            sum += (size_t)n;
        _exit(sum == sizeof big ? 0 : 1);
    }
    close(ends[0]);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(io_write(ends[1], big, sizeof big, &err), HZ_OK);
    close(ends[1]);
    int raw = -1;
    waitpid(pid, &raw, 0);
    assert_int_equal(raw, 0);
}

static void read_at_leaves_the_position(void **state)
{
    (void)state;
    struct hz_error err;
    char text[8] = "";
    size_t got;
    int fd;
    folder_write("f", "0123456789");
    assert_int_equal(io_open_input("f", &fd, &err), HZ_OK);
    assert_int_equal(io_read_at(fd, 8, text, 5, &got, &err), HZ_OK);
    assert_int_equal(got, 2);
    assert_memory_equal(text, "89", 2);
    assert_int_equal(io_read(fd, text, 1, &got, &err), HZ_OK);
    assert_int_equal(text[0], '0');
    assert_int_equal(io_rewind(fd, &err), HZ_OK);
    assert_int_equal(io_read(fd, text, 2, &got, &err), HZ_OK);
    assert_memory_equal(text, "01", 2);
    assert_int_equal(io_read_at(fd, UINT64_MAX, text, 1, &got, &err), HZ_E_LIMIT);
    assert_int_equal(io_read_at(fd, INT64_MAX, text, 1, &got, &err), HZ_E_LIMIT);
    io_close(&fd);
}

static void read_all_keeps_its_limit(void **state)
{
    (void)state;
    struct hz_error err;
    HZ_CLEANUP(buf_free) struct buf whole = BUF_INIT(10), less = BUF_INIT(9), none = BUF_INIT(0);
    folder_write("f", "0123456789");
    folder_write("empty", "");
    assert_int_equal(io_read_file("f", &whole, &err), HZ_OK);
    assert_int_equal(whole.len, 10);
    assert_memory_equal(whole.data, "0123456789", 10);
    assert_int_equal(io_read_file("f", &less, &err), HZ_E_LIMIT);
    assert_string_equal(err.text, "f: more than 9 bytes");
    assert_int_equal(io_read_file("empty", &none, &err), HZ_OK);
    assert_int_equal(io_read_file("missing", &none, &err), HZ_E_NOTFOUND);
}

static void failures_are_told(void **state)
{
    (void)state;
    struct hz_error err;
    char byte;
    size_t got = 77;
    assert_int_equal(io_read(-1, &byte, 1, &got, &err), HZ_E_IO);
    assert_int_equal(err.sys_errno, EBADF);
    assert_int_equal(got, 77);
    assert_int_equal(io_read_at(-1, 0, &byte, 1, &got, &err), HZ_E_IO);
    assert_int_equal(io_write(-1, "x", 1, &err), HZ_E_IO);
    assert_int_equal(io_rewind(-1, &err), HZ_E_IO);
    assert_int_equal(io_sync(-1, &err), HZ_E_IO);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(io_write(full, "x", 1, &err), HZ_E_IO);
    assert_int_equal(err.sys_errno, ENOSPC);
    close(full);
}

TEST_MAIN(FOLDER_TEST(short_reads_are_completed), FOLDER_TEST(a_full_pipe_is_waited_for),
          FOLDER_TEST(read_at_leaves_the_position), FOLDER_TEST(read_all_keeps_its_limit),
          FOLDER_TEST(failures_are_told))
