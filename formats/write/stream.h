/* Where the bundle's bytes go: cut into pieces, packed side by side, encrypted where that is asked for, digested and
 * written in order, by one thread at a time. Packing is half of the work of a collection: on few processors the threads
 * that read do it as well: with no more busy threads than processors these were idle less, and a large file took a
 * tenth less time (docs/PERFORMANCE.md). */
#ifndef HZ_FORMATS_WRITE_STREAM_H
#define HZ_FORMATS_WRITE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/write/compress.h"
#include "formats/write/digest.h"
#include "formats/write/frame.h"
#include "formats/write/loan.h"
#include "formats/write/pieces.h"

struct w_stream;

struct w_stream_config {
    int fd; /* written in order, never seeked; the caller's; -1: nothing is written, bytes are only counted */
    enum w_compress compress;
    unsigned threads; /* that pack; 0: as many as there are processors, at most 8. Of these */
    unsigned helpers; /* are the caller's, for w_stream_work once they are named by w_stream_call; 0: none */
    const char *const *recipients; /* the file becomes an age file that these can open (age_stream.h); */
    size_t recipient_count;        /* 0: nothing is encrypted */
};

/* The threads take no signals. HZ_E_NOMEM, HZ_E_IO (no thread), what w_age_stream_begin fails with. */
int w_stream_open(struct w_stream **out, const struct w_stream_config *config, struct hz_error *err);
/* Others that work: `call` tells them when there is something to do, from the thread that gives; tell NULL: they have
 * ended, which must be so before close. A hand of the stream's own does what they leave lying for 10 ms. */
void w_stream_call(struct w_stream *s, const struct w_call *call);
enum w_job w_stream_pending(struct w_stream *s); /* what there is to do now; any thread, as the next */
/* Packs or writes one piece, which may wait for the output; false: there was none. frame: the thread's own, of the
 * stream's compression. What fails is returned by the next call that gives, and by end. */
bool w_stream_work(struct w_stream *s, struct w_frame *frame);
/* At any time; NULL is legal. Waits for the write under way, writes nothing more, releases what is lent. */
void w_stream_close(struct w_stream *s);

/* A failure on the way of earlier bytes is returned by the next call that gives a piece on, and by end. */
int w_stream_put(struct w_stream *s, const void *bytes, size_t len, struct hz_error *err); /* copies */
int w_stream_zeros(struct w_stream *s, uint64_t count, struct hz_error *err);
/* Does not copy: holds the loan while the bytes are on their way. Neighbours of one loan become one piece. */
int w_stream_lend(struct w_stream *s, const void *bytes, size_t len, struct w_loan *loan, struct hz_error *err);
/* The next bytes begin a piece of their own. */
int w_stream_break(struct w_stream *s, struct hz_error *err);
/* The same, and waits until what was given is packed and handed to the output. */
int w_stream_settle(struct w_stream *s, struct hz_error *err);
/* Waits until all is written; SHA-256 and number of the bytes that were. Nothing but close after it. */
int w_stream_end(struct w_stream *s, char sha256[W_DIGEST_HEX], uint64_t *written, struct hz_error *err);

uint64_t w_stream_offset(const struct w_stream *s); /* in the tar: bytes given so far */
/* Bytes of output written; bytes on their way: of the tar, and packed ones that are not yet written. */
void w_stream_progress(struct w_stream *s, uint64_t *written, uint64_t *in_flight);

#endif
