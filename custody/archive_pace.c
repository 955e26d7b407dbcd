#include "custody/archive_pace.h"

#include <signal.h>
#include <time.h>

#include "base/lang.h"

#define SECOND INT64_C(1000000000)
#define STEP (SECOND / 10) /* so soon a signal is seen while waiting */

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

static void ends(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

void archive_pace_begin(struct archive_pace *p, uint64_t rate)
{
    sigset_t set;

    ends(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    *p = (struct archive_pace) { .rate = rate, .began_ns = now_ns() };
}

static bool waited_for_signal(int64_t ns)
{
    struct timespec t = { .tv_sec = ns / SECOND, .tv_nsec = ns % SECOND };
    sigset_t set;

    ends(&set);
    return sigtimedwait(&set, NULL, &t) > 0;
}

bool archive_pace_stopped(struct archive_pace *p)
{
    p->stopped = p->stopped || waited_for_signal(0);
    return p->stopped;
}

/* How long so many bytes take at the rate. */
static int64_t due_ns(const struct archive_pace *p)
{
    return (int64_t)(p->done / p->rate) * SECOND + (int64_t)((long double)(p->done % p->rate) / p->rate * SECOND);
}

int archive_pace_put(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct archive_pace *p = context;

    (void)bytes;
    p->done += len;
    while (!archive_pace_stopped(p) && p->rate > 0) {
        int64_t left = p->began_ns + due_ns(p) - now_ns();
        if (left <= 0)
            break;
        p->stopped = waited_for_signal(left < STEP ? left : STEP);
    }
    return p->stopped ? hz_error_set(err, HZ_E_TIMEOUT, "%s", _("interrupted")) : HZ_OK;
}
