/* A part of a file that is larger than a slot. */
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/absence.h"
#include "collector/read.h"
#include "collector/reader.h"
#include "formats/write/tarhead.h"

#define AWAITED ((uint64_t)64 << 20) /* of a file, after a first signal: less is a matter of moments */

struct chunk { /* what was read of it before its turn */
    struct big *big;
    unsigned char *bytes; /* of the content */
    size_t head, len;
    bool last;
    struct read_part part;
    const char *cut; /* why reading ended, where that was no end of the file */
    enum w_file_status after;
};

/* What was begun is finished, but where the time is over, or people wait and it would take long. */
static bool cuts(enum stop_reason stop, const struct big *b, uint64_t chunk)
{
    return stop == STOP_TIMEOUT || (stop == STOP_SIGNAL && b->size - big_offset(b, chunk) > AWAITED);
}

static bool is_over(struct reader *r, const struct slot_item *item, struct chunk *c)
{
    enum stop_reason stop = stop_poll(r->config->stop);
    if (item->unanswered || watch_silent(r->config->devices, &c->big->before))
        c->cut = N_("its file system did not answer");
    else if (item->refused)
        c->cut = N_("the bundle would be larger than --max-size");
    else if (cuts(stop, c->big, item->chunk))
        c->cut = stop_text(stop);
    return c->cut != NULL || atomic_load(&c->big->ended);
}

/* Side by side with other parts. */
static int read_bytes(struct reader *r, struct slot_item *item, struct chunk *c, struct hz_error *err)
{
    struct big *b = c->big;
    watch_about(&r->watch, item->origin, &b->before);
    c->part = (struct read_part) { .ended = true };
    if (is_over(r, item, c))
        return HZ_OK;
    pace_wait(r->config->pace, c->len, r->config->stop);
    int rc = HZ_OK;
    if (item->chunk == 0) {
        b->acquired_at = stamp_now();
        b->meta.watch = &r->watch;
        rc = meta_read_open(&b->meta, b->fd, &b->before, err);
    }
    if (rc == HZ_OK)
        rc = read_part(b->fd, &r->watch, big_offset(b, item->chunk), c->bytes, c->len, &c->part, err);
    if (rc == HZ_OK && c->part.sys_errno != 0)
        c->cut = absence_reason(c->part.sys_errno);
    return rc;
}

/* The file goes no further than this part. */
static int end_early(struct slot_item *item, struct chunk *c, struct hz_error *err)
{
    struct big *b = c->big;
    unsigned char digest[W_DIGEST_SIZE];
    b->real_size = big_offset(b, item->chunk) + c->part.got;
    b->cut = c->cut;
    int rc = w_digest_peek(b->digest, digest, err);
    if (rc == HZ_OK)
        text_hex(b->real_sha256, digest, sizeof digest);
    atomic_store(&b->ended, true);
    return rc;
}

static int digest_bytes(struct slot_item *item, struct chunk *c, struct hz_error *err)
{
    struct big *b = c->big;
    bool ended = atomic_load(&b->ended);
    size_t got = ended ? 0 : c->part.got;
    int rc = w_digest_update(b->digest, c->bytes, got, err);
    if (rc == HZ_OK && !ended && (got < c->len || c->cut != NULL))
        rc = end_early(item, c, err);
    memset(c->bytes + got, 0, c->len - got);
    return rc == HZ_OK ? w_digest_update(b->digest, c->bytes + got, c->len - got, err) : rc;
}

static int finish(struct reader *r, struct slot *s, struct slot_item *item, struct chunk *c, struct hz_error *err)
{
    struct big *b = c->big;
    bool ended = atomic_load(&b->ended);
    item->status = !ended ? c->after : b->cut != NULL ? W_LIMITED : W_SHRUNK;
    item->cut = b->cut;
    item->size = b->size;
    item->method = "read";
    item->exposed = b->exposed;
    item->acquired_at = b->acquired_at;
    int rc = r->config->sha512 ? w_digest_end_512_hex(b->digest, item->sha512, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = w_digest_end_hex(b->digest, item->sha256, err);
    const struct reader_row row = { &b->meta.stat, b->real_size, ended ? b->real_sha256 : NULL };
    return rc == HZ_OK ? reader_line(r, s, item, &row, err) : rc;
}

/* Not one byte could be read: then nothing was promised. */
static int begin_absent(struct slot_item *item, struct chunk *c, struct hz_error *err)
{
    const struct hz_error why = { .code = HZ_E_IO, .sys_errno = c->part.sys_errno };
    int rc = HZ_OK;
    c->big->absent = true;
    if (c->part.sys_errno != 0)
        rc = reader_missing(item, &why, err);
    else {
        reader_unanswered(item);
        item->absence.reason = c->cut;
    }
    return rc;
}

static int in_turn(struct reader *r, struct slot *s, struct slot_item *item, struct chunk *c, struct hz_error *err)
{
    if (item->chunk == 0 && c->part.got == 0 && c->cut != NULL)
        return begin_absent(item, c, err);
    item->outcome = c->last ? SLOT_TAKEN : SLOT_NOTHING;
    if (c->big->absent) {
        item->outcome = SLOT_NOTHING;
        return HZ_OK;
    }
    int rc = digest_bytes(item, c, err);
    if (rc == HZ_OK && c->last)
        rc = finish(r, s, item, c, err);
    size_t padding = c->last ? w_tarhead_padding(c->big->size) : 0;
    memset(c->bytes + c->len, 0, padding);
    item->at = s->used;
    item->len = c->head + c->len + padding;
    s->used += item->len;
    return rc;
}

/* Closing a file of a silent file system could wait, too: that stays open. */
static void let_go(struct reader *r, const struct slot_item *item)
{
    struct big *b = item->big;
    if (!item->unanswered && !watch_silent(r->config->devices, &b->before)) {
        watch_enter(&r->watch);
        io_close(&b->fd);
        watch_leave(&r->watch);
    }
    b->fd = -1;
}

int reader_chunk(struct reader *r, struct slot *s, struct slot_item *item, struct hz_error *err)
{
    struct big *b = item->big;
    struct chunk c = { .big = b, .len = big_length(b, item->chunk), .last = item->chunk + 1 == b->chunks };
    int rc = item->chunk == 0 ? reader_header(r, s, item, b->size, &c.head, err) : HZ_OK;
    c.bytes = s->bytes + s->used + c.head;
    if (rc == HZ_OK)
        rc = slot_hold(s, c.head + c.len + (c.last ? w_tarhead_padding(b->size) : 0), err);
    if (rc == HZ_OK)
        rc = read_bytes(r, item, &c, err);
    if (rc != HZ_OK || !ring_await_turn(r->config->ring, &b->turn, item->chunk))
        return rc; /* the collection ends: nobody waits for the turn */
    if (c.last && c.cut == NULL && !atomic_load(&b->ended))
        c.after = reader_judge(r, b->fd, &b->before); /* only now is all of it read */
    rc = in_turn(r, s, item, &c, err);
    ring_next_turn(r->config->ring, &b->turn);
    item->finished = rc == HZ_OK;
    if (c.last)
        let_go(r, item);
    return rc;
}
