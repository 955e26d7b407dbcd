#include "collector/pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/lang.h"
#include "base/processors.h"
#include "collector/detached.h"
#include "collector/reader.h"
#include "collector/take.h"

#define SECOND INT64_C(1000000000)
#define LOOK_AGAIN (SECOND / 10)    /* between two looks for signals and for calls that do not return */
#define STOPPING_LIMIT (5 * SECOND) /* how long a call may last once the collection is to end */
#define SOONEST 50000L              /* nanoseconds between two looks whether a thread has ended, at first */
#define LATEST 5000000L
/* Descriptors that are no item's: directories on the way of the walk and of the estimate, what readers reopen, outputs,
 * spools. */
#define DESCRIPTORS_ELSE (2 * WALK_OPEN_MAX + PIPELINE_READERS + 32)
#define DESCRIPTORS_WANTED 4096
#define SPARE_THREADS 4 /* one walks, one does what may not return; the others for those that did not */

struct walker { /* one thread */
    struct detached *thread;
    struct watch watch;
    const struct pipeline_job *job;
    struct feed *feed;
    bool resumed;
    atomic_bool done;
    int rc;
    struct hz_error error;
};

struct pipeline {
    struct run *run;
    struct ring *ring;
    struct watch_devices *devices; /* left to the threads that were given up */
    struct ahead ahead;
    struct reader_config config;
    struct reader *readers[PIPELINE_READERS];
    size_t reader_count;
    bool stopped;
    struct walker *walker;
    unsigned lost;
    int64_t looked;
    size_t items_max;
};

static int64_t now_ns(void)
{
    struct timespec t = { 0, 0 };
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

/* Each item of a slot may hold a descriptor. */
static size_t items_max(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1;
    rlim_t wanted = limit.rlim_max < DESCRIPTORS_WANTED ? limit.rlim_max : DESCRIPTORS_WANTED;
    if (limit.rlim_cur < wanted) {
        struct rlimit raised = { .rlim_cur = wanted, .rlim_max = limit.rlim_max };
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    size_t each = limit.rlim_cur < DESCRIPTORS_ELSE ? 0 : (size_t)(limit.rlim_cur - DESCRIPTORS_ELSE) / RING_SLOTS;
    return each < 1 ? 1 : each > SLOT_ITEMS ? SLOT_ITEMS : each;
}

static int start_readers(struct pipeline *p, struct hz_error *err)
{
    size_t wanted = p->reader_count;
    int rc = HZ_OK;
    p->reader_count = 0;
    for (size_t i = 0; rc == HZ_OK && i < wanted; i++) {
        rc = reader_start(&p->readers[i], &p->config, i == 0, err);
        p->reader_count += rc == HZ_OK;
    }
    bool enough = rc != HZ_OK && err->sys_errno == EAGAIN && p->reader_count > 0;
    return enough ? HZ_OK : rc;
}

static int no_thread(int why, struct hz_error *err)
{
    return hz_error_sys(err, HZ_E_NOMEM, why, "%s",
                        _("cannot start a thread (has this host reached its limit of tasks?)"));
}

unsigned pipeline_readers(void)
{
    unsigned n = processors_upto(PIPELINE_READERS);
    return n == 1 ? 2 : n;
}

int pipeline_open(struct pipeline **out, struct run *run, struct hz_error *err)
{
    struct pipeline *p = calloc(1, sizeof *p);
    if (p == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    p->run = run;
    p->items_max = items_max();
    p->reader_count = pipeline_readers();
    p->devices = calloc(1, sizeof *p->devices);
    int rc = p->devices == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : ring_open(&p->ring, err);
    p->config = (struct reader_config) { .ring = p->ring,
                                         .devices = p->devices,
                                         .stop = &run->stop,
                                         .pace = &run->pace,
                                         .ahead = &p->ahead,
                                         .budget = &run->budget,
                                         .stream = w_bundle_stream(run->bundle),
                                         .compress = run->options->compress,
                                         .item = run->options->item,
                                         .mtime = w_bundle_mtime(run->bundle),
                                         .sha512 = run->options->sha512 };
    if (rc == HZ_OK) {
        ring_help(p->ring, p->config.stream);
        rc = start_readers(p, err);
    }
    int failed = rc == HZ_OK ? detached_reserve(SPARE_THREADS) : 0;
    if (failed != 0)
        rc = no_thread(failed, err);
    if (rc == HZ_OK) {
        *out = p;
    } else {
        pipeline_stop(p);
        pipeline_close(p);
    }
    return rc;
}

static void walk(void *argument)
{
    struct walker *w = argument;
    if (w->resumed) /* what is in the slot at work was there before the call that did not return */
        feed_flush(w->feed);
    w->rc = w->resumed ? w->job->give_up(w->job->context, w->feed, &w->error) : HZ_OK;
    if (w->rc == HZ_OK)
        w->rc = w->job->go(w->job->context, w->feed, &w->error);
    feed_flush(w->feed);
    atomic_store(&w->done, true);
    ring_end(w->feed->ring);
}

static int start_walker(struct pipeline *p, const struct pipeline_job *job, struct feed *feed, bool resumed,
                        struct hz_error *err)
{
    struct walker *w = calloc(1, sizeof *w);
    if (w == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    w->job = job;
    w->feed = feed;
    w->resumed = resumed;
    watch_init(&w->watch, p->devices);
    feed->watch = &w->watch;
    int e = detached_start(&w->thread, walk, w, true);
    p->walker = e == 0 ? w : NULL;
    if (e == 0)
        return HZ_OK;
    free(w);
    return no_thread(e, err);
}

/* How long a call may last. */
static int64_t limit_of(const struct pipeline *p)
{
    int64_t asked = p->run->options->command_timeout_ns, limit = asked > 0 ? asked : INT64_MAX;
    bool stopping = atomic_load(&p->run->stop.reason) != STOP_NONE;
    return stopping && limit > STOPPING_LIMIT ? STOPPING_LIMIT : limit;
}

static void count_lost(struct pipeline *p, struct detached *thread)
{
    detached_give_up(thread);
    if (++p->lost == PIPELINE_LOST_MAX)
        stop_set(&p->run->stop, STOP_SILENT);
}

/* The slot that the lost reader had stays with it. */
static int replace_reader(struct pipeline *p, size_t i, struct hz_error *err)
{
    struct reader *lost = p->readers[i];
    struct slot *fresh;
    int rc = slot_new(&fresh, p->ring, err);
    p->readers[i] = NULL;
    count_lost(p, lost->thread);
    if (rc != HZ_OK)
        return rc;
    rc = slot_adopt(fresh, lost->slot, err);
    ring_replace(p->ring, lost->slot, fresh);
    return rc == HZ_OK ? reader_start(&p->readers[i], &p->config, true, err) : rc;
}

static int look_for_lost(struct pipeline *p, struct hz_error *err)
{
    int64_t now = now_ns(), limit = limit_of(p);
    int rc = HZ_OK;
    if (now - p->looked < LOOK_AGAIN)
        return HZ_OK;
    p->looked = now;
    for (size_t i = 0; rc == HZ_OK && i < p->reader_count; i++)
        if (watch_gives_up(&p->readers[i]->watch, now, limit))
            rc = replace_reader(p, i, err);
    struct walker *w = p->walker;
    if (rc == HZ_OK && watch_gives_up(&w->watch, now, limit)) {
        count_lost(p, w->thread);
        rc = start_walker(p, w->job, w->feed, true, err);
    }
    return rc;
}

static int serve(struct pipeline *p, struct slot *s, struct hz_error *err)
{
    int rc = s->rc;
    if (rc != HZ_OK) {
        *err = s->error;
        return rc;
    }
    rc = take_slot(p->run, s, err);
    if (rc == HZ_OK && s->read < s->count) {
        slot_forget(s);
        ring_again(p->ring, s);
    } else {
        buf_free(&s->whole); /* 16 MiB at most, and a slot may wait long before it is filled again */
        ring_stitched(p->ring, s);
    }
    return rc;
}

/* For a thread that has been told to end; false: it is given up instead. */
static bool await_end(struct pipeline *p, const atomic_bool *done, struct watch *watch)
{
    struct timespec moment = { 0, SOONEST };
    while (!atomic_load(done)) {
        if (watch_gives_up(watch, now_ns(), limit_of(p)))
            return false;
        nanosleep(&moment, NULL);
        moment.tv_nsec = moment.tv_nsec < LATEST / 2 ? moment.tv_nsec * 2 : LATEST;
    }
    return true;
}

static int end_walker(struct pipeline *p, int rc, struct hz_error *err)
{
    struct walker *w = p->walker;
    p->walker = NULL;
    if (w == NULL)
        return rc;
    if (!await_end(p, &w->done, &w->watch)) {
        count_lost(p, w->thread);
        return rc;
    }
    detached_join(w->thread);
    if (rc == HZ_OK && w->rc != HZ_OK) {
        *err = w->error;
        rc = w->rc;
    }
    free(w);
    return rc;
}

static int stitch(struct pipeline *p, struct hz_error *err)
{
    int rc = HZ_OK;
    for (bool over = false; rc == HZ_OK && !over;) {
        struct slot *s = ring_next(p->ring, LOOK_AGAIN, &over);
        if (s != NULL)
            rc = serve(p, s, err);
        stop_poll(&p->run->stop);
        progress_tick(&p->run->progress, p->run->bundle, p->run->source);
        if (rc == HZ_OK && !over)
            rc = look_for_lost(p, err);
    }
    return rc;
}

int pipeline_run(struct run *run, const struct pipeline_job *job, struct hz_error *err)
{
    struct pipeline *p = run->pipeline;
    struct feed feed = { .ring = p->ring,
                         .items_max = p->items_max,
                         .source = run->source,
                         .item = run->options->item,
                         .own = &run->own,
                         .budget = &run->budget,
                         .quota = &run->quota,
                         .stop = &run->stop,
                         .devices = p->devices,
                         .ahead = run->options->max_rate > 0 ? NULL : &p->ahead,
                         .compress = run->options->compress,
                         .sha512 = run->options->sha512 };
    ring_begin(p->ring);
    int rc = start_walker(p, job, &feed, false, err);
    if (rc == HZ_OK)
        rc = stitch(p, err);
    if (rc != HZ_OK)
        ring_abort(p->ring);
    return end_walker(p, rc, err);
}

bool pipeline_lost_any(const struct pipeline *p)
{
    return p->lost > 0;
}

void pipeline_stop(struct pipeline *p)
{
    const struct w_call nobody = { NULL, NULL };
    if (p == NULL || p->ring == NULL || p->stopped)
        return;
    p->stopped = true;
    ring_abort(p->ring);
    for (size_t i = 0; i < p->reader_count; i++) {
        struct reader *r = p->readers[i];
        if (r == NULL)
            continue;
        if (await_end(p, &r->done, &r->watch))
            reader_join(r);
        else
            count_lost(p, r->thread);
    }
    w_stream_call(p->config.stream, &nobody);
}

void pipeline_close(struct pipeline *p)
{
    if (p == NULL)
        return;
    if (p->lost == 0) {
        ring_free(p->ring);
        free(p->devices);
    }
    free(p);
}
