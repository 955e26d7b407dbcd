/* Manifests and the tagmanifest: a stream has the same lines however it is cut, and a line that is accepted is the one
 * encoding of its digest and path. */
#include "formats/read/manifest.h"
#include "base/text.h"
#include "formats/read/line.h"
#include "formats/read/tags.h"
#include "tests/fuzz/fuzz.h"

struct lines {
    uint64_t count, mark; /* mark: of all that was given */
};

static int take(void *context, const char *line, size_t len, uint64_t number, uint64_t offset, struct hz_error *err)
{
    unsigned char digest[R_SHA512_SIZE];
    char hex[2 * R_SHA512_SIZE + 1];
    struct lines *l = context;
    const char *path = NULL;
    size_t path_len = 0;

    (void)err;
    FUZZ_HOLDS(++l->count == number);
    for (size_t i = 0; i < len; i++)
        l->mark = (l->mark ^ (unsigned char)line[i]) * UINT64_C(0x100000001b3);
    l->mark = (l->mark ^ offset) * UINT64_C(0x100000001b3);
    for (size_t size = R_SHA256_SIZE; size <= R_SHA512_SIZE; size *= 2) {
        if (r_manifest_line(line, len, digest, size, &path, &path_len) != HZ_OK)
            continue;
        text_hex(hex, digest, size);
        FUZZ_HOLDS(path_len >= 1 && path + path_len == line + len && memcmp(hex, line, 2 * size) == 0);
        FUZZ_HOLDS(path - line == (ptrdiff_t)(2 * size + 2));
    }
    return HZ_OK;
}

static struct lines split(const uint8_t *data, size_t size, size_t step, bool *whole)
{
    struct lines l = { 0, 0 };
    struct r_line s = { 0 };

    r_line_begin(&s, R_MANIFEST_LINE_MAX);
    for (size_t at = 0; at < size; at += step)
        FUZZ_HOLDS(r_line_put(&s, data + at, size - at < step ? size - at : step, take, &l, NULL) == HZ_OK);
    *whole = r_line_whole(&s);
    FUZZ_HOLDS(s.part.len <= R_MANIFEST_LINE_MAX);
    r_line_free(&s);
    return l;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct r_tags tags = { 0 };
    enum r_why why = R_WHY_COUNT;
    uint64_t line = 0;
    bool whole, whole_too;
    struct lines at_once = split(data, size, size + 1, &whole), slowly = split(data, size, 3, &whole_too);

    FUZZ_HOLDS(at_once.count == slowly.count && at_once.mark == slowly.mark && whole == whole_too);
    if (r_tags_read(&tags, (const char *)data, size, &line, &why) == HZ_OK) {
        FUZZ_HOLDS(size > 0 && tags.segment_count <= R_TAGS_SEGMENTS && whole && line == at_once.count);
    } else {
        FUZZ_HOLDS(why != R_WHY_COUNT && !tags.known);
    }
    r_tags_free(&tags);
    return 0;
}
