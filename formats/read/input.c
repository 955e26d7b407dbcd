#include "formats/read/input.h"

#include <string.h>

int r_input_open(struct r_input *in, struct r_pool *pool, r_feed_read *read, void *context, struct hz_error *err)
{
    memset(in, 0, sizeof *in);
    r_later_open(&in->later, pool);
    return r_feed_open(&in->feed, pool, read, context, err);
}

static void let_go(struct r_input *in)
{
    if (in->piece)
        r_feed_release(in->piece);
    in->piece = NULL;
    in->len = 0;
}

void r_input_close(struct r_input *in)
{
    if (in->later.pool)
        r_later_wait(&in->later);
    let_go(in);
    r_feed_close(&in->feed);
}

/* Nothing follows the piece at hand */
static bool is_last(const struct r_input *in)
{
    return in->piece && in->piece->fault.there;
}

/* The next piece, when the present one is used up */
static int refill(struct r_input *in, struct hz_error *err)
{
    int code;

    if (in->len || in->ended)
        return HZ_OK;
    r_later_flush(&in->later);
    if (is_last(in)) {
        in->ended = true;
        return HZ_OK;
    }
    let_go(in);
    code = r_feed_next(&in->feed, &in->piece, err);
    if (code)
        return code;
    in->ended = !in->piece->len;
    in->at = in->piece->bytes;
    in->len = in->piece->len;
    return HZ_OK;
}

int r_input_some(struct r_input *in, size_t max, const unsigned char **bytes, size_t *len, struct hz_error *err)
{
    int code = refill(in, err);
    size_t n = in->len < max ? in->len : max;

    if (code)
        return code;
    *bytes = in->at;
    *len = n;
    in->at += n;
    in->len -= n;
    in->offset += n;
    return HZ_OK;
}

int r_input_skip(struct r_input *in, r_feed_seek *seek, uint64_t len, uint64_t *got, struct hz_error *err)
{
    const unsigned char *bytes;
    uint64_t leapt;
    size_t n = 1;
    int code = HZ_OK;

    for (*got = 0; !code && n && *got < len; *got += n) {
        if (!in->len && !in->ended && !is_last(in) && seek) {
            code = r_feed_skip(&in->feed, seek, len - *got, &leapt, err);
            *got += leapt;
            in->offset += leapt;
            if (code || *got == len)
                return code;
        }
        code = r_input_some(in, len - *got < SIZE_MAX ? (size_t)(len - *got) : SIZE_MAX, &bytes, &n, err);
    }
    return code;
}

int r_input_take(struct r_input *in, void *out, size_t len, size_t *got, struct hz_error *err)
{
    unsigned char *to = out;
    size_t total = 0;

    while (total < len) {
        const unsigned char *bytes;
        size_t n;
        int code = r_input_some(in, len - total, &bytes, &n, err);

        if (code)
            return code;
        if (!n)
            break;
        memcpy(to + total, bytes, n);
        total += n;
    }
    *got = total;
    return HZ_OK;
}

const struct r_fault *r_input_fault(const struct r_input *in)
{
    return in->ended && in->piece && in->piece->fault.there ? &in->piece->fault : NULL;
}

/* Where what is taken next begins a frame of the piece at hand, and this is not the first */
static bool is_between_frames(const struct r_input *in, uint64_t *offset)
{
    size_t taken = in->piece ? (size_t)(in->at - in->piece->bytes) : 0, i;

    for (i = 0; in->len && i < in->piece->part_count; i++)
        if (in->piece->parts[i].content == taken) {
            *offset = in->piece->offset + in->piece->parts[i].packed;
            return true;
        }
    return false;
}

int r_input_follows(struct r_input *in, bool *follows, uint64_t *offset, struct hz_error *err)
{
    int code;

    *follows = is_between_frames(in, offset);
    if (in->len || !r_feed_is_framed(&in->feed))
        return HZ_OK;
    code = refill(in, err);
    if (code)
        return code;
    *follows = !in->ended || in->piece->fault.there;
    *offset = in->piece->fault.there && in->ended ? in->piece->fault.offset : in->piece->offset;
    return HZ_OK;
}

void r_input_digest(struct r_input *in, const struct r_later_item *item)
{
    const unsigned char *begin = in->piece ? in->piece->bytes : NULL;
    bool held = begin && item->bytes >= begin && item->bytes + item->len <= begin + in->piece->len;

    if (!held || !r_later_add(&in->later, in->piece, item))
        r_later_digest(item);
}

void r_input_digested(struct r_input *in)
{
    r_later_wait(&in->later);
}

int r_input_drain(struct r_input *in, unsigned char sha256[R_SHA256_SIZE], struct hz_error *err)
{
    r_later_wait(&in->later);
    let_go(in);
    return r_feed_drain(&in->feed, sha256, err);
}

const char *r_input_packing(const struct r_input *in)
{
    static const char *const words[] = { [R_FEED_ZSTD] = "zstd", [R_FEED_GZIP] = "gzip" };

    return in->feed.kind == R_FEED_ZSTD || in->feed.kind == R_FEED_GZIP ? words[in->feed.kind] : NULL;
}

uint64_t r_input_file_bytes(const struct r_input *in)
{
    return in->feed.offset;
}
