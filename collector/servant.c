#include "collector/servant.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/lang.h"
#include "collector/detached.h"
#include "collector/stop.h"

#define SECOND INT64_C(1000000000)
#define LOOK_AGAIN (SECOND / 20)    /* between two looks for signals and overdue work */
#define STOPPING_LIMIT (5 * SECOND) /* once the collection is to end */
#define GIVEN_UP_MAX 64             /* threads left behind in one batch; then nothing more is begun */
#define WORTH_TELLING 32            /* pieces done; waking the main thread for each costs more than small ones do */

enum piece_state { WAITING, AT_WORK, DONE, LOST };

struct piece {
    void *context;
    enum piece_state state;
    int64_t since;
};

struct crew { /* lives until the last thread has let go of it */
    pthread_mutex_t lock;
    pthread_cond_t news; /* for the main thread */
    servant_work *work;
    struct watch *watch;
    int64_t limit;              /* for a piece; 0: none */
    size_t count, next, untold; /* untold: done since the main thread was woken */
    unsigned holders, at_work;  /* threads and the caller; threads that are not left behind */
    unsigned lost;              /* those that are */
    bool over;
    struct piece pieces[];
};

static int64_t now_ns(void)
{
    struct timespec t = { 0, 0 };
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

/* With the lock held; it is given back. */
static void let_go(struct crew *c)
{
    bool last = --c->holders == 0;
    pthread_mutex_unlock(&c->lock);
    if (!last)
        return;
    pthread_cond_destroy(&c->news);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static void serve(void *context)
{
    struct crew *c = context;
    bool lost = false;
    pthread_mutex_lock(&c->lock);
    while (!lost && !c->over && c->next < c->count) {
        struct piece *p = &c->pieces[c->next++];
        p->state = AT_WORK;
        p->since = now_ns();
        pthread_mutex_unlock(&c->lock);
        c->work(p->context);
        pthread_mutex_lock(&c->lock);
        lost = p->state == LOST;
        if (!lost)
            p->state = DONE;
        if (++c->untold >= WORTH_TELLING) {
            c->untold = 0;
            pthread_cond_signal(&c->news);
        }
    }
    if (!lost)
        c->at_work--;
    pthread_cond_signal(&c->news);
    let_go(c);
}

/* With the lock held. */
static int start_one(struct crew *c, struct hz_error *err)
{
    if (detached_start(NULL, serve, c, c->at_work == 0) != 0) /* those at work do it all, too */
        return c->at_work > 0 ? HZ_OK
                              : hz_error_set(err, HZ_E_NOMEM,
                                             _("cannot start a thread (has this host reached its limit of tasks?)"));
    c->holders++;
    c->at_work++;
    return HZ_OK;
}

static struct crew *new_crew(const struct servant_batch *b)
{
    struct crew *c = calloc(1, sizeof *c + b->count * sizeof *c->pieces);
    if (c == NULL)
        return NULL;
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->news, &steady);
    pthread_condattr_destroy(&steady);
    c->work = b->work;
    c->watch = b->watch;
    c->count = b->count;
    c->holders = 1;
    for (size_t i = 0; i < b->count; i++)
        c->pieces[i].context = b->contexts[i];
    return c;
}

static void wait_for_news(struct crew *c)
{
    int64_t until = now_ns() + LOOK_AGAIN;
    const struct timespec t = { .tv_sec = until / SECOND, .tv_nsec = until % SECOND };
    pthread_cond_timedwait(&c->news, &c->lock, &t);
}

static bool is_overdue(const struct crew *c, const struct piece *p, int64_t now, int64_t limit)
{
    if (p->state != AT_WORK || limit == 0)
        return false;
    return c->watch != NULL ? watch_gives_up(c->watch, now, limit) : now - p->since >= limit;
}

/* Work that lasts too long is left to its thread; another thread takes its place. */
static int look_after(struct run *run, struct crew *c, size_t from, struct hz_error *err)
{
    bool stopping = stop_now(run) != STOP_NONE;
    int64_t limit = c->limit, now = now_ns();
    int rc = HZ_OK;
    if (stopping) {
        c->over = true;
        limit = STOPPING_LIMIT < limit || limit == 0 ? STOPPING_LIMIT : limit;
    }
    for (size_t i = from; i < c->next; i++) {
        struct piece *p = &c->pieces[i];
        if (!is_overdue(c, p, now, limit))
            continue;
        p->state = LOST;
        c->at_work--;
        c->over |= ++c->lost >= GIVEN_UP_MAX;
        if (!c->over && c->next < c->count)
            rc = start_one(c, err);
    }
    return rc;
}

static int tell(struct crew *c, const struct servant_batch *b, size_t i, struct hz_error *err)
{
    enum piece_state p = c->pieces[i].state;
    if (b->done == NULL)
        return HZ_OK;
    pthread_mutex_unlock(&c->lock);
    int rc = b->done(b->done_context, i, p != WAITING, p != DONE, err);
    pthread_mutex_lock(&c->lock);
    return rc;
}

/* With the lock held. */
static int run_crew(struct run *run, struct crew *c, const struct servant_batch *b, struct hz_error *err)
{
    int rc = HZ_OK;
    for (unsigned i = 0; rc == HZ_OK && i < b->threads && i < b->count; i++)
        rc = start_one(c, err);
    size_t told = 0;
    while (told < c->count) {
        enum piece_state p = c->pieces[told].state;
        if (p == DONE || p == LOST || (p == WAITING && c->over)) {
            struct hz_error ignored;
            int told_rc = tell(c, b, told++, rc == HZ_OK ? err : &ignored);
            rc = rc == HZ_OK ? told_rc : rc;
            c->over |= rc != HZ_OK;
            continue;
        }
        wait_for_news(c);
        struct hz_error why;
        int look_rc = look_after(run, c, told, &why);
        if (look_rc != HZ_OK && rc == HZ_OK) {
            rc = look_rc;
            *err = why;
        }
        c->over |= rc != HZ_OK;
    }
    return rc;
}

int servant_batch(struct run *run, const struct servant_batch *batch, struct hz_error *err)
{
    struct crew *c = new_crew(batch);
    if (c == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    c->limit = run->options->command_timeout_ns;
    if (batch->limit_ns > 0 && (c->limit == 0 || batch->limit_ns < c->limit))
        c->limit = batch->limit_ns;
    pthread_mutex_lock(&c->lock);
    int rc = run_crew(run, c, batch, err);
    c->over = true;
    let_go(c);
    return rc;
}

struct alone {
    bool begun, lost;
};

static int note_alone(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    (void)i;
    (void)err;
    *(struct alone *)context = (struct alone) { begun, lost };
    return HZ_OK;
}

int servant_do(struct run *run, servant_work *work, void *context, struct hz_error *err)
{
    return servant_do_watched(run, work, context, NULL, err);
}

int servant_do_watched(struct run *run, servant_work *work, void *context, struct watch *watch, struct hz_error *err)
{
    struct alone alone = { false, true };
    const struct servant_batch b = { .work = work,
                                     .contexts = &context,
                                     .count = 1,
                                     .threads = 1,
                                     .done = note_alone,
                                     .done_context = &alone,
                                     .watch = watch };
    int rc = servant_batch(run, &b, err);
    if (rc != HZ_OK || !alone.lost)
        return rc;
    return alone.begun ? hz_error_set(err, HZ_E_TIMEOUT, _("no answer within the command timeout"))
                       : hz_error_set(err, HZ_E_CHANGED, _("the collection is to end"));
}
