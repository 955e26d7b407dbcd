/* The slots on their way: the walker takes empty ones and queues them, readers take queued ones, lowest first, the main
 * thread gets them in the order in which they were taken empty. A slot is free again when the bundle has used its
 * bytes. */
#ifndef HZ_COLLECTOR_RING_H
#define HZ_COLLECTOR_RING_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/slot.h"
#include "formats/write/stream.h"

#define RING_SLOTS 8 /* few: what was read is packed while it is still near the processor */

struct ring {
    pthread_mutex_t lock; /* nothing that can wait for anything but the stream's own lock is called under it */
    pthread_cond_t emptied, queued, read, turned;
    struct slot *slots[RING_SLOTS]; /* owned */
    uint64_t taken;                 /* sequence of the next slot that the walker gets */
    uint64_t next;                  /* sequence that the main thread waits for */
    uint64_t settled;               /* a turn: how many SLOT_SETTLE were served */
    struct w_stream *stream;        /* that readers help; NULL: none */
    bool ended;                     /* the walk has queued its last slot */
    bool aborted;
};

int ring_open(struct ring **out, struct hz_error *err);
/* When no thread uses it any more and no loan of its slots is out. NULL is legal. */
void ring_free(struct ring *r);

/* Walker. ring_empty waits; NULL: aborted. */
struct slot *ring_empty(struct ring *r);
void ring_queue(struct ring *r, struct slot *s);
void ring_end(struct ring *r);

/* Before the first reader starts: they pack and write for it as well. */
void ring_help(struct ring *r, struct w_stream *stream);
/* Readers. Waits; false: aborted. *out: the slot to read, or NULL: the stream has a job. What can be written comes
 * first, then what can be read at once, then what can be packed, then a part that has to wait for its turn. */
bool ring_work(struct ring *r, struct slot **out);
void ring_worked(struct ring *r, struct slot *s);
/* Waits until *turn is at `mine`; false: aborted. */
bool ring_await_turn(struct ring *r, const uint64_t *turn, uint64_t mine);
void ring_next_turn(struct ring *r, uint64_t *turn);

/* Main thread. The next slot in order that was read, or NULL: after wait_ns, or at once when the walk has ended and all
 * its slots were stitched, which *over says. */
struct slot *ring_next(struct ring *r, int64_t wait_ns, bool *over);
/* Back to the readers, for the items that are left; it stays the next in order. */
void ring_again(struct ring *r, struct slot *s);
/* All of it was handed over. */
void ring_stitched(struct ring *r, struct slot *s);
/* A new walk begins. */
void ring_begin(struct ring *r);
/* Nobody waits any more. Readers end; the stream is helped no longer, once they have. */
void ring_abort(struct ring *r);
/* Puts `fresh` in the place and order of `s`, which is the caller's from now on. */
void ring_replace(struct ring *r, struct slot *s, struct slot *fresh);

#endif
