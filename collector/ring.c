#include "collector/ring.h"

#include <stdlib.h>
#include <time.h>

#include "base/lang.h"
#include "collector/big.h"

#define SECOND INT64_C(1000000000)

static void set_state(struct ring *r, struct slot *s, enum slot_state state, pthread_cond_t *told)
{
    pthread_mutex_lock(&r->lock);
    s->state = state;
    pthread_cond_signal(told); /* one slot is work for one */
    pthread_mutex_unlock(&r->lock);
}

static void given_back(struct w_loan *loan)
{
    struct slot *s = (struct slot *)loan; /* its first member */
    set_state(s->ring, s, SLOT_FREE, &s->ring->emptied);
}

static void init_conditions(struct ring *r)
{
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->emptied, NULL);
    pthread_cond_init(&r->queued, NULL);
    pthread_cond_init(&r->read, &steady);
    pthread_cond_init(&r->turned, NULL);
    pthread_condattr_destroy(&steady);
}

int ring_open(struct ring **out, struct hz_error *err)
{
    struct ring *r = calloc(1, sizeof *r);
    if (r == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    init_conditions(r);
    for (size_t i = 0; i < RING_SLOTS; i++) {
        int rc = slot_new(&r->slots[i], r, err);
        if (rc != HZ_OK) {
            ring_free(r);
            return rc;
        }
    }
    *out = r;
    return HZ_OK;
}

void ring_free(struct ring *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < RING_SLOTS; i++)
        slot_free(r->slots[i]);
    pthread_cond_destroy(&r->emptied);
    pthread_cond_destroy(&r->queued);
    pthread_cond_destroy(&r->read);
    pthread_cond_destroy(&r->turned);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* The slot of a state with the least sequence; NULL when there is none. */
static struct slot *find(const struct ring *r, enum slot_state state)
{
    struct slot *found = NULL;
    for (size_t i = 0; i < RING_SLOTS; i++) {
        struct slot *s = r->slots[i];
        if (s->state == state && (found == NULL || s->sequence < found->sequence))
            found = s;
    }
    return found;
}

struct slot *ring_empty(struct ring *r)
{
    struct slot *s = NULL;
    pthread_mutex_lock(&r->lock);
    while (!r->aborted && (s = find(r, SLOT_FREE)) == NULL)
        pthread_cond_wait(&r->emptied, &r->lock);
    s = r->aborted ? NULL : s;
    if (s != NULL) {
        s->state = SLOT_FILLING;
        s->sequence = r->taken++;
    }
    pthread_mutex_unlock(&r->lock);
    if (s != NULL) {
        slot_clear(s);
        w_loan_init(&s->loan, given_back);
    }
    return s;
}

void ring_queue(struct ring *r, struct slot *s)
{
    set_state(r, s, SLOT_QUEUED, &r->queued);
}

void ring_end(struct ring *r)
{
    pthread_mutex_lock(&r->lock);
    r->ended = true;
    pthread_cond_broadcast(&r->read);
    pthread_mutex_unlock(&r->lock);
}

static void tell(void *context)
{
    struct ring *r = context;
    pthread_mutex_lock(&r->lock);
    pthread_cond_signal(&r->queued);
    pthread_mutex_unlock(&r->lock);
}

void ring_help(struct ring *r, struct w_stream *stream)
{
    const struct w_call call = { tell, r };
    r->stream = stream;
    w_stream_call(stream, &call);
}

/* Is it the turn of what stands first in it? Parts of large files stand first in their slots. */
static bool can_go_on(const struct slot *s)
{
    const struct slot_item *item = &s->items[s->read];
    return s->read == s->count || item->kind != SLOT_CHUNK || item->big->turn == item->chunk;
}

/* The lock is held. false: there is nothing to do now. */
static bool choose(const struct ring *r, struct slot **out)
{
    struct slot *first = find(r, SLOT_QUEUED);
    enum w_job job = r->stream != NULL ? w_stream_pending(r->stream) : W_JOB_NONE;
    bool read = first != NULL && (job == W_JOB_NONE || (job == W_JOB_PACK && can_go_on(first)));
    *out = read ? first : NULL;
    return read || job != W_JOB_NONE;
}

bool ring_work(struct ring *r, struct slot **out)
{
    *out = NULL;
    pthread_mutex_lock(&r->lock);
    while (!r->aborted && !choose(r, out))
        pthread_cond_wait(&r->queued, &r->lock);
    if (*out != NULL)
        (*out)->state = SLOT_READING;
    bool go = !r->aborted;
    pthread_mutex_unlock(&r->lock);
    return go;
}

void ring_worked(struct ring *r, struct slot *s)
{
    set_state(r, s, SLOT_READ, &r->read);
}

bool ring_await_turn(struct ring *r, const uint64_t *turn, uint64_t mine)
{
    pthread_mutex_lock(&r->lock);
    while (!r->aborted && *turn != mine)
        pthread_cond_wait(&r->turned, &r->lock);
    bool go = !r->aborted;
    pthread_mutex_unlock(&r->lock);
    return go;
}

void ring_next_turn(struct ring *r, uint64_t *turn)
{
    pthread_mutex_lock(&r->lock);
    ++*turn;
    pthread_cond_broadcast(&r->turned);
    pthread_mutex_unlock(&r->lock);
}

static struct slot *find_next(const struct ring *r)
{
    for (size_t i = 0; i < RING_SLOTS; i++)
        if (r->slots[i]->state == SLOT_READ && r->slots[i]->sequence == r->next)
            return r->slots[i];
    return NULL;
}

static struct timespec after(int64_t wait_ns)
{
    struct timespec at = { 0, 0 };
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ns = at.tv_nsec + wait_ns;
    at.tv_sec += ns / SECOND;
    at.tv_nsec = ns % SECOND;
    return at;
}

struct slot *ring_next(struct ring *r, int64_t wait_ns, bool *over)
{
    const struct timespec end = after(wait_ns);
    struct slot *s = NULL;
    pthread_mutex_lock(&r->lock);
    for (int waited = 0; waited == 0;) {
        s = find_next(r);
        *over = r->ended && r->next == r->taken;
        if (s != NULL || *over)
            break;
        waited = pthread_cond_timedwait(&r->read, &r->lock, &end);
    }
    if (s != NULL)
        s->state = SLOT_STITCHING;
    pthread_mutex_unlock(&r->lock);
    return s;
}

void ring_again(struct ring *r, struct slot *s)
{
    set_state(r, s, SLOT_QUEUED, &r->queued);
}

void ring_stitched(struct ring *r, struct slot *s)
{
    pthread_mutex_lock(&r->lock);
    s->state = SLOT_LENT;
    r->next++;
    pthread_mutex_unlock(&r->lock);
    w_loan_release(&s->loan);
}

void ring_begin(struct ring *r)
{
    pthread_mutex_lock(&r->lock);
    r->ended = false;
    pthread_mutex_unlock(&r->lock);
}

void ring_abort(struct ring *r)
{
    pthread_mutex_lock(&r->lock);
    r->aborted = true;
    pthread_cond_broadcast(&r->emptied);
    pthread_cond_broadcast(&r->queued);
    pthread_cond_broadcast(&r->read);
    pthread_cond_broadcast(&r->turned);
    pthread_mutex_unlock(&r->lock);
}

void ring_replace(struct ring *r, struct slot *s, struct slot *fresh)
{
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < RING_SLOTS; i++)
        if (r->slots[i] == s)
            r->slots[i] = fresh;
    w_loan_init(&fresh->loan, given_back);
    fresh->sequence = s->sequence;
    fresh->state = SLOT_QUEUED;
    pthread_cond_broadcast(&r->queued);
    pthread_mutex_unlock(&r->lock);
}
