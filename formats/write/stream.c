#include "formats/write/stream.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/io_priority.h"
#include "base/lang.h"
#include "base/processors.h"
#include "formats/write/age_stream.h"
#include "formats/write/frame.h"
#include "formats/write/giver.h"
#include "formats/write/output.h"
#include "formats/write/pieces.h"

#define PACKERS_MAX 8
#define MORE_PIECES 2 /* than packers: one is written, one waits */
_Static_assert(PACKERS_MAX + MORE_PIECES <= W_PIECES_MAX, "a place for every piece");

struct packer {
    struct w_stream *stream;
    struct w_frame *frame;
    pthread_t thread;
    bool runs;
};

struct w_stream {
    enum w_compress compress;
    struct w_pieces pieces;
    struct packer packer[PACKERS_MAX];
    unsigned packers;
    pthread_t writer;
    bool writes; /* the writer runs */
    struct w_giver giver;
    /* the writer's */
    struct w_age_stream *age; /* NULL: nothing is encrypted */
    struct w_digest *digest;
    struct w_frame_sum sum;
    struct w_output output;
    uint64_t out_bytes;
};

static void *pack(void *argument)
{
    struct packer *self = argument;
    struct w_pieces *pieces = &self->stream->pieces;
    struct w_piece *piece = NULL;
    bool drain = false;
    io_priority_yield(); /* to the threads that read and write: packing is most of the work, and can wait a little */
    while ((piece = w_pieces_take(pieces, &drain)) != NULL) {
        struct hz_error err = { 0 };
        int rc = HZ_OK;
        if (!drain)
            rc = w_frame_pack(self->frame, piece->bytes, piece->len, piece->room, &piece->packed, &piece->crc, &err);
        w_pieces_packed(pieces, piece, rc, &err);
    }
    return NULL;
}

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

static int write_piece(struct w_stream *s, const struct w_piece *piece, struct hz_error *err)
{
    int rc = s->sum.size == 0 ? write_head(s, err) : HZ_OK;
    w_frame_add(&s->sum, piece->crc, piece->len);
    if (rc != HZ_OK)
        return rc;
    return s->packers > 0 ? emit(s, piece->room, piece->packed, err) : emit(s, piece->bytes, piece->len, err);
}

static void *write_all(void *argument)
{
    struct w_stream *s = argument;
    struct w_piece *piece = NULL;
    bool drain = false;
    while ((piece = w_pieces_next(&s->pieces, &drain)) != NULL) {
        struct hz_error err = { 0 };
        uint64_t before = s->out_bytes;
        int rc = drain ? HZ_OK : write_piece(s, piece, &err);
        w_pieces_written(&s->pieces, piece, s->out_bytes - before, rc, &err);
    }
    return NULL;
}

static int start_thread(pthread_t *thread, void *(*run)(void *), void *argument, bool *runs, struct hz_error *err)
{
    int code = pthread_create(thread, NULL, run, argument);
    if (code != 0)
        return hz_error_sys(err, HZ_E_IO, code, "%s", _("cannot start a thread"));
    *runs = true;
    return HZ_OK;
}

/* Signals are the main thread's; what a fault raises stays with the thread that made it. */
static void block_signals(sigset_t *before)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };
    sigset_t all;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        sigdelset(&all, faults[i]);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

static int start(struct w_stream *s, struct hz_error *err)
{
    int rc = start_thread(&s->writer, write_all, s, &s->writes, err);
    for (unsigned i = 0; rc == HZ_OK && i < s->packers; i++)
        rc = start_thread(&s->packer[i].thread, pack, &s->packer[i], &s->packer[i].runs, err);
    return rc;
}

static unsigned packers_of(const struct w_stream_config *config)
{
    if (config->compress == W_COMPRESS_NONE)
        return 0;
    return config->threads == 0            ? processors_upto(PACKERS_MAX)
           : config->threads > PACKERS_MAX ? PACKERS_MAX
                                           : config->threads;
}

static int open_all(struct w_stream *s, const struct w_stream_config *config, struct hz_error *err)
{
    int rc = w_digest_new(&s->digest, err);
    for (unsigned i = 0; rc == HZ_OK && i < s->packers; i++) {
        s->packer[i].stream = s;
        rc = w_frame_new(&s->packer[i].frame, s->compress, err);
    }
    if (rc == HZ_OK)
        rc = w_pieces_open(&s->pieces, s->packers + MORE_PIECES, s->packers > 0 ? w_frame_room(s->packer[0].frame) : 0,
                           err);
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
    s->packers = packers_of(config);
    sigset_t before;
    block_signals(&before);
    int rc = open_all(s, config, err);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != HZ_OK)
        w_stream_close(s);
    else
        *out = s;
    return rc;
}

static void join(struct w_stream *s)
{
    for (unsigned i = 0; i < s->packers; i++) {
        if (s->packer[i].runs)
            pthread_join(s->packer[i].thread, NULL);
        s->packer[i].runs = false;
    }
    if (s->writes)
        pthread_join(s->writer, NULL);
    s->writes = false;
}

void w_stream_close(struct w_stream *s)
{
    if (s == NULL)
        return;
    if (s->writes)
        w_pieces_drop(&s->pieces);
    join(s);
    w_output_close(&s->output);
    w_giver_close(&s->giver);
    for (unsigned i = 0; i < s->packers; i++)
        w_frame_free(s->packer[i].frame);
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
        rc = write_tail(s, err); /* no other thread is left */
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
