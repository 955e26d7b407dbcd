#include "base/thread.h"

#include <errno.h>
#include <stdint.h>
#include <time.h>

#define PATIENCE INT64_C(5000000000) /* nanoseconds */
#define PAUSE INT64_C(5000000)

int thread_start(pthread_t *thread, void *(*work)(void *), void *context, bool needed)
{
    int failed = pthread_create(thread, NULL, work, context);
    for (int64_t waited = 0; failed == EAGAIN && needed && waited < PATIENCE; waited += PAUSE) {
        nanosleep(&(struct timespec) { 0, PAUSE }, NULL);
        failed = pthread_create(thread, NULL, work, context);
    }
    return failed;
}
