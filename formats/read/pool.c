#include "formats/read/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io_priority.h"
#include "base/lang.h"
#include "formats/read/decode.h"

#define STACK_SIZE ((size_t)512 * 1024)

struct worker {
    struct r_pool *pool;
    struct r_decoder *decoder; /* owned; NULL: the thread that reads ahead */
    pthread_t thread;
};

struct r_pool {
    pthread_mutex_t lock;
    pthread_cond_t work, start, news[2];
    struct r_job *first, *last; /* jobs for workers */
    struct r_job *reading;      /* for the thread that reads ahead */
    struct worker workers[R_POOL_THREADS + 1];
    struct r_decoder *own; /* of a pool without threads */
    unsigned started, alive;
    bool stop;
};

static struct r_job *take(struct worker *w)
{
    struct r_pool *p = w->pool;
    struct r_job *job = w->decoder ? p->first : p->reading;

    if (!job)
        return NULL;
    if (w->decoder)
        p->first = job->next;
    else
        p->reading = NULL;
    return job;
}

static void *live(void *argument)
{
    struct worker *w = argument;
    struct r_pool *p = w->pool;

    if (w->decoder)
        io_priority_yield(); /* the parser must not wait for a processor: what it hashes in order bounds the whole */
    r_pool_lock(p);
    p->alive++;
    r_pool_wake(p, R_POOL_OWNER);
    for (;;) {
        struct r_job *job = take(w);

        if (job) {
            r_pool_unlock(p);
            job->run(job, w->decoder);
            r_pool_lock(p);
            job->done(job);
        } else if (p->stop) {
            break;
        } else {
            pthread_cond_wait(w->decoder ? &p->work : &p->start, &p->lock);
        }
    }
    r_pool_unlock(p);
    return NULL;
}

static int start_thread(struct r_pool *p, const pthread_attr_t *how, bool reader, struct hz_error *err)
{
    struct worker *w = &p->workers[p->started];
    int code = reader ? HZ_OK : r_decoder_open(&w->decoder, err), failure;

    if (code)
        return code;
    w->pool = p;
    failure = pthread_create(&w->thread, how, live, w);
    if (failure) {
        r_decoder_close(w->decoder);
        return hz_error_sys(err, HZ_E_IO, failure, "%s",
                            _("cannot start a thread (has this host reached its limit of tasks?)"));
    }
    p->started++;
    return HZ_OK;
}

static int start_threads(struct r_pool *p, unsigned workers, struct hz_error *err)
{
    pthread_attr_t how;
    int code = HZ_OK;
    unsigned i;

    if (pthread_attr_init(&how))
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    pthread_attr_setstacksize(&how, STACK_SIZE);
    for (i = 0; i <= workers && !code; i++)
        code = start_thread(p, &how, i == workers, err);
    pthread_attr_destroy(&how);
    if (code)
        return code;
    r_pool_lock(p);
    while (p->alive < p->started)
        r_pool_wait(p, R_POOL_OWNER);
    r_pool_unlock(p);
    return HZ_OK;
}

int r_pool_start(struct r_pool **out, unsigned workers, struct hz_error *err)
{
    struct r_pool *p = calloc(1, sizeof *p);
    int code;

    if (!p)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->start, NULL);
    pthread_cond_init(&p->news[R_POOL_READER], NULL);
    pthread_cond_init(&p->news[R_POOL_OWNER], NULL);
    code = workers ? start_threads(p, workers < R_POOL_THREADS ? workers : R_POOL_THREADS, err)
                   : r_decoder_open(&p->own, err);
    if (code)
        r_pool_stop(p);
    else
        *out = p;
    return code;
}

void r_pool_stop(struct r_pool *p)
{
    unsigned i;

    if (!p)
        return;
    r_pool_lock(p);
    p->stop = true;
    pthread_cond_broadcast(&p->work);
    pthread_cond_broadcast(&p->start);
    r_pool_unlock(p);
    for (i = 0; i < p->started; i++) {
        pthread_join(p->workers[i].thread, NULL);
        r_decoder_close(p->workers[i].decoder);
    }
    r_decoder_close(p->own);
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->start);
    pthread_cond_destroy(&p->news[R_POOL_READER]);
    pthread_cond_destroy(&p->news[R_POOL_OWNER]);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

bool r_pool_is_threaded(const struct r_pool *p)
{
    return p->started > 0;
}

unsigned r_pool_processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > R_POOL_THREADS ? R_POOL_THREADS : (unsigned)n;
}

void r_pool_lock(struct r_pool *p)
{
    pthread_mutex_lock(&p->lock);
}

void r_pool_unlock(struct r_pool *p)
{
    pthread_mutex_unlock(&p->lock);
}

void r_pool_wait(struct r_pool *p, enum r_pool_who who)
{
    pthread_cond_wait(&p->news[who], &p->lock);
}

void r_pool_wake(struct r_pool *p, enum r_pool_who who)
{
    pthread_cond_signal(&p->news[who]);
}

void r_pool_put(struct r_pool *p, struct r_job *job)
{
    if (!r_pool_is_threaded(p)) {
        job->run(job, p->own);
        job->done(job);
        return;
    }
    r_pool_lock(p);
    job->next = NULL;
    if (p->first)
        p->last->next = job;
    else
        p->first = job;
    p->last = job;
    pthread_cond_signal(&p->work);
    r_pool_unlock(p);
}

void r_pool_read(struct r_pool *p, struct r_job *job)
{
    r_pool_lock(p);
    p->reading = job;
    pthread_cond_signal(&p->start);
    r_pool_unlock(p);
}
