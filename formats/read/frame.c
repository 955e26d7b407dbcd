#include "formats/read/frame.h"

#include <string.h>

#define BLOCK_MAX ((uint64_t)128 * 1024)
#define CHECKSUM_SIZE 4

enum block_type { BLOCK_RAW, BLOCK_RUN, BLOCK_COMPRESSED, BLOCK_RESERVED };

bool r_frame_is(const unsigned char *bytes, size_t len)
{
    return len >= 4 && memcmp(bytes, "\x28\xb5\x2f\xfd", 4) == 0;
}

void r_frame_begin(struct r_frame *f)
{
    memset(f, 0, sizeof *f);
}

static uint64_t little_endian(const unsigned char *p, size_t len)
{
    uint64_t value = 0;

    while (len--)
        value = value << 8 | p[len];
    return value;
}

/* RFC 8878 section 3.1.1.1.2 */
static uint64_t window_size(unsigned descriptor)
{
    uint64_t base = UINT64_C(1) << (10 + (descriptor >> 3));

    return base + base / 8 * (descriptor & 7);
}

static enum r_frame_answer read_sizes(struct r_frame *f, const unsigned char *bytes, size_t len, uint64_t window)
{
    static const size_t widths[] = { 1, 2, 4, 8 };
    unsigned flag = bytes[4] >> 6;
    bool single = bytes[4] & 0x20;
    size_t at = single ? 5 : 6, width = widths[flag];
    uint64_t content;

    if (len < at + width)
        return R_FRAME_MORE;
    content = little_endian(bytes + at, width) + (flag == 1 ? 256 : 0);
    if (!content)
        return R_FRAME_WRONG;
    if (content > R_FRAME_CONTENT_MAX)
        return R_FRAME_LIMIT;
    if (single)
        window = content;
    f->content = (size_t)content;
    f->block_max = (size_t)(window < BLOCK_MAX ? window : BLOCK_MAX);
    f->at = at + width;
    f->headed = true;
    return R_FRAME_MORE;
}

/* Judges what is there in the order of its bytes */
static enum r_frame_answer read_header(struct r_frame *f, const unsigned char *bytes, size_t len)
{
    uint64_t window = 0;

    if (len >= 4 && !r_frame_is(bytes, len))
        return R_FRAME_WRONG;
    if (len < 5)
        return R_FRAME_MORE;
    /* bits 4 and 3 are unused and reserved, bit 2 is the checksum, bits 1 and 0 a dictionary; without the bits 7 to 5
     * no content size is stated */
    if ((bytes[4] & 0x1f) != 0x04 || bytes[4] == 0x04)
        return R_FRAME_WRONG;
    if (!(bytes[4] & 0x20)) {
        if (len < 6)
            return R_FRAME_MORE;
        window = window_size(bytes[5]);
        if (window > R_FRAME_WINDOW_MAX)
            return R_FRAME_LIMIT;
    }
    return read_sizes(f, bytes, len, window);
}

/* The block whose header is at p: its length in the frame, 0 when it is not allowed */
static size_t block_length(const struct r_frame *f, const unsigned char *p)
{
    uint64_t header = little_endian(p, 3);
    size_t size = (size_t)(header >> 3);
    enum block_type type = (enum block_type)(header >> 1 & 3);
    bool last = header & 1;

    if (type == BLOCK_RESERVED || size > f->block_max || (!size && !(type == BLOCK_RAW && last)))
        return 0;
    return 3 + (type == BLOCK_RUN ? 1 : size);
}

enum r_frame_answer r_frame_block(struct r_frame *f, const unsigned char header[R_FRAME_BLOCK_HEAD])
{
    size_t block = block_length(f, header);

    f->last = header[0] & 1;
    f->at += block;
    f->size = f->at + (f->last ? CHECKSUM_SIZE : 0);
    return !block || f->size > f->content + f->content / 256 + 64 ? R_FRAME_WRONG : R_FRAME_MORE;
}

enum r_frame_answer r_frame_scan(struct r_frame *f, const unsigned char *bytes, size_t len)
{
    if (!f->headed) {
        enum r_frame_answer answer = read_header(f, bytes, len);

        if (answer != R_FRAME_MORE || !f->headed)
            return answer;
    }
    while (!f->last && len >= f->at + R_FRAME_BLOCK_HEAD) /* at is never far beyond R_FRAME_MAX */
        if (r_frame_block(f, bytes + f->at) != R_FRAME_MORE)
            return R_FRAME_WRONG;
    return f->last && len >= f->size ? R_FRAME_WHOLE : R_FRAME_MORE;
}
