/* The one member of gzip: the same bytes and the same answer in pieces of any size, and as zlib's own reader of gzip
 * files has them. */
#include <zlib.h>

#include "formats/read/gunzip.h"
#include "tests/fuzz/fuzz.h"

#define ROOM ((size_t)256 * 1024) /* more content is not looked at */

struct run {
    enum r_gunzip_answer answer;
    unsigned char *bytes; /* ROOM, not owned */
    size_t len, used;
};

static struct run take(unsigned char *to, const uint8_t *data, size_t size, size_t step)
{
    struct run run = { .answer = R_GUNZIP_MORE, .bytes = to };
    struct r_gunzip *g = NULL;
    FUZZ_HOLDS(r_gunzip_open(&g, NULL) == HZ_OK);
    for (bool moved = true; moved && run.answer == R_GUNZIP_MORE && run.len < ROOM;) {
        const unsigned char *in = data + run.used;
        unsigned char *out = run.bytes + run.len;
        size_t given = size - run.used < step ? size - run.used : step, left = given;
        size_t room = ROOM - run.len < step ? ROOM - run.len : step, space = room;
        run.answer = r_gunzip_take(g, &in, &left, &out, &space);
        FUZZ_HOLDS(left <= given && space <= room && in == data + run.used + (given - left));
        FUZZ_HOLDS(run.answer != R_GUNZIP_MORE || left == 0 || left < given || space < room);
        moved = left < given || space < room;
        run.used += given - left;
        run.len += room - space;
    }
    r_gunzip_close(g);
    return run;
}

static void twin(const uint8_t *data, size_t size, const struct run *run)
{
    static unsigned char bytes[ROOM];
    z_stream z = { .next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size };
    FUZZ_HOLDS(inflateInit2(&z, 16 + MAX_WBITS) == Z_OK);
    z.next_out = bytes;
    z.avail_out = (uInt)ROOM;
    FUZZ_HOLDS(inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == run->len && z.total_in == run->used);
    FUZZ_HOLDS(memcmp(bytes, run->bytes, run->len) == 0);
    inflateEnd(&z);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char first[ROOM], second[ROOM];
    struct run at_once = take(first, data, size, ROOM);
    struct run slowly = take(second, data, size, at_once.len < 4096 ? 7 : 509);
    if (at_once.len < ROOM) { /* else it ended where the room did */
        FUZZ_HOLDS(at_once.answer == slowly.answer && at_once.len == slowly.len);
        FUZZ_HOLDS(memcmp(at_once.bytes, slowly.bytes, slowly.len) == 0);
        FUZZ_HOLDS(at_once.answer == R_GUNZIP_WRONG || at_once.used == slowly.used);
    }
    if (at_once.answer == R_GUNZIP_END) {
        FUZZ_HOLDS(r_gunzip_is(data, size) && r_gunzip_is_ours(data, size));
        twin(data, size, &at_once);
    }
    return 0;
}
