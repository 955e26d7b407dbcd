/* The pieces on their way from the one who gives bytes, through being packed, to being written: a ring with a place for
 * each piece, three counters that follow each other round it, one lock. Any thread may take the next job; one at a time
 * writes. A failure or w_pieces_drop turns the rest of the way into a drain: nothing is packed or written any more,
 * loans are released, nobody waits for anybody. */
#ifndef HZ_FORMATS_WRITE_PIECES_H
#define HZ_FORMATS_WRITE_PIECES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/write/loan.h"

#define W_PIECES_MAX 10

enum w_job { W_JOB_NONE, W_JOB_PACK, W_JOB_WRITE };

struct w_call { /* tells others that there is a job; from any thread, with no lock held */
    void (*tell)(void *context);
    void *context;
};

struct w_piece {
    const unsigned char *bytes; /* of the tar */
    size_t len;
    struct w_loan *loan; /* one reference; NULL once it is released */
    unsigned char *room; /* for what it becomes; owned; NULL where nothing is packed */
    size_t packed;
    uint32_t crc;
    bool ready; /* to be written */
};

struct w_pieces {
    pthread_mutex_t lock;
    pthread_cond_t room, work, late; /* for the giver, the hands, the reserve */
    struct w_piece piece[W_PIECES_MAX];
    unsigned count;
    bool packs; /* else a piece is ready as it is */
    /* under the lock: */
    uint64_t given, taken, written; /* pieces */
    uint64_t tar_bytes, out_bytes;  /* of what was written */
    uint64_t moves;                 /* jobs taken so far */
    struct w_call call;             /* tell NULL: there are only hands */
    bool writing;                   /* somebody does */
    bool over, failed;              /* no more come; drain */
    struct hz_error error;          /* the first failure */
};

/* room: bytes for each packed piece, 0: nothing is packed. HZ_E_NOMEM. */
int w_pieces_open(struct w_pieces *p, unsigned count, size_t room, struct hz_error *err);
void w_pieces_close(struct w_pieces *p); /* when no thread uses it any more; legal on a zeroed struct */

/* The giver: takes over one reference to the loan, waits for a place. What failed meanwhile is returned. */
int w_pieces_give(struct w_pieces *p, const void *bytes, size_t len, struct w_loan *loan, struct hz_error *err);
/* Waits until all that was given is written. What failed meanwhile is returned. */
int w_pieces_await(struct w_pieces *p, struct hz_error *err);
void w_pieces_over(struct w_pieces *p);
void w_pieces_drop(struct w_pieces *p); /* over, and what is on the way is not wanted */
int w_pieces_error(struct w_pieces *p, struct hz_error *err);
void w_pieces_progress(struct w_pieces *p, uint64_t *tar_bytes, uint64_t *out_bytes);

/* By the giver: others take jobs from now on, whom `call` tells of each piece; tell NULL: no longer. */
void w_pieces_call(struct w_pieces *p, const struct w_call *call);

enum w_job w_pieces_pending(struct w_pieces *p);
/* The next job, to write before to pack; NULL: there is none now. *drain: there is nothing to do but to hand it on.
 * Then w_pieces_packed, which releases the loan, or w_pieces_written; rc not HZ_OK: err is kept as all's failure. */
struct w_piece *w_pieces_take(struct w_pieces *p, enum w_job *job, bool *drain);
void w_pieces_packed(struct w_pieces *p, struct w_piece *piece, int rc, const struct hz_error *err);
void w_pieces_written(struct w_pieces *p, struct w_piece *piece, uint64_t out_bytes, int rc,
                      const struct hz_error *err);
/* A hand: waits for a job; false: all is over. While there are others, the reserve waits until they leave one lying. */
bool w_pieces_wait(struct w_pieces *p, bool reserve);

#endif
