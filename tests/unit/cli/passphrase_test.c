#include "tests/unit/test.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io_commit.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "cli/passphrase.h"

static int from_file(const void *bytes, size_t len, struct cli_passphrase *out, struct hz_error *err)
{
    char directory[] = "/tmp/hozen-test-XXXXXX", path[64];
    int rc;

    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/p", directory);
    assert_int_equal(io_commit_bytes(path, 0600, bytes, len, err), HZ_OK);
    rc = cli_passphrase_file(path, out, err);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0);
    return rc;
}

static void the_first_line_of_a_file(void **state)
{
    struct cli_passphrase p = { 0 };
    struct hz_error err = { 0 };

    (void)state;
    assert_int_equal(from_file("secret word \nnext", 17, &p, &err), HZ_OK);
    assert_string_equal(p.text, "secret word ");
    assert_int_equal(p.len, 12);
    assert_int_equal(from_file("no newline\r", 11, &p, &err), HZ_OK);
    assert_string_equal(p.text, "no newline\r");
    cli_passphrase_wipe(&p);
    assert_int_equal(p.len, 0);
    for (size_t i = 0; i < sizeof p.text; i++)
        assert_int_equal(p.text[i], 0);
}

static void files_that_hold_none(void **state)
{
    struct cli_passphrase p = { .text = "before", .len = 6 };
    struct hz_error err = { 0 };
    char line[CLI_PASSPHRASE_MAX + 2];

    (void)state;
    assert_int_equal(from_file("", 0, &p, &err), HZ_E_FORMAT);
    assert_int_equal(from_file("\nsecond", 7, &p, &err), HZ_E_FORMAT);
    assert_int_equal(from_file("a\0b\n", 4, &p, &err), HZ_E_FORMAT);
    memset(line, 'x', sizeof line);
    assert_int_equal(from_file(line, CLI_PASSPHRASE_MAX + 1, &p, &err), HZ_E_LIMIT);
    assert_non_null(strstr(err.text, "/p: the passphrase is longer than"));
    assert_string_equal(p.text, "before");
    assert_int_equal(from_file(line, CLI_PASSPHRASE_MAX, &p, &err), HZ_OK);
    assert_int_not_equal(cli_passphrase_file("/nonexistent/p", &p, &err), HZ_OK);
}

/* In a child with a terminal of its own: 0 when it got "hunter2". */
static int body_ask(void)
{
    struct cli_passphrase p = { 0 };
    struct hz_error err = { 0 };

    return cli_passphrase_get(NULL, "k\033.key", &p, &err) == HZ_OK && strcmp(p.text, "hunter2") == 0 ? 0 : 1;
}

/* 0 when two different answers, and only these, are refused. */
static int body_new(void)
{
    struct cli_passphrase p = { 0 };
    struct hz_error err = { 0 };

    return cli_passphrase_new(&p, &err) == HZ_E_FORMAT && p.len == 0 && strstr(err.text, "differ") != NULL ? 0 : 1;
}

static pid_t in_terminal(int (*body)(void), int *master)
{
    pid_t pid = forkpty(master, NULL, NULL, NULL);

    assert_true(pid >= 0);
    if (pid == 0) {
        alarm(300);
        _exit(body());
    }
    return pid;
}

/* Reads what the terminal shows until it holds `until` (NULL: until the end). */
static void shows(int master, const char *until, char *seen, size_t size)
{
    struct pollfd ready = { master, POLLIN, 0 };
    size_t len = 0;

    seen[0] = '\0';
    while (len + 1 < size && (until == NULL || strstr(seen, until) == NULL) && poll(&ready, 1, 120000) > 0) {
        ssize_t n = read(master, seen + len, size - len - 1);
        if (n <= 0)
            return;
        len += (size_t)n;
        seen[len] = '\0';
    }
}

static bool echoes(int master)
{
    struct termios t;

    assert_int_equal(tcgetattr(master, &t), 0);
    return (t.c_lflag & ECHO) != 0;
}

static void types(int master, const char *keys)
{
    struct hz_error err = { 0 };

    assert_int_equal(io_write(master, keys, strlen(keys), &err), HZ_OK);
}

static void asks_on_the_terminal_without_echo(void **state)
{
    char seen[1000];
    int master, status;
    pid_t pid = in_terminal(body_ask, &master);

    (void)state;
    shows(master, ": ", seen, sizeof seen);
    assert_string_equal(seen, "passphrase of k\\x1b.key: ");
    assert_false(echoes(master));
    types(master, "hunter2\n");
    shows(master, "\n", seen, sizeof seen);
    assert_null(strstr(seen, "hunter2"));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(master);
}

static void a_new_one_is_asked_for_twice(void **state)
{
    char seen[1000];
    int master, status;
    pid_t pid = in_terminal(body_new, &master);

    (void)state;
    shows(master, ": ", seen, sizeof seen);
    types(master, "one\n");
    shows(master, "again: ", seen, sizeof seen);
    types(master, "two\n");
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(master);
}

/* The slave stays open here, so that the terminal's state can be looked at after the process is gone. */
static void a_signal_puts_the_terminal_back(void **state)
{
    char seen[1000];
    int master, slave, status;
    pid_t pid = in_terminal(body_ask, &master);

    (void)state;
    shows(master, ": ", seen, sizeof seen);
    assert_false(echoes(master));
    assert_int_equal(kill(pid, SIGTERM), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    slave = dup(master);
    assert_true(echoes(slave));
    close(slave);
    close(master);
}

static void a_stop_asks_again(void **state)
{
    char seen[1000];
    int master, status;
    pid_t pid = in_terminal(body_ask, &master);

    (void)state;
    shows(master, ": ", seen, sizeof seen);
    /* An orphaned process group is not stopped by SIGTSTP; what matters is that it asks again with echo off. */
    assert_int_equal(kill(pid, SIGTSTP), 0);
    shows(master, ": ", seen, sizeof seen);
    assert_false(echoes(master));
    types(master, "hunter2\n");
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(master);
}

static int body_no_terminal(void *unused, int out)
{
    struct cli_passphrase p = { 0 };
    struct hz_error err = { 0 };

    (void)unused;
    (void)out;
    if (setsid() < 0)
        return 9;
    return cli_passphrase_ask("p", &p, &err) == HZ_E_UNSUPPORTED && strstr(err.text, "--passphrase-file") != NULL ? 0
                                                                                                                  : 1;
}

static void without_a_terminal_it_says_what_to_do(void **state)
{
    struct hz_error err = { 0 };
    pid_t pid;
    int out, status;

    (void)state;
    assert_int_equal(child_fork(body_no_terminal, NULL, &pid, &out, &err), HZ_OK);
    assert_int_equal(child_wait(pid, &status, &err), HZ_OK);
    assert_int_equal(status, 0);
    close(out);
}

TEST_MAIN(cmocka_unit_test(the_first_line_of_a_file), cmocka_unit_test(files_that_hold_none),
          cmocka_unit_test(asks_on_the_terminal_without_echo), cmocka_unit_test(a_new_one_is_asked_for_twice),
          cmocka_unit_test(a_signal_puts_the_terminal_back), cmocka_unit_test(a_stop_asks_again),
          cmocka_unit_test(without_a_terminal_it_says_what_to_do))
