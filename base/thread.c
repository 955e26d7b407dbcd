#include "base/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

#define PATIENCE INT64_C(5000000000) /* nanoseconds */
#define PAUSE INT64_C(5000000)

static void block_signals(sigset_t *before)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };
    sigset_t all;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        sigdelset(&all, faults[i]);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

static int create(pthread_t *thread, void *(*work)(void *), void *context)
{
    sigset_t before;
    block_signals(&before);
    int failed = pthread_create(thread, NULL, work, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

int thread_start(pthread_t *thread, void *(*work)(void *), void *context, bool needed)
{
    int failed = create(thread, work, context);
    for (int64_t waited = 0; failed == EAGAIN && needed && waited < PATIENCE; waited += PAUSE) {
        nanosleep(&(struct timespec) { 0, PAUSE }, NULL);
        failed = create(thread, work, context);
    }
    return failed;
}
