#include "formats/read/feed.h"

#include <stdlib.h>
#include <string.h>

#include "formats/read/fill.h"

static void run_decode(struct r_job *job, struct r_decoder *decoder)
{
    r_fill_decode((struct r_piece *)job, decoder);
}

static void done_decode(struct r_job *job)
{
    struct r_piece *piece = (struct r_piece *)job;

    piece->packed->busy = false;
    piece->ready = true;
    r_pool_wake(piece->feed->pool, R_POOL_READER);
    r_pool_wake(piece->feed->pool, R_POOL_OWNER);
}

/* The piece that is to be filled next, when it and memory for a frame are free */
static struct r_piece *free_piece(struct r_feed *f)
{
    struct r_piece *piece = &f->pieces[f->filled % R_FEED_PIECES];

    if (piece->holds || (f->filled && !f->go_on))
        return NULL;
    return f->packed[(f->at_packed + 1) % R_FEED_PACKED].busy ? NULL : piece;
}

/* Fills one piece; false when it is the last. The lock is not held. */
static bool fill_one(struct r_feed *f, struct r_piece *piece)
{
    bool more;
    int code;

    piece->ready = false;
    piece->len = 0;
    piece->packed = NULL;
    piece->part_count = 0;
    memset(&piece->fault, 0, sizeof piece->fault);
    code = r_fill(f, piece, &f->error);
    r_pool_lock(f->pool);
    f->failed = code;
    more = piece->len && !code;
    piece->holds = 1;
    f->filled++;
    piece->ready = !piece->packed;
    if (piece->packed)
        piece->packed->busy = true;
    else
        r_pool_wake(f->pool, R_POOL_OWNER);
    r_pool_unlock(f->pool);
    if (piece->packed)
        r_pool_put(f->pool, &piece->job);
    return more;
}

static void run_ahead(struct r_job *job, struct r_decoder *decoder)
{
    struct r_feed *f = (struct r_feed *)job;
    struct r_piece *piece;

    (void)decoder;
    do {
        r_pool_lock(f->pool);
        while (!(piece = free_piece(f)) && !f->stop)
            r_pool_wait(f->pool, R_POOL_READER);
        if (f->stop)
            piece = NULL;
        r_pool_unlock(f->pool);
    } while (piece && fill_one(f, piece));
}

static void done_ahead(struct r_job *job)
{
    struct r_feed *f = (struct r_feed *)job;

    f->reading = false;
    r_pool_wake(f->pool, R_POOL_OWNER);
}

int r_feed_open(struct r_feed *f, struct r_pool *pool, r_feed_read *read, void *context, struct hz_error *err)
{
    size_t i;
    int code;

    memset(f, 0, sizeof *f);
    f->pool = pool;
    f->read = read;
    f->context = context;
    f->job = (struct r_job) { .run = run_ahead, .done = done_ahead };
    for (i = 0; i < R_FEED_PIECES; i++) {
        f->pieces[i].feed = f;
        f->pieces[i].job = (struct r_job) { .run = run_decode, .done = done_decode };
    }
    code = r_hash_open(&f->file, R_SHA256, err);
    if (code) {
        r_feed_close(f);
    } else if (r_pool_is_threaded(pool)) {
        f->reading = true;
        r_pool_read(pool, &f->job);
    }
    return code;
}

/* No thread looks at the feed any more when it returns */
static void stop_reading(struct r_feed *f)
{
    size_t i = 0;

    r_pool_lock(f->pool);
    f->stop = true;
    r_pool_wake(f->pool, R_POOL_READER);
    while (f->reading)
        r_pool_wait(f->pool, R_POOL_OWNER);
    for (; i < R_FEED_PACKED; i++)
        while (f->packed[i].busy)
            r_pool_wait(f->pool, R_POOL_OWNER);
    r_pool_unlock(f->pool);
}

void r_feed_close(struct r_feed *f)
{
    size_t i;

    if (!f->pool)
        return;
    stop_reading(f);
    for (i = 0; i < R_FEED_PIECES; i++)
        free(f->pieces[i].bytes);
    for (i = 0; i < R_FEED_PACKED; i++)
        free(f->packed[i].bytes);
    r_gunzip_close(f->gunzip);
    if (f->file.handle)
        r_hash_close(&f->file);
    memset(f, 0, sizeof *f);
}

static int next_filled(struct r_feed *f, struct r_piece *piece)
{
    int code;

    if (!r_pool_is_threaded(f->pool)) {
        fill_one(f, piece);
        return f->failed;
    }
    r_pool_lock(f->pool);
    if (f->given == 1)
        r_pool_wake(f->pool, R_POOL_READER);
    f->go_on = f->given > 0;
    while (f->filled == f->given || !piece->ready)
        r_pool_wait(f->pool, R_POOL_OWNER);
    code = f->filled == f->given + 1 ? f->failed : HZ_OK;
    r_pool_unlock(f->pool);
    return code;
}

int r_feed_next(struct r_feed *f, struct r_piece **out, struct hz_error *err)
{
    struct r_piece *piece = &f->pieces[f->given % R_FEED_PIECES];
    int code = next_filled(f, piece);

    if (code) {
        if (err)
            *err = f->error;
        return code;
    }
    f->given++;
    *out = piece;
    return HZ_OK;
}

void r_feed_release_locked(struct r_piece *piece)
{
    if (!--piece->holds)
        r_pool_wake(piece->feed->pool, R_POOL_READER);
}

void r_feed_release(struct r_piece *piece)
{
    r_pool_lock(piece->feed->pool);
    r_feed_release_locked(piece);
    r_pool_unlock(piece->feed->pool);
}

int r_feed_drain(struct r_feed *f, unsigned char sha256[R_SHA256_SIZE], struct hz_error *err)
{
    size_t got = 1;
    int code;

    stop_reading(f);
    code = f->failed;
    if (code && err)
        *err = f->error;
    while (!code && got && !f->leapt)
        code = r_fill_pull(f, f->packed[0].bytes, R_FILL_READ_SIZE, &got, err);
    if (!code && !f->leapt)
        r_hash_finish(&f->file, sha256);
    return code;
}

bool r_feed_is_framed(const struct r_feed *f)
{
    return f->kind == R_FEED_ZSTD;
}
