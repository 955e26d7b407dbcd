#include "formats/read/later.h"

#include <string.h>

#define ENOUGH ((size_t)256 * 1024)

void r_later_digest(const struct r_later_item *item)
{
    if (item->leaf)
        r_hash_sha256_behind(item->sha256, 0, item->bytes, item->len);
    else
        r_hash_sha256(item->sha256, item->bytes, item->len);
    if (item->sha512)
        r_hash_sha512(item->sha512, item->bytes, item->len);
}

static void run(struct r_job *job, struct r_decoder *decoder)
{
    struct r_later_batch *b = (struct r_later_batch *)job;
    size_t i;

    (void)decoder;
    for (i = 0; i < b->count; i++)
        r_later_digest(&b->items[i]);
}

static void done(struct r_job *job)
{
    struct r_later_batch *b = (struct r_later_batch *)job;

    r_feed_release_locked(b->piece);
    b->piece = NULL;
    if (!--b->later->running)
        r_pool_wake(b->later->pool, R_POOL_OWNER);
}

void r_later_open(struct r_later *l, struct r_pool *pool)
{
    size_t i;

    memset(l, 0, sizeof *l);
    l->pool = pool;
    for (i = 0; i < R_LATER_BATCHES; i++) {
        l->batches[i].job = (struct r_job) { .run = run, .done = done };
        l->batches[i].later = l;
    }
}

void r_later_flush(struct r_later *l)
{
    struct r_later_batch *b = l->open;

    if (!b)
        return;
    l->open = NULL;
    r_pool_put(l->pool, &b->job);
}

/* A free batch, with the piece held for it */
static struct r_later_batch *begin(struct r_later *l, struct r_piece *piece)
{
    struct r_later_batch *b = NULL;
    size_t i;

    r_pool_lock(l->pool);
    for (i = 0; i < R_LATER_BATCHES && !b; i++)
        if (!l->batches[i].piece)
            b = &l->batches[i];
    if (b) {
        b->piece = piece;
        piece->holds++;
        l->running++;
    }
    r_pool_unlock(l->pool);
    if (b)
        b->count = b->bytes = 0;
    return b;
}

bool r_later_add(struct r_later *l, struct r_piece *piece, const struct r_later_item *item)
{
    struct r_later_batch *b;

    if (l->open && l->open->piece != piece)
        r_later_flush(l);
    if (!l->open)
        l->open = begin(l, piece);
    b = l->open;
    if (!b)
        return false;
    b->items[b->count++] = *item;
    b->bytes += item->len;
    if (b->count == R_LATER_ITEMS || b->bytes >= ENOUGH)
        r_later_flush(l);
    return true;
}

void r_later_wait(struct r_later *l)
{
    r_later_flush(l);
    r_pool_lock(l->pool);
    while (l->running)
        r_pool_wait(l->pool, R_POOL_OWNER);
    r_pool_unlock(l->pool);
}
