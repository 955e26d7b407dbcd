#include "formats/write/sshwire.h"

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

bool w_sshwire_take_u32(struct w_sshwire_view *from, uint32_t *out)
{
    const unsigned char *p = from->at;
    if (from->len < 4)
        return false;
    *out = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    *from = (struct w_sshwire_view) { p + 4, from->len - 4 };
    return true;
}

bool w_sshwire_take(struct w_sshwire_view *from, struct w_sshwire_view *out)
{
    struct w_sshwire_view rest = *from;
    uint32_t len = 0;
    if (!w_sshwire_take_u32(&rest, &len) || len > rest.len)
        return false;
    *out = (struct w_sshwire_view) { rest.at, len };
    *from = (struct w_sshwire_view) { rest.at + len, rest.len - len };
    return true;
}

bool w_sshwire_take_mpint(struct w_sshwire_view *from, unsigned char *out, size_t size)
{
    struct w_sshwire_view n;
    if (!w_sshwire_take(from, &n) || n.len == 0 || (n.at[0] & 0x80) != 0)
        return false;
    while (n.len > 0 && n.at[0] == 0) {
        n.at++;
        n.len--;
    }
    if (n.len == 0 || n.len > size)
        return false;
    memset(out, 0, size - n.len);
    memcpy(out + size - n.len, n.at, n.len);
    return true;
}
