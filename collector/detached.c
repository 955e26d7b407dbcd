#include "collector/detached.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/thread.h"

struct detached {
    void (*work)(void *context);
    void *context;
    bool held, over;
    struct detached *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wanted = PTHREAD_COND_INITIALIZER, ended = PTHREAD_COND_INITIALIZER;
static struct detached *queue, **queue_end = &queue; /* for threads that wait, never more than there are */
static unsigned queued, waiting, at_work;            /* at_work: not held */
static _Thread_local bool used_up;

/* With the lock held. */
static void settle(struct detached *d)
{
    d->over = true;
    if (d->held) {
        pthread_cond_broadcast(&ended);
        return;
    }
    at_work--;
    free(d);
}

/* With the lock held. */
static struct detached *next_work(void)
{
    while (queue == NULL)
        pthread_cond_wait(&wanted, &lock);
    struct detached *d = queue;
    queue = d->next;
    if (queue == NULL)
        queue_end = &queue;
    queued--;
    waiting--;
    return d;
}

/* first: NULL when it is counted as waiting. */
static void *live(void *first)
{
    struct detached *d = first;
    while (!used_up) {
        if (d != NULL)
            d->work(d->context);
        pthread_mutex_lock(&lock);
        if (d != NULL) {
            settle(d);
            waiting += !used_up;
        }
        d = used_up ? NULL : next_work();
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static int start_thread(struct detached *first, bool needed)
{
    pthread_t thread;
    int failed = thread_start(&thread, live, first, needed);
    if (failed == 0)
        pthread_detach(thread);
    return failed;
}

/* True: a thread that waits does it. */
static bool hand_over(struct detached *d)
{
    pthread_mutex_lock(&lock);
    at_work += !d->held;
    bool taken = waiting > queued;
    if (taken) {
        *queue_end = d;
        queue_end = &d->next;
        queued++;
        pthread_cond_signal(&wanted);
    }
    pthread_mutex_unlock(&lock);
    return taken;
}

int detached_start(struct detached **hold, void (*work)(void *context), void *context, bool needed)
{
    struct detached *d = malloc(sizeof *d);
    if (d == NULL)
        return ENOMEM;
    *d = (struct detached) { .work = work, .context = context, .held = hold != NULL };
    if (hold != NULL)
        *hold = d;
    int failed = hand_over(d) ? 0 : start_thread(d, needed);
    if (failed == 0)
        return 0;
    pthread_mutex_lock(&lock);
    at_work -= !d->held;
    pthread_mutex_unlock(&lock);
    free(d);
    if (hold != NULL)
        *hold = NULL;
    return failed;
}

void detached_join(struct detached *hold)
{
    pthread_mutex_lock(&lock);
    while (!hold->over)
        pthread_cond_wait(&ended, &lock);
    pthread_mutex_unlock(&lock);
    free(hold);
}

void detached_give_up(struct detached *hold)
{
    pthread_mutex_lock(&lock);
    hold->held = false;
    at_work++;
    if (hold->over)
        settle(hold);
    pthread_mutex_unlock(&lock);
}

int detached_reserve(unsigned count)
{
    int failed = 0;
    pthread_mutex_lock(&lock);
    while (failed == 0 && waiting < queued + count) {
        bool needed = waiting == queued;
        pthread_mutex_unlock(&lock);
        failed = start_thread(NULL, needed);
        pthread_mutex_lock(&lock);
        waiting += failed == 0;
    }
    failed = waiting > queued ? 0 : failed;
    pthread_mutex_unlock(&lock);
    return failed;
}

void detached_use_up(void)
{
    used_up = true;
}

bool detached_any(void)
{
    pthread_mutex_lock(&lock);
    bool any = at_work > 0;
    pthread_mutex_unlock(&lock);
    return any;
}
