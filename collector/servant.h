/* Work that may never return (a process or file system that does not answer), done by threads that can be left behind.
 */
#ifndef HZ_COLLECTOR_SERVANT_H
#define HZ_COLLECTOR_SERVANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/run.h"
#include "collector/watch.h"

#define SERVANT_THREADS 4

/* On a thread of its own as long as the batch lasts; what enters another namespace uses it up (detached.h). Touches
 * nothing but context and what only context reaches. */
typedef void servant_work(void *context);

/* Main thread. work(contexts[i]) for each i in turn, by at most `threads` (1 to SERVANT_THREADS) threads; none stays
 * longer with one than the run's command timeout (5 s once the collection is to end). lost[i]: given up, or not begun
 * when the collection was stopped (then begun[i] is false and contexts[i] is still the caller's). A context that was
 * begun and lost belongs to the thread left behind: the caller never touches or frees it again. done, if not NULL, is
 * called on the main thread for each i in ascending order, as soon as i and all before it are done or lost; what it
 * returns other than HZ_OK ends the batch, and with it what had not begun. */
struct servant_batch {
    servant_work *work;
    void **contexts;
    size_t count;
    unsigned threads;
    int (*done)(void *context, size_t i, bool begun, bool lost, struct hz_error *err);
    void *done_context;
    int64_t limit_ns;    /* less than the command timeout; 0: that */
    struct watch *watch; /* NULL, or that of the one piece of work: it may last, but no call of it longer than that */
};
int servant_batch(struct run *run, const struct servant_batch *batch, struct hz_error *err);

/* One piece of work. HZ_E_TIMEOUT: begun and lost, context is gone. HZ_E_CHANGED: not begun, the collection is to end.
 */
int servant_do(struct run *run, servant_work *work, void *context, struct hz_error *err);
/* The same for work that may last long; it enters and leaves `watch`, which is part of context, around its calls. */
int servant_do_watched(struct run *run, servant_work *work, void *context, struct watch *watch, struct hz_error *err);

#endif
