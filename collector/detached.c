#include "collector/detached.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/thread.h"

static atomic_uint at_work;

struct start {
    void (*work)(void *context);
    void *context;
};

static void *live(void *argument)
{
    const struct start s = *(struct start *)argument;
    free(argument);
    s.work(s.context);
    atomic_fetch_sub(&at_work, 1);
    return NULL;
}

int detached_start(void (*work)(void *context), void *context, bool needed)
{
    pthread_t thread;
    struct start *s = malloc(sizeof *s);
    if (s == NULL)
        return ENOMEM;
    *s = (struct start) { work, context };
    atomic_fetch_add(&at_work, 1);
    int failed = thread_start(&thread, live, s, needed);
    if (failed == 0) {
        pthread_detach(thread);
        return 0;
    }
    atomic_fetch_sub(&at_work, 1);
    free(s);
    return failed;
}

void detached_give_up(pthread_t thread)
{
    atomic_fetch_add(&at_work, 1);
    pthread_detach(thread);
}

bool detached_any(void)
{
    return atomic_load(&at_work) > 0;
}
