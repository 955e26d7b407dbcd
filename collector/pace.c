#include "collector/pace.h"

#include <time.h>

#include "base/io_priority.h"
#include "base/stamp.h"

#define SECOND INT64_C(1000000000)
#define BURST (SECOND / 10) /* what was not used of the rate is kept so long */
#define STEP (SECOND / 20)  /* between two looks whether to go on waiting */

void pace_begin(struct pace *p, uint64_t rate)
{
    *p = (struct pace) { .rate = rate };
    pthread_mutex_init(&p->lock, NULL);
    if (rate > 0)
        io_priority_lower();
}

void pace_end(struct pace *p)
{
    pthread_mutex_destroy(&p->lock);
}

static int64_t now(void)
{
    struct stamp t = stamp_boottime();
    return t.seconds * SECOND + t.nanoseconds;
}

/* When these bytes may be read; those behind them come later. */
static int64_t book(struct pace *p, size_t bytes)
{
    int64_t time = now();
    double cost = (double)bytes / (double)p->rate * (double)SECOND;
    pthread_mutex_lock(&p->lock);
    if (p->next < time - BURST)
        p->next = time - BURST;
    int64_t start = p->next;
    p->next += cost < (double)(INT64_MAX / 4) ? (int64_t)cost : INT64_MAX / 4;
    if (p->next < start || p->next > INT64_MAX / 2)
        p->next = INT64_MAX / 2;
    pthread_mutex_unlock(&p->lock);
    return start;
}

void pace_wait(struct pace *p, size_t bytes, struct stop *stop)
{
    if (p->rate == 0)
        return;
    int64_t start = book(p, bytes);
    for (int64_t left = start - now(); left > 0 && stop_poll(stop) == STOP_NONE; left = start - now()) {
        struct timespec step = { .tv_nsec = left < STEP ? left : STEP };
        clock_nanosleep(CLOCK_MONOTONIC, 0, &step, NULL);
    }
}
