#include "formats/read/sshwire.h"

#include <string.h>

#include "base/text.h"

#define LINE 70

bool r_sshwire_u32(struct r_sshwire *from, uint32_t *out)
{
    const unsigned char *p = from->at;

    if (from->len < 4)
        return false;
    *out = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    from->at += 4;
    from->len -= 4;
    return true;
}

bool r_sshwire_string(struct r_sshwire *from, struct r_sshwire *out)
{
    struct r_sshwire rest = *from;
    uint32_t len;

    if (!r_sshwire_u32(&rest, &len) || len > rest.len)
        return false;
    *out = (struct r_sshwire) { rest.at, len };
    from->at = rest.at + len;
    from->len = rest.len - len;
    return true;
}

bool r_sshwire_mpint(struct r_sshwire *from, unsigned char *out, size_t size)
{
    struct r_sshwire n;

    if (!r_sshwire_string(from, &n) || !n.len || n.at[0] & 0x80)
        return false;
    if (n.at[0] == 0 && (n.len == 1 || !(n.at[1] & 0x80)))
        return false; /* zero, or a zero byte that is not needed */
    if (n.at[0] == 0) {
        n.at++;
        n.len--;
    }
    if (n.len > size)
        return false;
    memset(out, 0, size - n.len);
    memcpy(out + size - n.len, n.at, n.len);
    return true;
}

bool r_sshwire_is(const struct r_sshwire *s, const char *text)
{
    return s->len == strlen(text) && memcmp(s->at, text, s->len) == 0;
}

int r_sshwire_unarmour(const char *text, size_t len, struct buf *blob)
{
    static const char begin[] = "-----BEGIN SSH SIGNATURE-----\n", end[] = "-----END SSH SIGNATURE-----\n";
    const size_t begin_len = sizeof begin - 1, end_len = sizeof end - 1;
    HZ_CLEANUP(buf_free) struct buf base64 = BUF_INIT(len);
    const char *p = text + begin_len, *stop = text + len - end_len;

    if (buf_grow(&base64, len) == NULL) /* room for all of it at once */
        return base64.failed;
    buf_reset(&base64);
    if (len < begin_len + end_len || memcmp(text, begin, begin_len) != 0 || memcmp(stop, end, end_len) != 0)
        return HZ_E_FORMAT;
    while (p < stop) {
        const char *newline = memchr(p, '\n', (size_t)(stop - p));
        size_t n = newline ? (size_t)(newline - p) : 0;

        if (!n || n > LINE || (n < LINE && newline + 1 != stop))
            return HZ_E_FORMAT;
        buf_put(&base64, p, n);
        p = newline + 1;
    }
    if (base64.failed || !base64.len)
        return base64.failed ? (int)base64.failed : HZ_E_FORMAT;
    return text_unbase64(blob, (const char *)base64.data, base64.len);
}
