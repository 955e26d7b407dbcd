#include "cli/passphrase.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_terminal.h"
#include "base/lang.h"

/* Echo off for as long as it lives. Signals that would end or stop the process wait meanwhile, and are seen through a
 * descriptor, so that the terminal is put back before they act; no handler and no global state is needed. */
struct quiet {
    int terminal; /* owned */
    int signals;  /* owned */
    struct termios before;
    sigset_t mask_before;
};

void cli_passphrase_wipe(struct cli_passphrase *p)
{
    explicit_bzero(p, sizeof *p);
}

static int accept_text(const char *text, size_t len, bool may_be_empty, struct cli_passphrase *out,
                       struct hz_error *err)
{
    if (len == 0 && !may_be_empty)
        return hz_error_set(err, HZ_E_FORMAT, _("the passphrase is empty"));
    if (len > CLI_PASSPHRASE_MAX)
        return hz_error_set(err, HZ_E_LIMIT, _("the passphrase is longer than %d bytes"), CLI_PASSPHRASE_MAX);
    if (memchr(text, '\0', len) != NULL)
        return hz_error_set(err, HZ_E_FORMAT, _("the passphrase holds a NUL byte"));
    memcpy(out->text, text, len);
    out->text[len] = '\0';
    out->len = len;
    return HZ_OK;
}

int cli_passphrase_file(const char *path, struct cli_passphrase *out, struct hz_error *err)
{
    char bytes[CLI_PASSPHRASE_MAX + 2];
    HZ_CLEANUP(io_close) int fd = -1;
    size_t got = 0;
    const char *end;
    int rc = io_open_input(path, &fd, err);

    if (rc != HZ_OK)
        return rc;
    rc = io_read(fd, bytes, sizeof bytes, &got, err);
    if (rc == HZ_OK) {
        end = memchr(bytes, '\n', got);
        rc = accept_text(bytes, end != NULL ? (size_t)(end - bytes) : got, false, out, err);
    }
    explicit_bzero(bytes, sizeof bytes);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

static void ending_signals(sigset_t *set)
{
    static const int numbers[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGALRM, SIGPIPE };

    sigemptyset(set);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaddset(set, numbers[i]);
}

static int echo_off(struct quiet *q)
{
    struct termios silent = q->before;

    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    silent.c_lflag |= ICANON;
    return tcsetattr(q->terminal, TCSAFLUSH, &silent);
}

static void quiet_end(struct quiet *q)
{
    if (q->signals >= 0) {
        tcsetattr(q->terminal, TCSAFLUSH, &q->before);
        sigprocmask(SIG_SETMASK, &q->mask_before, NULL);
    }
    io_close(&q->signals);
    io_close(&q->terminal);
}

static int quiet_begin(struct quiet *q, struct hz_error *err)
{
    sigset_t set;
    int rc = io_open_terminal(&q->terminal, err);

    if (rc != HZ_OK)
        return rc;
    if (tcgetattr(q->terminal, &q->before) != 0)
        return hz_error_sys(err, HZ_E_IO, errno, "/dev/tty");
    ending_signals(&set);
    q->signals = signalfd(-1, &set, SFD_CLOEXEC);
    if (q->signals < 0)
        return hz_error_sys(err, HZ_E_IO, errno, "signalfd");
    sigprocmask(SIG_BLOCK, &set, &q->mask_before);
    return echo_off(q) == 0 ? HZ_OK : hz_error_sys(err, HZ_E_IO, errno, "/dev/tty");
}

/* Lets a waiting signal act on a terminal that is as it was. Comes back after a stop that was continued. */
static int let_signal_act(struct quiet *q, struct hz_error *err)
{
    sigset_t set;

    ending_signals(&set);
    tcsetattr(q->terminal, TCSAFLUSH, &q->before);
    sigprocmask(SIG_SETMASK, &q->mask_before, NULL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return echo_off(q) == 0 ? HZ_OK : hz_error_sys(err, HZ_E_IO, errno, "/dev/tty");
}

/* One line, without its end, into bytes. HZ_E_CHANGED: a stop came between, ask again. */
static int read_line(struct quiet *q, char *bytes, size_t room, size_t *len, struct hz_error *err)
{
    struct pollfd ready[2] = { { q->signals, POLLIN, 0 }, { q->terminal, POLLIN, 0 } };

    for (*len = 0; *len < room;) {
        size_t got = 0;
        int rc;
        if (poll(ready, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            return hz_error_sys(err, HZ_E_IO, errno, "/dev/tty");
        }
        if (ready[0].revents != 0)
            return let_signal_act(q, err) == HZ_OK ? HZ_E_CHANGED : HZ_E_IO;
        rc = io_read(q->terminal, bytes + *len, 1, &got, err);
        if (rc != HZ_OK || got == 0 || bytes[*len] == '\n')
            return rc;
        ++*len;
    }
    return HZ_OK;
}

static int ask(struct quiet *q, const char *prompt, bool may_be_empty, struct cli_passphrase *out, struct hz_error *err)
{
    char bytes[CLI_PASSPHRASE_MAX + 1];
    HZ_CLEANUP(buf_free) struct buf question = BUF_INIT(8192);
    size_t len = 0;
    int rc;

    escape_terminal(&question, prompt, strlen(prompt));
    buf_puts(&question, ": ");
    rc = buf_check(&question, err);
    do {
        if (rc == HZ_OK || rc == HZ_E_CHANGED)
            rc = io_write(q->terminal, question.data, question.len, err);
        if (rc == HZ_OK)
            rc = read_line(q, bytes, sizeof bytes, &len, err);
    } while (rc == HZ_E_CHANGED);
    if (rc == HZ_OK)
        rc = io_write(q->terminal, "\n", 1, err);
    if (rc == HZ_OK)
        rc = accept_text(bytes, len, may_be_empty, out, err);
    explicit_bzero(bytes, sizeof bytes);
    return rc;
}

static int ask_terminal(const char *prompt, bool may_be_empty, struct cli_passphrase *out, struct hz_error *err)
{
    HZ_CLEANUP(quiet_end) struct quiet q = { .terminal = -1, .signals = -1 };
    int rc = quiet_begin(&q, err);

    if (rc == HZ_E_UNSUPPORTED)
        return hz_error_context(err, _("a passphrase is needed; give it with --passphrase-file"));
    return rc == HZ_OK ? ask(&q, prompt, may_be_empty, out, err) : rc;
}

int cli_passphrase_ask(const char *prompt, struct cli_passphrase *out, struct hz_error *err)
{
    return ask_terminal(prompt, false, out, err);
}

int cli_passphrase_get(const char *file, const char *key_path, struct cli_passphrase *out, struct hz_error *err)
{
    char prompt[1024];

    if (file != NULL)
        return cli_passphrase_file(file, out, err);
    snprintf(prompt, sizeof prompt, _("passphrase of %s"), key_path);
    return cli_passphrase_ask(prompt, out, err);
}

int cli_passphrase_new(struct cli_passphrase *out, struct hz_error *err)
{
    HZ_CLEANUP(cli_passphrase_wipe) struct cli_passphrase first = { 0 }, second = { 0 };
    int rc = ask_terminal(_("new passphrase (empty: none)"), true, &first, err);

    if (rc == HZ_OK && first.len > 0)
        rc = ask_terminal(_("the same again"), true, &second, err);
    if (rc != HZ_OK)
        return rc;
    if (strcmp(first.text, second.text) != 0)
        return hz_error_set(err, HZ_E_FORMAT, _("the two passphrases differ; no key was made"));
    *out = first;
    return HZ_OK;
}
