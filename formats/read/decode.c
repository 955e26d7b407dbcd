#include "formats/read/decode.h"

#include <zstd.h>

#include "base/lang.h"

int r_decoder_open(struct r_decoder **out, struct hz_error *err)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();

    if (!context)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *out = (struct r_decoder *)context;
    return HZ_OK;
}

void r_decoder_close(struct r_decoder *d)
{
    ZSTD_freeDCtx((ZSTD_DCtx *)d);
}

bool r_decode_frame(struct r_decoder *d, void *content, size_t content_len, const void *frame, size_t frame_len)
{
    return ZSTD_decompressDCtx((ZSTD_DCtx *)d, content, content_len, frame, frame_len) == content_len;
}
