#include "formats/read/fill.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

#define PLAIN_SIZE ((size_t)1024 * 1024)
#define MAGIC_SIZE 10
#define SMALL_CONTENT ((size_t)128 * 1024) /* of a piece to which more frames are added */

int r_fill_pull(struct r_feed *f, unsigned char *to, size_t room, size_t *got, struct hz_error *err)
{
    int code = HZ_OK;

    *got = 0;
    if (!f->file_ended)
        code = f->read(f->context, to, room < R_FILL_READ_SIZE ? room : R_FILL_READ_SIZE, got, err);
    if (code)
        return code;
    f->file_ended = !*got;
    f->offset += *got;
    r_hash_put(&f->file, to, *got);
    return HZ_OK;
}

static int fail_at(struct r_piece *piece, enum r_code code, enum r_why why, uint64_t offset)
{
    piece->fault = (struct r_fault) { .there = true, .code = code, .why = why, .offset = offset };
    piece->len = 0;
    return HZ_OK;
}

/* Bytes of the file that were read and not yet used: the end of the present memory */
static unsigned char *rest_of(struct r_feed *f)
{
    struct r_packed *p = &f->packed[f->at_packed];

    return p->bytes + p->len - f->rest;
}

static int fill_plain(struct r_feed *f, struct r_piece *piece, struct hz_error *err)
{
    size_t got = 1, n = f->rest, size = f->filled && !f->leapt ? PLAIN_SIZE : R_FILL_READ_SIZE;

    piece->offset = f->offset - n;
    memcpy(piece->bytes, rest_of(f), n);
    f->rest = 0;
    while (got && n < size) {
        int code = r_fill_pull(f, piece->bytes + n, size - n, &got, err);

        if (code)
            return code;
        n += got;
    }
    piece->len = n;
    return HZ_OK;
}

static int need(unsigned char **bytes, size_t size, struct hz_error *err)
{
    if (!*bytes)
        *bytes = malloc(size);
    return *bytes ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

/* Goes on in other memory, so that what is there can be decoded meanwhile */
static int turn(struct r_feed *f, struct hz_error *err)
{
    struct r_packed *next = &f->packed[(f->at_packed + 1) % R_FEED_PACKED];
    int code = need(&next->bytes, R_FILL_PACKED_SIZE, err);

    if (code)
        return code;
    memcpy(next->bytes, rest_of(f), f->rest);
    next->len = f->rest;
    f->rest = 0;
    f->at_packed = (f->at_packed + 1) % R_FEED_PACKED;
    return HZ_OK;
}

/* Everything about a frame has its offset */
static int fail_frame(const struct r_feed *f, struct r_piece *piece, const struct r_frame *frame,
                      enum r_frame_answer answer)
{
    if (f->offset == piece->offset)
        return HZ_OK; /* the file just ends */
    if (!f->filled && !frame->headed)
        return fail_at(piece, R_CONTAINER_UNSUPPORTED, R_WHY_OTHER_FORMAT, 0);
    if (answer == R_FRAME_WRONG)
        return fail_at(piece, R_CONTAINER_MALFORMED, R_WHY_FRAME, piece->offset);
    if (answer == R_FRAME_LIMIT)
        return fail_at(piece, R_LIMIT_EXCEEDED, R_WHY_LIMIT_FRAME, piece->offset);
    return fail_at(piece, R_CONTAINER_TRUNCATED, R_WHY_TRUNCATED_FRAME, piece->offset);
}

static void add_frame(struct r_piece *piece, const struct r_frame *frame, size_t at)
{
    piece->len += frame->content;
    piece->parts[piece->part_count++] = (struct r_part) { .content = piece->len, .packed = at + frame->size };
}

/* Small frames that were read already, too: to hand over each by itself would take longer than to decode it. What is
 * wrong with one is for the next piece to say. */
static void add_small_frames(struct r_piece *piece, const struct r_packed *p, size_t at)
{
    struct r_frame frame;

    while (piece->part_count < R_FEED_FRAMES && piece->len < SMALL_CONTENT && at < p->len) {
        r_frame_begin(&frame);
        if (r_frame_scan(&frame, p->bytes + at, p->len - at) != R_FRAME_WHOLE ||
            piece->len + frame.content > SMALL_CONTENT)
            break;
        add_frame(piece, &frame, at);
        at += frame.size;
    }
}

static int fill_frame(struct r_feed *f, struct r_piece *piece, struct hz_error *err)
{
    int code = turn(f, err);
    struct r_packed *p = &f->packed[f->at_packed];
    enum r_frame_answer answer;
    struct r_frame frame;
    size_t got = 1;

    if (code)
        return code;
    piece->offset = f->offset - p->len;
    r_frame_begin(&frame);
    while ((answer = r_frame_scan(&frame, p->bytes, p->len)) == R_FRAME_MORE && got) {
        code = r_fill_pull(f, p->bytes + p->len, R_FILL_PACKED_SIZE - p->len, &got, err);
        if (code)
            return code;
        p->len += got;
    }
    if (answer != R_FRAME_WHOLE)
        return fail_frame(f, piece, &frame, answer);
    piece->packed = p;
    add_frame(piece, &frame, 0);
    add_small_frames(piece, p, frame.size);
    f->rest = p->len - piece->parts[piece->part_count - 1].packed;
    return HZ_OK;
}

void r_fill_decode(struct r_piece *piece, struct r_decoder *decoder)
{
    struct r_part done = { 0, 0 };
    size_t i;

    for (i = 0; i < piece->part_count; i++) {
        struct r_part part = piece->parts[i];

        if (!r_decode_frame(decoder, piece->bytes + done.content, part.content - done.content,
                            piece->packed->bytes + done.packed, part.packed - done.packed)) {
            fail_at(piece, R_CONTAINER_MALFORMED, R_WHY_FRAME_CONTENT, piece->offset + done.packed);
            piece->len = done.content;
            return;
        }
        done = part;
    }
}

/* Reads on when nothing is left; at the end of the file still nothing is */
static int more_rest(struct r_feed *f, struct hz_error *err)
{
    struct r_packed *p = &f->packed[f->at_packed];
    int code;

    if (f->rest)
        return HZ_OK;
    code = r_fill_pull(f, p->bytes, R_FILL_READ_SIZE, &p->len, err);
    f->rest = p->len;
    return code;
}

static int inflate_some(struct r_feed *f, struct r_piece *piece, struct hz_error *err)
{
    unsigned char *to = piece->bytes;
    size_t room = PLAIN_SIZE;

    while (room && f->gzip == R_GUNZIP_MORE) {
        int code = more_rest(f, err);
        const unsigned char *from = rest_of(f);

        if (code)
            return code;
        f->gzip = f->rest ? r_gunzip_take(f->gunzip, &from, &f->rest, &to, &room) : R_GUNZIP_CUT;
    }
    piece->len = PLAIN_SIZE - room;
    piece->offset = f->offset - f->rest;
    return HZ_OK;
}

/* What comes before a fault is given first, the fault in a piece of its own */
static int fill_gzip(struct r_feed *f, struct r_piece *piece, struct hz_error *err)
{
    int code;

    if (!f->filled && !r_gunzip_is_ours(rest_of(f), f->rest))
        return fail_at(piece, R_CONTAINER_UNSUPPORTED, R_WHY_OTHER_FORMAT, 0);
    code = inflate_some(f, piece, err);
    if (code || piece->len)
        return code;
    if (f->gzip == R_GUNZIP_WRONG)
        return fail_at(piece, R_CONTAINER_MALFORMED, R_WHY_GZIP, piece->offset);
    if (f->gzip == R_GUNZIP_CUT)
        return fail_at(piece, R_CONTAINER_TRUNCATED, R_WHY_TRUNCATED_MEMBER, piece->offset);
    code = more_rest(f, err); /* nothing may follow the member */
    if (code || !f->rest)
        return code;
    return fail_at(piece, R_CONTAINER_TRAILING_DATA, R_WHY_FRAME_TRAILING, piece->offset);
}

/* What the file is, by its first bytes */
static int begin(struct r_feed *f, struct hz_error *err)
{
    struct r_packed *p = &f->packed[0];
    int code = need(&p->bytes, R_FILL_PACKED_SIZE, err);
    size_t got = 1;

    while (!code && got && p->len < MAGIC_SIZE) {
        code = r_fill_pull(f, p->bytes + p->len, R_FILL_READ_SIZE, &got, err);
        p->len += got;
    }
    if (code)
        return code;
    f->rest = p->len;
    f->kind = r_frame_is(p->bytes, p->len) ? R_FEED_ZSTD : r_gunzip_is(p->bytes, p->len) ? R_FEED_GZIP : R_FEED_PLAIN;
    return f->kind == R_FEED_GZIP ? r_gunzip_open(&f->gunzip, err) : HZ_OK;
}

int r_fill(struct r_feed *f, struct r_piece *piece, struct hz_error *err)
{
    int code = f->kind == R_FEED_UNKNOWN ? begin(f, err) : HZ_OK;

    if (!code)
        code = need(&piece->bytes, R_FRAME_CONTENT_MAX, err);
    if (code)
        return code;
    if (f->kind == R_FEED_ZSTD)
        return fill_frame(f, piece, err);
    return f->kind == R_FEED_GZIP ? fill_gzip(f, piece, err) : fill_plain(f, piece, err);
}
