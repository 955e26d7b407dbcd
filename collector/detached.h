/* Threads that nobody joins, since they may be in a call that never returns. What they read has to stay as it is. */
#ifndef HZ_COLLECTOR_DETACHED_H
#define HZ_COLLECTOR_DETACHED_H

#include <pthread.h>
#include <stdbool.h>

/* work(context) on a thread of its own, as thread_start does. 0, or an error number of pthread_create(3). */
int detached_start(void (*work)(void *context), void *context, bool needed);
/* A joinable thread that is not waited for any more; counted as at work from now on. */
void detached_give_up(pthread_t thread);
/* Is any of them at work still? */
bool detached_any(void);

#endif
