#include "formats/write/pieces.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

int w_pieces_open(struct w_pieces *p, unsigned count, size_t room, struct hz_error *err)
{
    memset(p, 0, sizeof *p);
    p->count = count;
    p->packs = room > 0;
    pthread_mutex_init(&p->lock, NULL); /* these four cannot fail on Linux with default attributes */
    pthread_cond_init(&p->room, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->ready, NULL);
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
    pthread_cond_destroy(&p->ready);
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
        pthread_cond_signal(p->packs ? &p->work : &p->ready);
    }
    pthread_mutex_unlock(&p->lock);
    if (rc != HZ_OK)
        w_loan_release(loan);
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

static void end(struct w_pieces *p, bool drop)
{
    pthread_mutex_lock(&p->lock);
    p->over = true;
    if (drop) {
        const struct hz_error dropped = { .code = HZ_E_FORMAT };
        fail(p, &dropped);
    }
    pthread_cond_broadcast(&p->work);
    pthread_cond_broadcast(&p->ready);
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

struct w_piece *w_pieces_take(struct w_pieces *p, bool *drain)
{
    struct w_piece *piece = NULL;
    pthread_mutex_lock(&p->lock);
    while (p->taken == p->given && !p->over)
        pthread_cond_wait(&p->work, &p->lock);
    if (p->taken < p->given)
        piece = &p->piece[p->taken++ % p->count];
    *drain = p->failed;
    pthread_mutex_unlock(&p->lock);
    return piece;
}

void w_pieces_packed(struct w_pieces *p, struct w_piece *piece, int rc, const struct hz_error *err)
{
    release(piece);
    pthread_mutex_lock(&p->lock);
    if (rc != HZ_OK)
        fail(p, err);
    piece->ready = true;
    if (piece == &p->piece[p->written % p->count])
        pthread_cond_signal(&p->ready);
    pthread_mutex_unlock(&p->lock);
}

struct w_piece *w_pieces_next(struct w_pieces *p, bool *drain)
{
    struct w_piece *piece = NULL;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        piece = &p->piece[p->written % p->count];
        if (p->written < p->given && piece->ready)
            break;
        if (p->written == p->given && p->over) {
            piece = NULL;
            break;
        }
        pthread_cond_wait(&p->ready, &p->lock);
    }
    *drain = p->failed;
    pthread_mutex_unlock(&p->lock);
    return piece;
}

void w_pieces_written(struct w_pieces *p, struct w_piece *piece, uint64_t out_bytes, int rc, const struct hz_error *err)
{
    release(piece);
    pthread_mutex_lock(&p->lock);
    if (rc != HZ_OK)
        fail(p, err);
    piece->ready = false;
    p->tar_bytes += piece->len;
    p->out_bytes += out_bytes;
    p->written++;
    pthread_cond_signal(&p->room);
    pthread_mutex_unlock(&p->lock);
}
