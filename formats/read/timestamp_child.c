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

struct job {
    const void *bytes;
    size_t len;
    const struct r_timestamp_roots *roots;
};

/* What comes back: all members have one size, so that the parent reads exactly one of these. */
struct answer {
    int32_t code;
    struct r_timestamp token;
};

static int serve(void *argument, int out)
{
    const struct job *job = argument;
    struct answer a;
    unsigned layers;

    memset(&a, 0, sizeof a);
    tzset();            /* gmtime_r(3), which OpenSSL calls, wants /etc/localtime to have been looked at */
#ifndef HOZEN_SANITIZED /* a sanitizer must be able to say what it found */
    child_close_others(out, out);
#endif
    setrlimit(RLIMIT_CPU, &(struct rlimit) { TIME_MAX, TIME_MAX });
#ifndef HOZEN_SANITIZED /* which is slower many times over */
    signal(SIGPROF, SIG_DFL);
    setitimer(ITIMER_PROF, &(struct itimerval) { .it_value.tv_usec = TIME_TOKEN_US }, NULL);
#endif
    if (r_timestamp_part_start(NULL) || jail_enter(&layers, NULL))
        a.code = HZ_E_IO;
    else
        a.code = r_timestamp_judge(job->bytes, job->len, job->roots, &a.token, NULL);
    return io_write(out, &a, sizeof a, NULL) ? HZ_EXIT_FAILED : HZ_EXIT_OK;
}

/* Whatever made the child say it: no member is outside what it can be. */
static bool is_sane(const struct r_timestamp *t)
{
    return (unsigned)t->status <= R_TIMESTAMP_INVALID && (unsigned)t->why < R_TIMESTAMP_WHY_COUNT &&
           (t->status == R_TIMESTAMP_PROVEN) == (t->why == R_TIMESTAMP_GOOD) && t->time.nanoseconds < 1000000000 &&
           memchr(t->authority, 0, sizeof t->authority) &&
           (!t->authority[0] || text_is_line(t->authority, sizeof t->authority));
}

static int take(const struct answer *a, size_t got, struct r_timestamp *out, struct hz_error *err)
{
    if (got == sizeof *a && a->code == HZ_E_NOMEM)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (got == sizeof *a && a->code)
        return hz_error_set(err, HZ_E_CRYPTO, _("OpenSSL could not check a time stamp"));
    if (got == sizeof *a && is_sane(&a->token))
        *out = a->token;
    else
        *out = (struct r_timestamp) { .status = R_TIMESTAMP_INVALID, .why = R_TIMESTAMP_CRASH };
    return HZ_OK;
}

int r_timestamp_check(const void *bytes, size_t len, const struct r_timestamp_roots *roots, struct r_timestamp *out,
                      struct hz_error *err)
{
    struct job job = { bytes, len, roots };
    HZ_CLEANUP(io_close) int read_end = -1;
    struct answer a;
    size_t got = 0;
    pid_t pid;
    int code;

    if (len > R_TIMESTAMP_MAX) {
        *out = (struct r_timestamp) { .status = R_TIMESTAMP_INVALID, .why = R_TIMESTAMP_FORM };
        return HZ_OK;
    }
    memset(&a, 0, sizeof a);
    code = child_fork(serve, &job, &pid, &read_end, err);
    if (code)
        return code;
    code = child_await(read_end, WAIT, err);
    if (!code)
        code = io_read(read_end, &a, sizeof a, &got, err);
    child_kill(pid);
    if (code == HZ_E_TIMEOUT)
        code = HZ_OK;
    return code ? code : take(&a, got, out, err);
}
