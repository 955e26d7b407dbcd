#include "formats/write/stream.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/io_priority.h"
#include "base/lang.h"
#include "base/processors.h"
#include "base/thread.h"
#include "formats/write/age_stream.h"
#include "formats/write/frame.h"
#include "formats/write/giver.h"
#include "formats/write/output.h"
#include "formats/write/pieces.h"

#define HANDS_MAX 8
#define MORE_PIECES 2 /* than can be packed at a time: one is written, one waits */
_Static_assert(HANDS_MAX + MORE_PIECES <= W_PIECES_MAX, "a place for every piece");

struct hand { /* a thread that packs and writes */
    struct w_stream *stream;
    struct w_frame *frame;
    pthread_t thread;
    bool runs, reserve;
};

struct w_stream {
    enum w_compress compress;
    struct w_pieces pieces;
    struct hand hand[HANDS_MAX + 1];
    unsigned hands; /* the last may be the reserve */
    struct w_giver giver;
    /* whoever writes */
    struct w_age_stream *age; /* NULL: nothing is encrypted */
    struct w_digest *digest;
    struct w_frame_sum sum;
    struct w_output output;
    uint64_t out_bytes;
};

/* A w_age_sink. */
static int put_out(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct w_stream *s = context;
    int rc = w_digest_update(s->digest, bytes, len, err);
    if (rc == HZ_OK)
        rc = w_output_put(&s->output, bytes, len, err);
    if (rc == HZ_OK)
        s->out_bytes += len;
    return rc;
}

static int emit(struct w_stream *s, const void *bytes, size_t len, struct hz_error *err)
{
    return s->age != NULL ? w_age_stream_put(s->age, bytes, len, err) : put_out(s, bytes, len, err);
}

/* What stands before the first piece, and behind the last one. */
static int write_head(struct w_stream *s, struct hz_error *err)
{
    unsigned char head[W_FRAME_EDGE];
    return emit(s, head, w_frame_head(s->compress, head), err);
}

static int write_tail(struct w_stream *s, struct hz_error *err)
{
    unsigned char tail[W_FRAME_EDGE];
    return emit(s, tail, w_frame_tail(s->compress, &s->sum, tail), err);
}

static bool packs(const struct w_stream *s)
{
    return s->compress != W_COMPRESS_NONE;
}

static int write_piece(struct w_stream *s, const struct w_piece *piece, struct hz_error *err)
{
    int rc = s->sum.size == 0 ? write_head(s, err) : HZ_OK;
    w_frame_add(&s->sum, piece->crc, piece->len);
    if (rc != HZ_OK)
        return rc;
    return packs(s) ? emit(s, piece->room, piece->packed, err) : emit(s, piece->bytes, piece->len, err);
}

bool w_stream_work(struct w_stream *s, struct w_frame *frame)
{
    struct hz_error err = { 0 };
    enum w_job job = W_JOB_NONE;
    bool drain = false;
    int rc = HZ_OK;
    struct w_piece *piece = w_pieces_take(&s->pieces, &job, &drain);
    if (job == W_JOB_PACK) {
        if (!drain)
            rc = w_frame_pack(frame, piece->bytes, piece->len, piece->room, &piece->packed, &piece->crc, &err);
        w_pieces_packed(&s->pieces, piece, rc, &err);
    } else if (job == W_JOB_WRITE) {
        uint64_t before = s->out_bytes;
        rc = drain ? HZ_OK : write_piece(s, piece, &err);
        w_pieces_written(&s->pieces, piece, s->out_bytes - before, rc, &err);
    }
    return job != W_JOB_NONE;
}

enum w_job w_stream_pending(struct w_stream *s)
{
    return w_pieces_pending(&s->pieces);
}

void w_stream_call(struct w_stream *s, const struct w_call *call)
{
    w_pieces_call(&s->pieces, call);
}

static void *work(void *argument)
{
    struct hand *self = argument;
    struct w_stream *s = self->stream;
    if (packs(s))
        io_priority_yield(); /* to the threads that read: packing is most of the work, and can wait a little */
    while (w_pieces_wait(&s->pieces, self->reserve)) {
        (void)w_stream_work(s, self->frame);
        while (w_stream_pending(s) == W_JOB_WRITE) /* nobody was told of what it packed */
            (void)w_stream_work(s, self->frame);
    }
    return NULL;
}

static int start(struct w_stream *s, struct hz_error *err)
{
    for (unsigned i = 0; i < s->hands; i++) {
        int code = thread_start(&s->hand[i].thread, work, &s->hand[i], true);
        if (code != 0)
            return hz_error_sys(err, HZ_E_IO, code, "%s",
                                _("cannot start a thread (has this host reached its limit of tasks?)"));
        s->hand[i].runs = true;
    }
    return HZ_OK;
}

/* Pieces that are worked on at a time. */
static unsigned width(const struct w_stream_config *config)
{
    if (config->compress == W_COMPRESS_NONE)
        return 1;
    return config->threads == 0          ? processors_upto(HANDS_MAX)
           : config->threads > HANDS_MAX ? HANDS_MAX
                                         : config->threads;
}

static int open_hands(struct w_stream *s, const struct w_stream_config *config, struct hz_error *err)
{
    unsigned wanted = width(config);
    s->hands = config->helpers == 0 ? wanted : wanted > config->helpers ? wanted - config->helpers + 1 : 1;
    int rc = HZ_OK;
    for (unsigned i = 0; rc == HZ_OK && i < s->hands; i++) {
        s->hand[i].stream = s;
        s->hand[i].reserve = config->helpers > 0 && i + 1 == s->hands;
        rc = w_frame_new(&s->hand[i].frame, s->compress, err);
    }
    return rc;
}

static int open_all(struct w_stream *s, const struct w_stream_config *config, struct hz_error *err)
{
    int rc = w_digest_new(&s->digest, err);
    if (rc == HZ_OK)
        rc = open_hands(s, config, err);
    if (rc == HZ_OK)
        rc = w_pieces_open(&s->pieces, width(config) + MORE_PIECES, packs(s) ? w_frame_room(s->hand[0].frame) : 0, err);
    if (rc == HZ_OK)
        rc = w_giver_open(&s->giver, &s->pieces, err);
    if (rc == HZ_OK)
        rc = w_output_open(&s->output, config->fd, err);
    if (rc == HZ_OK && config->recipient_count > 0)
        rc = w_age_stream_begin(&s->age, config->recipients, config->recipient_count, put_out, s, err);
    return rc == HZ_OK ? start(s, err) : rc;
}

int w_stream_open(struct w_stream **out, const struct w_stream_config *config, struct hz_error *err)
{
    struct w_stream *s = calloc(1, sizeof *s);
    if (s == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    s->compress = config->compress;
    int rc = open_all(s, config, err);
    if (rc != HZ_OK)
        w_stream_close(s);
    else
        *out = s;
    return rc;
}

static void join(struct w_stream *s)
{
    for (unsigned i = 0; i < s->hands; i++) {
        if (s->hand[i].runs)
            pthread_join(s->hand[i].thread, NULL);
        s->hand[i].runs = false;
    }
}

void w_stream_close(struct w_stream *s)
{
    if (s == NULL)
        return;
    if (s->hand[0].runs)
        w_pieces_drop(&s->pieces);
    join(s);
    w_output_close(&s->output);
    w_giver_close(&s->giver);
    for (unsigned i = 0; i < s->hands; i++)
        w_frame_free(s->hand[i].frame);
    w_pieces_close(&s->pieces);
    w_age_stream_free(s->age);
    w_digest_free(s->digest);
    free(s);
}

int w_stream_put(struct w_stream *s, const void *bytes, size_t len, struct hz_error *err)
{
    return w_giver_put(&s->giver, bytes, len, err);
}

int w_stream_zeros(struct w_stream *s, uint64_t count, struct hz_error *err)
{
    static const unsigned char zeros[4096];
    int rc = HZ_OK;
    while (rc == HZ_OK && count > 0) {
        size_t part = count < sizeof zeros ? (size_t)count : sizeof zeros;
        rc = w_giver_put(&s->giver, zeros, part, err);
        count -= part;
    }
    return rc;
}

int w_stream_lend(struct w_stream *s, const void *bytes, size_t len, struct w_loan *loan, struct hz_error *err)
{
    return w_giver_lend(&s->giver, bytes, len, loan, err);
}

int w_stream_break(struct w_stream *s, struct hz_error *err)
{
    return w_giver_flush(&s->giver, err);
}

int w_stream_settle(struct w_stream *s, struct hz_error *err)
{
    int rc = w_giver_flush(&s->giver, err);
    return rc == HZ_OK ? w_pieces_await(&s->pieces, err) : rc;
}

int w_stream_end(struct w_stream *s, char sha256[W_DIGEST_HEX], uint64_t *written, struct hz_error *err)
{
    int rc = w_giver_flush(&s->giver, err);
    w_pieces_over(&s->pieces);
    join(s);
    if (rc == HZ_OK)
        rc = w_pieces_error(&s->pieces, err);
    if (rc == HZ_OK)
        rc = write_tail(s, err); /* nobody writes any more */
    if (rc == HZ_OK && s->age != NULL)
        rc = w_age_stream_end(s->age, err);
    if (rc == HZ_OK)
        rc = w_output_end(&s->output, err);
    if (rc == HZ_OK)
        rc = w_digest_end_hex(s->digest, sha256, err);
    if (rc == HZ_OK)
        *written = s->out_bytes;
    return rc;
}

uint64_t w_stream_offset(const struct w_stream *s)
{
    return s->giver.offset;
}

void w_stream_progress(struct w_stream *s, uint64_t *written, uint64_t *in_flight)
{
    uint64_t tar = 0;
    w_pieces_progress(&s->pieces, &tar, written);
    uint64_t waiting = w_output_waiting(&s->output); /* some of it may not stand in `written` yet */
    *in_flight = s->giver.offset - tar + waiting;
    *written -= waiting < *written ? waiting : *written;
}
