#include "formats/write/frame.h"

#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/lang.h"

#define ZSTD_LEVEL 1     /* a containment waits for the collection: higher ones cost half as much again for 1 % */
#define ZSTD_HASH_LOG 13 /* 32 KiB, which a processor's first cache holds: a tenth faster for 1 or 2 % */
#define GZIP_LEVEL 1
#define GZIP_MEMORY 8
#define SYNC_FLUSH ((size_t)16) /* deflateBound knows nothing of the flush */

struct w_frame {
    enum w_compress how;
    ZSTD_CCtx *zstd;
    z_stream gzip;
    size_t room;
};

static int no_memory(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

static int open_zstd(struct w_frame *f, struct hz_error *err)
{
    f->zstd = ZSTD_createCCtx();
    if (f->zstd == NULL)
        return no_memory(err);
    ZSTD_CCtx_setParameter(f->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
    ZSTD_CCtx_setParameter(f->zstd, ZSTD_c_hashLog, ZSTD_HASH_LOG);
    ZSTD_CCtx_setParameter(f->zstd, ZSTD_c_checksumFlag, 1);
    f->room = ZSTD_compressBound(W_FRAME_CONTENT);
    return HZ_OK;
}

static int open_gzip(struct w_frame *f, struct hz_error *err)
{
    if (deflateInit2(&f->gzip, GZIP_LEVEL, Z_DEFLATED, -MAX_WBITS, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return no_memory(err);
    f->room = deflateBound(&f->gzip, W_FRAME_CONTENT) + SYNC_FLUSH;
    return HZ_OK;
}

int w_frame_new(struct w_frame **out, enum w_compress how, struct hz_error *err)
{
    struct w_frame *f = calloc(1, sizeof *f);
    if (f == NULL)
        return no_memory(err);
    f->how = how;
    int rc = how == W_COMPRESS_ZSTD ? open_zstd(f, err) : how == W_COMPRESS_GZIP ? open_gzip(f, err) : HZ_OK;
    if (rc != HZ_OK)
        w_frame_free(f);
    else
        *out = f;
    return rc;
}

void w_frame_free(struct w_frame *f)
{
    if (f == NULL)
        return;
    ZSTD_freeCCtx(f->zstd);
    if (f->gzip.state != NULL)
        deflateEnd(&f->gzip);
    free(f);
}

size_t w_frame_room(const struct w_frame *f)
{
    return f->room;
}

static int pack_zstd(struct w_frame *f, const void *bytes, size_t len, unsigned char *to, size_t *packed,
                     struct hz_error *err)
{
    size_t n = ZSTD_compress2(f->zstd, to, f->room, bytes, len);
    if (ZSTD_isError(n))
        return ZSTD_getErrorCode(n) == ZSTD_error_memory_allocation
                   ? no_memory(err)
                   : hz_error_set(err, HZ_E_FORMAT, _("cannot compress: %s"), ZSTD_getErrorName(n));
    *packed = n;
    return HZ_OK;
}

static int pack_gzip(struct w_frame *f, const void *bytes, size_t len, unsigned char *to, size_t *packed,
                     struct hz_error *err)
{
    z_stream *z = &f->gzip;
    int rc = deflateReset(z);
    z->next_in = bytes;
    z->avail_in = (uInt)len;
    z->next_out = to;
    z->avail_out = (uInt)f->room;
    if (rc == Z_OK)
        rc = deflate(z, Z_SYNC_FLUSH);
    if (rc != Z_OK || z->avail_in != 0 || z->avail_out == 0)
        return hz_error_set(err, HZ_E_FORMAT, _("cannot compress: %s"), zError(rc));
    *packed = f->room - z->avail_out;
    return HZ_OK;
}

int w_frame_pack(struct w_frame *f, const void *bytes, size_t len, unsigned char *to, size_t *packed, uint32_t *crc,
                 struct hz_error *err)
{
    *crc = 0;
    if (f->how == W_COMPRESS_ZSTD)
        return pack_zstd(f, bytes, len, to, packed, err);
    *crc = (uint32_t)crc32_z(0, bytes, len);
    return pack_gzip(f, bytes, len, to, packed, err);
}

void w_frame_add(struct w_frame_sum *sum, uint32_t crc, size_t len)
{
    sum->crc = (uint32_t)crc32_combine(sum->crc, crc, (z_off_t)len);
    sum->size += len;
}

size_t w_frame_head(enum w_compress how, unsigned char out[W_FRAME_EDGE])
{
    /* deflate, no name, no time, no flags, made on Unix */
    static const unsigned char head[10] = { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3 };
    if (how != W_COMPRESS_GZIP)
        return 0;
    memcpy(out, head, sizeof head);
    return sizeof head;
}

static void put_u32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++, value >>= 8)
        to[i] = (unsigned char)value;
}

size_t w_frame_tail(enum w_compress how, const struct w_frame_sum *sum, unsigned char out[W_FRAME_EDGE])
{
    if (how != W_COMPRESS_GZIP)
        return 0;
    out[0] = 3; /* the last block: fixed codes, nothing but its end */
    out[1] = 0;
    put_u32(out + 2, sum->crc);
    put_u32(out + 6, (uint32_t)sum->size);
    return 10;
}
