/* Threads on a host that may have no room for them: one that is attacked, or held to a number of tasks. */
#ifndef HZ_BASE_THREAD_H
#define HZ_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* pthread_create(3). needed: nothing goes on without it, so it is tried again for up to 5 s while there is no room for
 * a thread (EAGAIN). Signals are the main thread's: all are blocked but what a fault raises, which stays with the
 * thread that made it. */
int thread_start(pthread_t *thread, void *(*work)(void *), void *context, bool needed);

#endif
