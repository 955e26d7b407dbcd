#include "formats/read/gunzip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/lang.h"

#define HEAD_SIZE 10
#define TAIL_SIZE 8

static const unsigned char head[HEAD_SIZE] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };

struct r_gunzip {
    z_stream stream;
    size_t head_got, tail_got;
    unsigned char tail[TAIL_SIZE];
    bool ended; /* the deflate stream is over */
    uLong crc;
    uint32_t size;
};

bool r_gunzip_is(const unsigned char *bytes, size_t len)
{
    return len >= 2 && memcmp(bytes, head, 2) == 0;
}

bool r_gunzip_is_ours(const unsigned char *bytes, size_t len)
{
    return len >= HEAD_SIZE && memcmp(bytes, head, HEAD_SIZE) == 0;
}

int r_gunzip_open(struct r_gunzip **out, struct hz_error *err)
{
    struct r_gunzip *g = calloc(1, sizeof *g);

    if (!g || inflateInit2(&g->stream, -MAX_WBITS) != Z_OK) {
        free(g);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    g->crc = crc32(0, NULL, 0);
    *out = g;
    return HZ_OK;
}

void r_gunzip_close(struct r_gunzip *g)
{
    if (!g)
        return;
    inflateEnd(&g->stream);
    free(g);
}

static bool take_head(struct r_gunzip *g, const unsigned char **in, size_t *len)
{
    for (; *len && g->head_got < HEAD_SIZE; ++*in, --*len)
        if (**in != head[g->head_got++])
            return false;
    return true;
}

static bool take_body(struct r_gunzip *g, const unsigned char **in, size_t *in_len, unsigned char **out, size_t *room)
{
    z_stream *z = &g->stream;
    uInt before = (uInt)*room, made;
    int code;

    z->next_in = (Bytef *)(uintptr_t)*in; /* zlib does not write to it */
    z->avail_in = (uInt)*in_len;
    z->next_out = *out;
    z->avail_out = before;
    code = inflate(z, Z_NO_FLUSH);
    made = before - z->avail_out;
    g->crc = crc32(g->crc, *out, made);
    g->size += made;
    *in += *in_len - z->avail_in;
    *in_len = z->avail_in;
    *out += made;
    *room -= made;
    g->ended = code == Z_STREAM_END;
    return code == Z_STREAM_END || code == Z_OK || code == Z_BUF_ERROR;
}

static uint32_t little_endian(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

enum r_gunzip_answer r_gunzip_take(struct r_gunzip *g, const unsigned char **in, size_t *in_len, unsigned char **out,
                                   size_t *room)
{
    if (!take_head(g, in, in_len))
        return R_GUNZIP_WRONG;
    if (g->head_got == HEAD_SIZE && *room && !g->ended && !take_body(g, in, in_len, out, room))
        return R_GUNZIP_WRONG;
    if (!g->ended)
        return R_GUNZIP_MORE;
    for (; *in_len && g->tail_got < TAIL_SIZE; ++*in, --*in_len)
        g->tail[g->tail_got++] = **in;
    if (g->tail_got < TAIL_SIZE)
        return R_GUNZIP_MORE;
    return little_endian(g->tail) == g->crc && little_endian(g->tail + 4) == g->size ? R_GUNZIP_END : R_GUNZIP_WRONG;
}
