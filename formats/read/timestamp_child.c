#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/jail.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/read/timestamp_part.h"

#define TIME_MAX 2           /* seconds of the processor, for the child to be ended in any case */
#define TIME_TOKEN_US 250000 /* of it; a real token needs a few milliseconds, and a file can have many beside it */
#define WAIT 60              /* seconds until there is an answer, on a machine that is busy with other things */

/* What the child says before its answer. */
struct said {
    int32_t code, failed; /* the kernel's number of what failed */
};

static int serve(void *argument, int out)
{
    const struct r_timestamp_part_job *job = argument;
    struct hz_error err = { .code = HZ_OK };
    struct said said;
    unsigned layers;
    int code;

    tzset();            /* gmtime_r(3), which OpenSSL calls, wants /etc/localtime to have been looked at */
#ifndef HOZEN_SANITIZED /* a sanitizer must be able to say what it found */
    child_close_others(out, out);
#endif
    setrlimit(RLIMIT_CPU, &(struct rlimit) { job->seconds, job->seconds });
#ifndef HOZEN_SANITIZED /* which is slower many times over */
    signal(SIGPROF, SIG_DFL);
    if (job->microseconds > 0)
        setitimer(ITIMER_PROF, &(struct itimerval) { .it_value.tv_usec = job->microseconds }, NULL);
#endif
    code = r_timestamp_part_start(NULL);
    if (!code)
        code = jail_enter(&layers, &err);
    if (!code)
        code = job->judge(job->what, job->answer);
    said = (struct said) { code, err.sys_errno };
    if (io_write(out, &said, sizeof said, &err) || io_write(out, job->answer, job->size, &err))
        return child_unheard(err.sys_errno);
    return HZ_EXIT_OK;
}

static int failed(const struct said *said, struct hz_error *err)
{
    if (said->code == HZ_E_NOMEM)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (said->code == HZ_E_IO && said->failed > 0)
        return hz_error_sys(err, HZ_E_IO, said->failed, "%s", _("cannot load the system call filter"));
    return hz_error_set(err, HZ_E_CRYPTO, _("OpenSSL could not check a time stamp"));
}

/* It lived, and could not write: that says nothing of the token. */
static int unheard(int status, struct hz_error *err)
{
    const char *text = _("a time stamp could not be checked: its sandboxed reader could not answer");

    if (child_unheard_errno(status))
        return hz_error_sys(err, HZ_E_IO, child_unheard_errno(status), "%s", text);
    return status == HZ_EXIT_FAILED ? hz_error_set(err, HZ_E_IO, "%s", text) : HZ_OK;
}

int r_timestamp_part_child(const struct r_timestamp_part_job *job, bool *answered, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int read_end = -1;
    struct said said = { HZ_OK, 0 };
    size_t head = 0, got = 0;
    pid_t pid;
    int ended, code = child_fork(serve, (void *)(uintptr_t)job, &pid, &read_end, err);

    *answered = false;
    if (code)
        return code;
    code = child_await(read_end, WAIT, err);
    if (!code)
        code = io_read(read_end, &said, sizeof said, &head, err);
    if (!code)
        code = io_read(read_end, job->answer, job->size, &got, err);
    ended = child_kill(pid);
    if (code && code != HZ_E_TIMEOUT)
        return code;
    *answered = !code && head == sizeof said && got == job->size;
    if (*answered)
        return said.code ? failed(&said, err) : HZ_OK;
    return unheard(ended, err);
}

/* Whatever made the child say it: no member is outside what it can be. */
bool r_timestamp_part_is_sane(const struct r_timestamp *t)
{
    return (unsigned)t->status <= R_TIMESTAMP_INVALID && (unsigned)t->why < R_TIMESTAMP_WHY_COUNT &&
           (t->status == R_TIMESTAMP_PROVEN) == (t->why == R_TIMESTAMP_GOOD) && t->time.nanoseconds < 1000000000 &&
           t->expires.nanoseconds == 0 && memchr(t->authority, 0, sizeof t->authority) &&
           (!t->authority[0] || text_is_line(t->authority, sizeof t->authority));
}

struct token {
    const void *bytes;
    size_t len;
    bool wide;
    const struct r_timestamp_roots *roots;
};

static int judge(const void *what, void *answer)
{
    const struct token *token = what;

    return (token->wide ? r_timestamp_judge_wide : r_timestamp_judge)(token->bytes, token->len, token->roots, answer,
                                                                      NULL);
}

static int check(const void *bytes, size_t len, bool wide, const struct r_timestamp_roots *roots,
                 struct r_timestamp *out, struct hz_error *err)
{
    const struct token token = { bytes, len, wide, roots };
    struct r_timestamp said;
    const struct r_timestamp_part_job job = { judge, &token, &said, sizeof said, TIME_MAX, TIME_TOKEN_US };
    bool answered;
    int code;

    if (len > R_TIMESTAMP_MAX) {
        *out = (struct r_timestamp) { .status = R_TIMESTAMP_INVALID, .why = R_TIMESTAMP_FORM };
        return HZ_OK;
    }
    memset(&said, 0, sizeof said);
    code = r_timestamp_part_child(&job, &answered, err);
    if (code)
        return code;
    *out = answered && r_timestamp_part_is_sane(&said)
               ? said
               : (struct r_timestamp) { .status = R_TIMESTAMP_INVALID, .why = R_TIMESTAMP_CRASH };
    return HZ_OK;
}

int r_timestamp_check(const void *bytes, size_t len, const struct r_timestamp_roots *roots, struct r_timestamp *out,
                      struct hz_error *err)
{
    return check(bytes, len, false, roots, out, err);
}

int r_timestamp_check_wide(const void *bytes, size_t len, const struct r_timestamp_roots *roots,
                           struct r_timestamp *out, struct hz_error *err)
{
    return check(bytes, len, true, roots, out, err);
}
