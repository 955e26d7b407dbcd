/* Hexadecimal digits and SSH strings for tests. */
#ifndef HZ_TESTS_READ_SSH_H
#define HZ_TESTS_READ_SSH_H

#include "base/buf.h"
#include "base/text.h"
#include "tests/unit/test.h"

static inline size_t from_hex(unsigned char *out, size_t room, const char *hex, size_t len)
{
    assert_true(len % 2 == 0 && len / 2 <= room);
    assert_int_equal(text_unhex(out, len / 2, hex, len), HZ_OK);
    return len / 2;
}

static inline void put_string(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char size[4] = { 0, 0, (unsigned char)(len >> 8), (unsigned char)len };

    buf_put(out, size, 4);
    buf_put(out, bytes, len);
}

#endif
