/* Hexadecimal digits, SSH strings and armours for tests. */
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

static inline void put_armour(struct buf *out, const struct buf *blob, size_t width)
{
    HZ_CLEANUP(buf_free) struct buf base64 = BUF_INIT(8192);
    size_t at;

    text_base64(&base64, blob->data, blob->len);
    buf_puts(out, "-----BEGIN SSH SIGNATURE-----\n");
    for (at = 0; at < base64.len; at += width) {
        buf_put(out, base64.data + at, base64.len - at < width ? base64.len - at : width);
        buf_putc(out, '\n');
    }
    buf_puts(out, "-----END SSH SIGNATURE-----\n");
}

#endif
