#include "formats/write/pieces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/lang.h"

#define LEFT_LYING 10000000L /* nanoseconds in which nobody takes a job that there is */
#define SECOND 1000000000L

int w_pieces_open(struct w_pieces *p, unsigned count, size_t room, struct hz_error *err)
{
    memset(p, 0, sizeof *p);
    p->count = count;
    p->packs = room > 0;
    pthread_condattr_t steady; /* none of these can fail on Linux */
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->room, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->late, &steady);
    pthread_condattr_destroy(&steady);
    for (unsigned i = 0; p->packs && i < count; i++) {
        p->piece[i].room = malloc(room);
        if (p->piece[i].room == NULL)
            return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    }
    return HZ_OK;
}

void w_pieces_close(struct w_pieces *p)
{
    if (p->count == 0)
        return;
    for (unsigned i = 0; i < p->count; i++)
        free(p->piece[i].room);
    pthread_cond_destroy(&p->late);
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->room);
    pthread_mutex_destroy(&p->lock);
    memset(p, 0, sizeof *p);
}

/* Under the lock. */
static void fail(struct w_pieces *p, const struct hz_error *err)
{
    if (!p->failed)
        p->error = *err;
    p->failed = true;
}

/* Under the lock. */
static int copy_error(const struct w_pieces *p, struct hz_error *err)
{
    if (err != NULL)
        *err = p->error;
    return p->error.code;
}

static void release(struct w_piece *piece)
{
    if (piece->loan != NULL)
        w_loan_release(piece->loan);
    piece->loan = NULL;
}

int w_pieces_give(struct w_pieces *p, const void *bytes, size_t len, struct w_loan *loan, struct hz_error *err)
{
    int rc = HZ_OK;
    struct w_call call = { NULL, NULL };
    pthread_mutex_lock(&p->lock);
    while (!p->failed && p->given - p->written == p->count)
        pthread_cond_wait(&p->room, &p->lock);
    if (p->failed) {
        rc = copy_error(p, err);
    } else {
        struct w_piece *piece = &p->piece[p->given++ % p->count];
        piece->bytes = bytes;
        piece->len = len;
        piece->loan = loan;
        piece->ready = !p->packs;
        call = p->call;
        pthread_cond_signal(&p->work);
    }
    pthread_mutex_unlock(&p->lock);
    if (rc != HZ_OK)
        w_loan_release(loan);
    if (call.tell != NULL)
        call.tell(call.context);
    return rc;
}

int w_pieces_await(struct w_pieces *p, struct hz_error *err)
{
    pthread_mutex_lock(&p->lock);
    while (!p->failed && p->written < p->given)
        pthread_cond_wait(&p->room, &p->lock);
    int rc = p->failed ? copy_error(p, err) : HZ_OK;
    pthread_mutex_unlock(&p->lock);
    return rc;
}

/* Under the lock: they look again. */
static void wake_hands(struct w_pieces *p)
{
    pthread_cond_broadcast(&p->work);
    pthread_cond_broadcast(&p->late);
}

void w_pieces_call(struct w_pieces *p, const struct w_call *call)
{
    pthread_mutex_lock(&p->lock);
    p->call = *call;
    wake_hands(p);
    pthread_mutex_unlock(&p->lock);
}

static void end(struct w_pieces *p, bool drop)
{
    pthread_mutex_lock(&p->lock);
    p->over = true;
    if (drop) {
        const struct hz_error dropped = { .code = HZ_E_FORMAT };
        fail(p, &dropped);
    }
    wake_hands(p);
    pthread_mutex_unlock(&p->lock);
}

void w_pieces_over(struct w_pieces *p)
{
    end(p, false);
}

void w_pieces_drop(struct w_pieces *p)
{
    end(p, true);
}

int w_pieces_error(struct w_pieces *p, struct hz_error *err)
{
    pthread_mutex_lock(&p->lock);
    int rc = p->failed ? copy_error(p, err) : HZ_OK;
    pthread_mutex_unlock(&p->lock);
    return rc;
}

void w_pieces_progress(struct w_pieces *p, uint64_t *tar_bytes, uint64_t *out_bytes)
{
    pthread_mutex_lock(&p->lock);
    *tar_bytes = p->tar_bytes;
    *out_bytes = p->out_bytes;
    pthread_mutex_unlock(&p->lock);
}

/* Under the lock. */
static enum w_job pending(const struct w_pieces *p)
{
    if (!p->writing && p->written < p->given && p->piece[p->written % p->count].ready)
        return W_JOB_WRITE;
    return p->packs && p->taken < p->given ? W_JOB_PACK : W_JOB_NONE;
}

enum w_job w_pieces_pending(struct w_pieces *p)
{
    pthread_mutex_lock(&p->lock);
    enum w_job job = pending(p);
    pthread_mutex_unlock(&p->lock);
    return job;
}

struct w_piece *w_pieces_take(struct w_pieces *p, enum w_job *job, bool *drain)
{
    struct w_piece *piece = NULL;
    pthread_mutex_lock(&p->lock);
    *job = pending(p);
    if (*job == W_JOB_WRITE) {
        p->writing = true;
        piece = &p->piece[p->written % p->count];
    } else if (*job == W_JOB_PACK) {
        piece = &p->piece[p->taken++ % p->count];
    }
    p->moves += piece != NULL;
    *drain = p->failed;
    pthread_mutex_unlock(&p->lock);
    return piece;
}

/* Whoever packed looks for the next job, and so finds a piece that now can be written. */
void w_pieces_packed(struct w_pieces *p, struct w_piece *piece, int rc, const struct hz_error *err)
{
    release(piece);
    pthread_mutex_lock(&p->lock);
    if (rc != HZ_OK)
        fail(p, err);
    piece->ready = true;
    pthread_mutex_unlock(&p->lock);
}

void w_pieces_written(struct w_pieces *p, struct w_piece *piece, uint64_t out_bytes, int rc, const struct hz_error *err)
{
    release(piece);
    pthread_mutex_lock(&p->lock);
    if (rc != HZ_OK)
        fail(p, err);
    piece->ready = false;
    p->writing = false;
    p->tar_bytes += piece->len;
    p->out_bytes += out_bytes;
    p->written++;
    pthread_cond_signal(&p->room);
    if (p->over && p->written == p->given)
        wake_hands(p);
    pthread_mutex_unlock(&p->lock);
}

/* Under the lock: false when nobody has taken a job for so long, though there is one. */
static bool others_work(struct w_pieces *p)
{
    struct timespec until = { 0, 0 };
    uint64_t before = p->moves;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LEFT_LYING;
    until.tv_sec += until.tv_nsec / SECOND;
    until.tv_nsec %= SECOND;
    int waited = pthread_cond_timedwait(&p->late, &p->lock, &until);
    return waited != ETIMEDOUT || p->moves != before || pending(p) == W_JOB_NONE;
}

bool w_pieces_wait(struct w_pieces *p, bool reserve)
{
    bool job = false, over = false;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        bool rests = reserve && p->call.tell != NULL;
        job = !rests && pending(p) != W_JOB_NONE;
        over = p->over && p->written == p->given;
        if (job || over)
            break;
        if (!rests)
            pthread_cond_wait(&p->work, &p->lock);
        else if (!others_work(p)) {
            job = true;
            break;
        }
    }
    pthread_mutex_unlock(&p->lock);
    return job;
}
