#include "collector/firewall/fw_xt_words.h"

#include <inttypes.h>
#include <linux/netfilter.h>
#include <string.h>

#include "collector/firewall/fw_type.h"

bool fw_xt_copy(const struct fw_xt *x, void *out, size_t size)
{
    if (x->len < size)
        return false;
    memcpy(out, x->data, size);
    return true;
}

bool fw_xt_write(const struct fw_xt_word *table, size_t count, struct buf *out, const struct fw_xt *x)
{
    const size_t before = out->len;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].name, x->name) != 0 || x->revision < table[i].from || x->revision > table[i].to)
            continue;
        if (table[i].write(out, x))
            return true;
        if (out->failed == HZ_OK)
            out->len = before;
        return false;
    }
    return false;
}

void fw_xt_option(struct buf *out, bool inverted, const char *option)
{
    buf_printf(out, inverted ? " ! %s" : " %s", option);
}

void fw_xt_masked(struct buf *out, uint32_t value, uint32_t mask)
{
    buf_printf(out, " 0x%" PRIx32, value);
    if (mask != UINT32_MAX)
        buf_printf(out, "/0x%" PRIx32, mask);
}

void fw_xt_address(struct buf *out, uint8_t family, const void *bytes)
{
    fw_type_address(out, bytes, family == NFPROTO_IPV6 ? 16 : 4);
}

int fw_xt_prefix(const unsigned char *mask, size_t len)
{
    size_t bits = len * 8, at = 0;
    while (at < bits && (mask[at / 8] >> (7 - at % 8) & 1) == 1)
        at++;
    for (size_t i = at; i < bits; i++)
        if ((mask[i / 8] >> (7 - i % 8) & 1) == 1)
            return -1;
    return (int)at;
}

void fw_xt_bits(struct buf *out, const struct fw_xt_bit *table, size_t count, uint32_t value)
{
    const char *gap = " ";
    for (size_t i = 0; i < count; i++)
        if ((value & table[i].bit) != 0) {
            buf_printf(out, "%s%s", gap, table[i].name);
            gap = ",";
            value &= ~table[i].bit;
        }
    if (value != 0)
        buf_printf(out, "%s0x%" PRIx32, gap, value);
}

void fw_xt_protocol(struct buf *out, unsigned protocol)
{
    static const struct {
        unsigned number;
        const char *name;
    } names[] = { { 1, "icmp" },
                  { 2, "igmp" },
                  { 6, "tcp" },
                  { 17, "udp" },
                  { 33, "dccp" },
                  { 47, "gre" },
                  { 50, "esp" },
                  { 51, "ah" },
                  { 58, "ipv6-icmp" },
                  { 132, "sctp" },
                  { 135, "mobility-header" },
                  { 136, "udplite" } };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == protocol) {
            buf_puts(out, names[i].name);
            return;
        }
    buf_decimal(out, protocol);
}
