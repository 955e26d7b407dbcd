#include "formats/write/store.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/lang.h"

#define LEVEL 1
#define OVERHEAD ((size_t)64) /* of a block: its head, and what malloc adds */

static int no_memory(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

int w_store_open(struct w_store *s, size_t limit, struct hz_error *err)
{
    memset(s, 0, sizeof *s);
    s->limit = limit;
    s->packer = ZSTD_createCCtx();
    s->unpacker = ZSTD_createDCtx();
    s->scratch = malloc(ZSTD_compressBound(W_STORE_BLOCK));
    if (s->packer == NULL || s->unpacker == NULL || s->scratch == NULL)
        return no_memory(err);
    ZSTD_CCtx_setParameter(s->packer, ZSTD_c_compressionLevel, LEVEL);
    s->used = ZSTD_compressBound(W_STORE_BLOCK) + ZSTD_sizeof_DCtx(s->unpacker);
    return HZ_OK;
}

void w_store_close(struct w_store *s)
{
    ZSTD_freeCCtx(s->packer);
    ZSTD_freeDCtx(s->unpacker);
    free(s->scratch);
    memset(s, 0, sizeof *s);
}

bool w_store_fits(const struct w_store *s, size_t more)
{
    if (s == NULL)
        return true;
    size_t blocks = OVERHEAD * (more / W_STORE_BLOCK + 2);
    size_t taken = s->used + s->waiting + blocks + ZSTD_sizeof_CCtx(s->packer); /* which grows when it is used */
    return taken <= s->limit && more <= s->limit - taken;
}

int w_store_pack(struct w_store *s, const void *bytes, size_t len, struct w_block **out, struct hz_error *err)
{
    size_t packed = ZSTD_compress2(s->packer, s->scratch, ZSTD_compressBound(W_STORE_BLOCK), bytes, len);
    bool smaller = !ZSTD_isError(packed) && packed < len; /* what cannot be packed is kept as it is */
    size_t size = smaller ? packed : len;
    struct w_block *b = malloc(sizeof *b + size);
    if (b == NULL)
        return no_memory(err);
    b->next = NULL;
    b->len = len;
    b->packed = size;
    memcpy(b->bytes, smaller ? s->scratch : bytes, size);
    s->used += size + OVERHEAD;
    *out = b;
    return HZ_OK;
}

int w_store_unpack(struct w_store *s, const struct w_block *block, void *to, struct hz_error *err)
{
    if (block->packed == block->len) {
        memcpy(to, block->bytes, block->len);
        return HZ_OK;
    }
    size_t n = ZSTD_decompressDCtx(s->unpacker, to, block->len, block->bytes, block->packed);
    if (n != block->len)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory")); /* our own bytes: nothing else fails */
    return HZ_OK;
}

void w_store_drop(struct w_store *s, struct w_block *block)
{
    s->used -= block->packed + OVERHEAD;
    free(block);
}

void *w_store_take(struct w_store *s, size_t size, struct hz_error *err)
{
    void *bytes = malloc(size);
    if (bytes == NULL)
        no_memory(err);
    else if (s != NULL)
        s->used += size;
    return bytes;
}

void w_store_give(struct w_store *s, void *bytes, size_t size)
{
    if (bytes != NULL && s != NULL)
        s->used -= size;
    free(bytes);
}
