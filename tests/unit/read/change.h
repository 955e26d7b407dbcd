/* A right text, and each of the changes that make it a wrong one. */
#ifndef HZ_TESTS_READ_CHANGE_H
#define HZ_TESTS_READ_CHANGE_H

#include "base/buf.h"
#include "tests/unit/test.h"

#define LINE_ROOM ((size_t)8192)

struct change {
    const char *from, *to; /* the first `from` becomes `to` */
};

/* text with one change made */
static inline void apply(const char *text, const struct change *c, struct buf *out)
{
    const char *at = strstr(text, c->from);

    buf_reset(out);
    if (!at)
        fail_msg("no %s in %s", c->from, text);
    else {
        buf_put(out, text, (size_t)(at - text));
        buf_puts(out, c->to);
        buf_puts(out, at + strlen(c->from));
    }
    assert_non_null(buf_text(out));
}

typedef int reader(const char *text, size_t len);

static inline void all_refused(reader *read, const char *good, const struct change *changes, size_t count, int code)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_ROOM);
    size_t i;

    assert_int_equal(read(good, strlen(good)), HZ_OK);
    for (i = 0; i < count; i++) {
        apply(good, &changes[i], &line);
        if (read((char *)line.data, line.len) != code)
            fail_msg("%s for %s: %d", changes[i].to, changes[i].from, read((char *)line.data, line.len));
    }
}

/* Every byte replaced and every length cut: never accepted as shorter, never out of bounds (the sanitizers look) */
static inline void hack(reader *read, const char *good)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_ROOM);
    static const unsigned char bytes[] = { 0, '"', '\\', '{', '}', ',', '0', 0xff };
    size_t i, k;

    buf_puts(&line, good);
    for (i = 0; i < line.len; i++) {
        unsigned char old = line.data[i];

        assert_int_not_equal(read((char *)line.data, i), HZ_OK);
        for (k = 0; k < sizeof bytes; k++) {
            line.data[i] = bytes[k];
            read((char *)line.data, line.len);
        }
        line.data[i] = old;
    }
    assert_int_equal(read((char *)line.data, line.len), HZ_OK);
}

#define ZEROS64 "0000000000000000000000000000000000000000000000000000000000000000"
#define TIME "2026-11-20T12:34:56.000000001Z"
#define SALT "\"salt\":\"00112233445566778899aabbccddeeff\""

#endif
