/* The bytes of the tar in a bundle file, in order, from anywhere, with their offset in the tar. */
#ifndef HZ_FORMATS_READ_INPUT_H
#define HZ_FORMATS_READ_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/read/feed.h"
#include "formats/read/later.h"

struct r_input {
    struct r_feed feed;
    struct r_later later;
    struct r_piece *piece;   /* held */
    const unsigned char *at; /* unread part of it */
    size_t len;
    uint64_t offset; /* of the byte at `at` */
    bool ended;
};

int r_input_open(struct r_input *in, struct r_pool *pool, r_feed_read *read, void *context, struct hz_error *err);
void r_input_close(struct r_input *in);
/* Some bytes, at most max: *bytes points into the piece until the next call, *len is 0 at the end. */
int r_input_some(struct r_input *in, size_t max, const unsigned char **bytes, size_t *len, struct hz_error *err);
/* Passes over bytes, unread where that can be; *got fewer at the end. Only in a pool without threads. */
int r_input_skip(struct r_input *in, r_feed_seek *seek, uint64_t len, uint64_t *got, struct hz_error *err);
/* Copies exactly len bytes unless the tar ends; *got says how many. */
int r_input_take(struct r_input *in, void *out, size_t len, size_t *got, struct hz_error *err);
/* After the end: why there is no more, where that is no honest end; NULL when the file just ends. */
const struct r_fault *r_input_fault(const struct r_input *in);
/* At the end of what was taken so far, where the tar may end: true when more of the file follows, in another frame or
 * behind the one that was taken; *offset in the file. */
int r_input_follows(struct r_input *in, bool *follows, uint64_t *offset, struct hz_error *err);
/* Digests of bytes that the latest r_input_some gave, now or by somebody else: they are there after r_input_digested.
 * The memory they go to must stay. */
void r_input_digest(struct r_input *in, const struct r_later_item *item);
void r_input_digested(struct r_input *in);
/* Reads to the end of the file and writes the digest of all of it, unless something was passed over. */
int r_input_drain(struct r_input *in, unsigned char sha256[R_SHA256_SIZE], struct hz_error *err);

/* NULL for a file that is the tar itself, else how it is compressed. */
const char *r_input_packing(const struct r_input *in);
/* Bytes of the file that were read; after r_input_drain all. */
uint64_t r_input_file_bytes(const struct r_input *in);

#endif
