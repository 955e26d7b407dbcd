#include "collector/firewall/fw_attr.h"

#include <string.h>

struct netlink_attrs fw_attr_list(const struct netlink_attr *a)
{
    return netlink_attrs(a->data, a->data == NULL ? 0 : a->len);
}

void fw_attr_table(const void *list, size_t len, struct netlink_attr *table, size_t count)
{
    struct netlink_attrs all = netlink_attrs(list, list == NULL ? 0 : len);
    struct netlink_attr a;
    memset(table, 0, count * sizeof *table);
    while (netlink_next(&all, &a))
        if (a.type < count)
            table[a.type] = a;
}

void fw_attr_nested(const struct netlink_attr *a, struct netlink_attr *table, size_t count)
{
    fw_attr_table(a->data, a->len, table, count);
}

uint64_t fw_attr_number(const unsigned char *bytes, size_t len, bool host_order)
{
    const bool backwards = host_order && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    uint64_t value = 0;
    if (len > sizeof value)
        return 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | bytes[backwards ? len - 1 - i : i];
    return value;
}

uint64_t fw_attr_u64(const struct netlink_attr *a, uint64_t fallback)
{
    netlink_be64(a, &fallback);
    return fallback;
}

uint32_t fw_attr_u32(const struct netlink_attr *a, uint32_t fallback)
{
    netlink_be32(a, &fallback);
    return fallback;
}

uint16_t fw_attr_u16(const struct netlink_attr *a, uint16_t fallback)
{
    netlink_be16(a, &fallback);
    return fallback;
}

uint8_t fw_attr_u8(const struct netlink_attr *a, uint8_t fallback)
{
    netlink_u8(a, &fallback);
    return fallback;
}

bool fw_attr_same_text(const struct netlink_attr *a, const struct netlink_attr *b)
{
    size_t len = netlink_text(a);
    return len == netlink_text(b) && (len == 0 || memcmp(a->data, b->data, len) == 0);
}

struct netlink_attr fw_attr_userdata(const struct netlink_attr *a, unsigned type)
{
    struct netlink_attr none = { .data = NULL };
    for (size_t at = 0; a->len - at >= 2 && a->len > at;) {
        size_t len = a->data[at + 1];
        if (len > a->len - at - 2)
            break;
        if (a->data[at] == type)
            return (struct netlink_attr) { .type = (uint16_t)type, .data = a->data + at + 2, .len = len };
        at += 2 + len;
    }
    return none;
}
