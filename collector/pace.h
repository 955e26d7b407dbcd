/* --max-rate: how fast evidence is read, so that the host can go on working. */
#ifndef HZ_COLLECTOR_PACE_H
#define HZ_COLLECTOR_PACE_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/stop.h"

struct pace {
    uint64_t rate; /* bytes a second; 0: no bound */
    pthread_mutex_t lock;
    int64_t next; /* CLOCK_BOOTTIME in nanoseconds: when the bytes granted so far are paid for */
};

/* With a rate this thread, and those it starts from now on, also give way to others: nice 10, lowest best-effort I/O
 * priority. */
void pace_begin(struct pace *p, uint64_t rate);
void pace_end(struct pace *p);
/* Before so many bytes are read: waits until the rate allows them. Any thread. Once the collection is to stop nobody
 * waits any more: a file that was begun is finished. */
void pace_wait(struct pace *p, size_t bytes, struct stop *stop);

#endif
