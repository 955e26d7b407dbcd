/* Threads that nobody has to wait for, since they may be in a call that never returns: what such a thread reads has to
 * stay as it is. One whose work has ended is kept for the next: a host that has come to its limit of tasks meanwhile
 * does not end what began. */
#ifndef HZ_COLLECTOR_DETACHED_H
#define HZ_COLLECTOR_DETACHED_H

#include <stdbool.h>

struct detached; /* somebody's hold on the work of a thread */

/* work(context) on a kept thread, or on a new one as thread_start makes it. hold: NULL, or for detached_join or
 * detached_give_up, one of which is called. 0, or an error number of pthread_create(3). */
int detached_start(struct detached **hold, void (*work)(void *context), void *context, bool needed);
/* Waits until the work has returned. */
void detached_join(struct detached *hold);
/* It is not waited for any more. */
void detached_give_up(struct detached *hold);

/* So many threads that wait for work, as far as there is room; the first is needed. 0, or as above. */
int detached_reserve(unsigned count);
/* On such a thread: it is not like the others any more (another namespace), and ends with its work. */
void detached_use_up(void);
/* Is any work under way that nobody waits for? */
bool detached_any(void);

#endif
