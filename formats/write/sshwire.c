#include "formats/write/sshwire.h"

#include <stdbool.h>
#include <string.h>

void w_sshwire_u32(struct buf *out, uint32_t value)
{
    unsigned char bytes[4] = { (unsigned char)(value >> 24), (unsigned char)(value >> 16), (unsigned char)(value >> 8),
                               (unsigned char)value };
    buf_put(out, bytes, sizeof bytes);
}

void w_sshwire_bytes(struct buf *out, const void *bytes, size_t len)
{
    w_sshwire_u32(out, (uint32_t)len);
    buf_put(out, bytes, len);
}

void w_sshwire_text(struct buf *out, const char *text)
{
    w_sshwire_bytes(out, text, strlen(text));
}

void w_sshwire_mpint(struct buf *out, const unsigned char *bytes, size_t len)
{
    while (len > 0 && bytes[0] == 0) {
        bytes++;
        len--;
    }
    bool negative_looking = len > 0 && (bytes[0] & 0x80) != 0;
    w_sshwire_u32(out, (uint32_t)(len + (negative_looking ? 1 : 0)));
    if (negative_looking)
        buf_putc(out, '\0');
    buf_put(out, bytes, len);
}
