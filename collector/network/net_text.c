#include "collector/network/net_text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

void net_text_address(char out[NET_ADDRESS_SIZE], int family, const void *bytes, size_t len)
{
    out[0] = '\0';
    if ((family == AF_INET && len == 4) || (family == AF_INET6 && len == 16))
        (void)inet_ntop(family, bytes, out, NET_ADDRESS_SIZE);
}

void net_text_mac(char out[96], const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = bytes;
    char *to = out;
    for (size_t i = 0; i < len && i < 32; i++) {
        if (i > 0)
            *to++ = ':';
        *to++ = digits[p[i] >> 4];
        *to++ = digits[p[i] & 15];
    }
    *to = '\0';
}

void net_text_pad(struct buf *out, size_t from, size_t columns)
{
    static const char blanks[] = "                                                                ";
    size_t used = out->len - from, missing = used < columns ? columns - used : 1;
    buf_put(out, blanks, missing < sizeof blanks ? missing : sizeof blanks - 1);
}

void net_json_some(struct json_out *j, const char *key, uint64_t value)
{
    if (value != 0)
        json_member_decimal(j, key, value);
}

void net_json_count(struct json_out *j, const char *key, uint32_t value)
{
    if (value != 0)
        json_member_int(j, key, value);
}
