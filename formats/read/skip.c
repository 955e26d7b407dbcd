#include <string.h>

#include "formats/read/fill.h"

/* Exactly len bytes of the file from a place on; *got fewer at its end */
static int look(struct r_feed *f, r_feed_seek *seek, uint64_t offset, unsigned char *to, size_t len, size_t *got,
                struct hz_error *err)
{
    size_t n = 1;
    int code = seek(f->context, offset, err);

    for (*got = 0; !code && n && *got < len; *got += n)
        code = f->read(f->context, to + *got, len - *got, &n, err);
    return code;
}

/* The frame that begins at offset, by its headers. frame->last is not set when it is not one, or not whole. */
static int walk(struct r_feed *f, r_feed_seek *seek, uint64_t offset, struct r_frame *frame, struct hz_error *err)
{
    unsigned char head[R_FRAME_HEAD_MAX];
    size_t got;
    int code = look(f, seek, offset, head, sizeof head, &got, err);

    r_frame_begin(frame);
    if (code || r_frame_scan(frame, head, got) != R_FRAME_MORE || !frame->headed)
        return code;
    while (!frame->last) {
        code = look(f, seek, offset + frame->at, head, R_FRAME_BLOCK_HEAD, &got, err);
        if (code || got < R_FRAME_BLOCK_HEAD)
            return code;
        if (r_frame_block(frame, head) != R_FRAME_MORE) {
            frame->last = false;
            return HZ_OK;
        }
    }
    return HZ_OK;
}

/* Whole frames; *offset behind the last of them */
static int skip_frames(struct r_feed *f, r_feed_seek *seek, uint64_t max, uint64_t *offset, uint64_t *skipped,
                       struct hz_error *err)
{
    struct r_frame frame;
    int code;

    for (;;) {
        code = walk(f, seek, *offset, &frame, err);
        if (code || !frame.last || frame.content > max - *skipped)
            return code;
        *offset += frame.size;
        *skipped += frame.content;
    }
}

int r_feed_skip(struct r_feed *f, r_feed_seek *seek, uint64_t max, uint64_t *skipped, struct hz_error *err)
{
    uint64_t offset = f->offset - f->rest;
    int code = HZ_OK;

    *skipped = 0;
    if (f->kind == R_FEED_ZSTD) {
        code = skip_frames(f, seek, max, &offset, skipped, err);
    } else if (f->kind == R_FEED_PLAIN) {
        *skipped = max;
        offset += max;
    }
    if (!*skipped || code)
        return code ? code : f->kind == R_FEED_ZSTD ? seek(f->context, f->offset, err) : HZ_OK;
    f->rest = 0;
    f->file_ended = false;
    f->offset = offset;
    f->leapt = true;
    return seek(f->context, offset, err);
}
