/* Frames of zstd: where one ends does not depend on how much of it was there at first, is what the library says, and it
 * decodes to what it states or not at all. */
#include <zstd.h>

#include "formats/read/decode.h"
#include "formats/read/frame.h"
#include "tests/fuzz/fuzz.h"

/* Read piece by piece, as a file comes. */
static enum r_frame_answer grown(const uint8_t *data, size_t size, struct r_frame *f)
{
    enum r_frame_answer answer = R_FRAME_MORE;
    r_frame_begin(f);
    for (size_t n = 0; answer == R_FRAME_MORE && n <= size; n++)
        answer = r_frame_scan(f, data, n);
    return answer;
}

static void whole(const uint8_t *data, const struct r_frame *f)
{
    static struct r_decoder *decoder; /* kept: to make them costs more than most frames */
    static ZSTD_DCtx *other;
    FUZZ_HOLDS(f->size <= R_FRAME_MAX && f->content >= 1 && f->content <= R_FRAME_CONTENT_MAX);
    FUZZ_HOLDS(ZSTD_findFrameCompressedSize(data, f->size) == f->size);
    FUZZ_HOLDS(ZSTD_getFrameContentSize(data, f->size) == f->content);
    unsigned char *content = malloc(f->content), *twin = malloc(f->content);
    FUZZ_HOLDS(content != NULL && twin != NULL && (decoder != NULL || r_decoder_open(&decoder, NULL) == HZ_OK));
    FUZZ_HOLDS(other != NULL || (other = ZSTD_createDCtx()) != NULL);
    bool decoded = r_decode_frame(decoder, content, f->content, data, f->size);
    FUZZ_HOLDS(decoded == (ZSTD_decompressDCtx(other, twin, f->content, data, f->size) == f->content));
    FUZZ_HOLDS(!decoded || memcmp(content, twin, f->content) == 0);
    free(content);
    free(twin);
}

/* Block by block, as whoever passes over a frame reads it. */
static enum r_frame_answer passed(const uint8_t *data, size_t size, struct r_frame *f)
{
    enum r_frame_answer answer;
    r_frame_begin(f);
    answer = r_frame_scan(f, data, size < R_FRAME_HEAD_MAX ? size : R_FRAME_HEAD_MAX);
    while (answer == R_FRAME_MORE && f->headed && !f->last && size >= f->at && size - f->at >= R_FRAME_BLOCK_HEAD)
        answer = r_frame_block(f, data + f->at);
    return answer == R_FRAME_MORE && f->last && size >= f->size ? R_FRAME_WHOLE : answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct r_frame at_once, slowly, leaping;
    r_frame_begin(&at_once);
    enum r_frame_answer answer = r_frame_scan(&at_once, data, size);
    FUZZ_HOLDS(grown(data, size, &slowly) == answer);
    FUZZ_HOLDS(passed(data, size, &leaping) == answer);
    FUZZ_HOLDS(answer != R_FRAME_MORE || size < R_FRAME_MAX);
    if (answer != R_FRAME_WHOLE)
        return 0;
    FUZZ_HOLDS(at_once.size == slowly.size && at_once.content == slowly.content && at_once.size == leaping.size);
    whole(data, &at_once);
    return 0;
}
