/* Threads that help to read a bundle: one that reads ahead, and some that decode and hash. They are started before a
 * jail is entered, wait inside it, and use nothing but memory, futexes and read(2) from then on.
 *
 * One lock guards everything that the threads share. A pool without threads does every job where it is given. */
#ifndef HZ_FORMATS_READ_POOL_H
#define HZ_FORMATS_READ_POOL_H

#include <stdbool.h>

#include "base/error.h"

#define R_POOL_THREADS 8 /* workers, at most */

struct r_pool;
struct r_decoder; /* one for each worker: decode.h */

struct r_job {
    void (*run)(struct r_job *job, struct r_decoder *decoder); /* without the lock */
    void (*done)(struct r_job *job);                           /* with it, after run; wakes whom it may concern */
    struct r_job *next;
};

/* workers 0: no threads at all. All are alive when it returns. HZ_E_NOMEM, HZ_E_IO. The pool is the caller's:
 * r_pool_stop, when no job and no reading is under way. */
int r_pool_start(struct r_pool **out, unsigned workers, struct hz_error *err);
void r_pool_stop(struct r_pool *pool); /* NULL is legal */
bool r_pool_is_threaded(const struct r_pool *pool);
/* Processors online, at most R_POOL_THREADS, at least 1. */
unsigned r_pool_processors(void);

void r_pool_lock(struct r_pool *pool);
void r_pool_unlock(struct r_pool *pool);
/* With the lock: waits until something may have changed (without threads nothing can: never call it then). The thread
 * that reads ahead, or the one that owns the pool. */
enum r_pool_who { R_POOL_READER, R_POOL_OWNER };
void r_pool_wait(struct r_pool *pool, enum r_pool_who who);
/* With the lock: something has changed for one of them. */
void r_pool_wake(struct r_pool *pool, enum r_pool_who who);

/* Without the lock: done by a worker, or at once when there is none. */
void r_pool_put(struct r_pool *pool, struct r_job *job);
/* The same for the thread that reads ahead; only in a pool with threads, and one at a time. Its decoder is NULL. */
void r_pool_read(struct r_pool *pool, struct r_job *job);

#endif
