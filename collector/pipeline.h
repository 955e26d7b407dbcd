/* The threads of a collection: one that walks, several that read and pack, and the main thread, which puts everything
 * into the bundle in order and sees to it that nobody waits for ever. */
#ifndef HZ_COLLECTOR_PIPELINE_H
#define HZ_COLLECTOR_PIPELINE_H

#include "base/error.h"
#include "collector/feed.h"
#include "collector/run.h"

#define PIPELINE_READERS 4 /* at most: as many as there are processors, but two, since one may hang */
/* So many threads may hang; with more, the collection ends as if its time were over. */
#define PIPELINE_LOST_MAX 16

struct pipeline;

/* How many there will be: what the bundle's stream is told of its helpers. */
unsigned pipeline_readers(void);
/* Starts the readers. run->bundle is open. */
int pipeline_open(struct pipeline **out, struct run *run, struct hz_error *err);
/* Ends the readers, before w_bundle_free: they help its stream. NULL is legal, and a second time. */
void pipeline_stop(struct pipeline *p);
/* After w_bundle_free, which may use lent bytes up to its end. NULL is legal. */
void pipeline_close(struct pipeline *p);

struct pipeline_job { /* what the walking thread does */
    void *context;
    int (*go)(void *context, struct feed *feed, struct hz_error *err);
    /* A call in go did not return, and its thread was given up. On a new thread, before go is called again: accounts
     * for what the call was about. */
    int (*give_up)(void *context, struct feed *feed, struct hz_error *err);
};

/* Runs a job to its end. Nothing is on its way before and after. Fails when the bundle cannot go on: then only
 * pipeline_stop and pipeline_close are legal. */
int pipeline_run(struct run *run, const struct pipeline_job *job, struct hz_error *err);
/* Was a thread given up so far? What it may read when its call returns has to stay. */
bool pipeline_lost_any(const struct pipeline *p);

#endif
