#include "collector/firewall/fw_type.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/stamp.h"
#include "collector/firewall/fw_attr.h"
#include "collector/firewall/fw_words.h"

#define HOST 1
#define FLAGS 2
#define ADDRESS 4

static const struct {
    const char *name;
    unsigned char size, traits;
} types[FW_TYPES] = {
    [FW_VERDICT] = { "verdict", 0, 0 },
    [FW_NFPROTO] = { "nf_proto", 1, 0 },
    [FW_BITMASK] = { "bitmask", 0, 0 },
    [FW_INTEGER] = { "integer", 4, 0 },
    [FW_STRING] = { "string", 0, HOST },
    [FW_LLADDR] = { "ll_addr", 0, 0 },
    [FW_IPADDR] = { "ipv4_addr", 4, ADDRESS },
    [FW_IP6ADDR] = { "ipv6_addr", 16, ADDRESS },
    [FW_ETHERADDR] = { "ether_addr", 6, 0 },
    [FW_ETHERTYPE] = { "ether_type", 2, 0 },
    [FW_ARPOP] = { "arp_op", 2, 0 },
    [FW_INET_PROTOCOL] = { "inet_proto", 1, 0 },
    [FW_INET_SERVICE] = { "inet_service", 2, 0 },
    [FW_ICMP_TYPE] = { "icmp_type", 1, 0 },
    [FW_TCP_FLAG] = { "tcp_flag", 1, FLAGS },
    [FW_DCCP_PKTTYPE] = { "dccp_pkttype", 1, 0 },
    [FW_MH_TYPE] = { "mh_type", 1, 0 },
    [FW_TIME] = { "time", 4, HOST },
    [FW_MARK] = { "mark", 4, HOST },
    [FW_IFINDEX] = { "iface_index", 4, HOST },
    [FW_ARPHRD] = { "iface_type", 2, HOST },
    [FW_REALM] = { "realm", 4, HOST },
    [FW_CLASSID] = { "classid", 4, HOST },
    [FW_UID] = { "uid", 4, HOST },
    [FW_GID] = { "gid", 4, HOST },
    [FW_CT_STATE] = { "ct_state", 4, HOST | FLAGS },
    [FW_CT_DIR] = { "ct_dir", 1, HOST },
    [FW_CT_STATUS] = { "ct_status", 4, HOST | FLAGS },
    [FW_ICMP6_TYPE] = { "icmpv6_type", 1, 0 },
    [FW_CT_LABEL] = { "ct_label", 16, HOST },
    [FW_PKTTYPE] = { "pkt_type", 1, HOST },
    [FW_ICMP_CODE] = { "icmp_code", 1, 0 },
    [FW_ICMPV6_CODE] = { "icmpv6_code", 1, 0 },
    [FW_ICMPX_CODE] = { "icmpx_code", 1, 0 },
    [FW_DEVGROUP] = { "devgroup", 4, HOST },
    [FW_DSCP] = { "dscp", 1, 0 },
    [FW_ECN] = { "ecn", 1, 0 },
    [FW_FIB_ADDR] = { "fib_addrtype", 4, HOST },
    [FW_BOOLEAN] = { "boolean", 1, HOST },
    [FW_CT_EVENTBIT] = { "ct_event", 4, HOST | FLAGS },
    [FW_IFNAME] = { "ifname", 16, HOST },
    [FW_IGMP_TYPE] = { "igmp_type", 1, 0 },
    [FW_TIME_DATE] = { "time", 8, HOST },
    [FW_TIME_HOUR] = { "hour", 4, HOST },
    [FW_TIME_DAY] = { "day", 1, HOST },
    [FW_CGROUPV2] = { "cgroupsv2", 8, HOST },
};

const char *fw_type_name(enum fw_type type)
{
    return type < FW_TYPES ? types[type].name : NULL;
}

size_t fw_type_size(enum fw_type type)
{
    return type < FW_TYPES ? types[type].size : 0;
}

static bool has(enum fw_type type, unsigned trait)
{
    return type < FW_TYPES && (types[type].traits & trait) != 0;
}

bool fw_type_host_order(enum fw_type type)
{
    return has(type, HOST);
}

bool fw_type_is_flags(enum fw_type type)
{
    return has(type, FLAGS);
}

bool fw_type_is_address(enum fw_type type)
{
    return has(type, ADDRESS);
}

unsigned fw_type_split(uint32_t type, enum fw_type parts[FW_TYPE_PARTS])
{
    unsigned count = 0;
    for (int shift = (FW_TYPE_PARTS - 1) * FW_TYPE_BITS; shift >= 0; shift -= FW_TYPE_BITS) {
        uint32_t part = type >> shift & ((1U << FW_TYPE_BITS) - 1);
        if (part != 0 || count > 0)
            parts[count++] = (enum fw_type)part;
    }
    if (count == 0)
        parts[count++] = FW_INVALID;
    return count;
}

void fw_type_address(struct buf *out, const unsigned char *bytes, size_t len)
{
    char text[INET6_ADDRSTRLEN];
    if (len == 4 || len == 16)
        buf_puts(out, inet_ntop(len == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text));
    else
        fw_type_hex(out, bytes, len, false);
}

void fw_type_hex(struct buf *out, const unsigned char *bytes, size_t len, bool host_order)
{
    if (len <= 8) {
        buf_printf(out, "0x%" PRIx64, fw_attr_number(bytes, len, host_order));
        return;
    }
    buf_puts(out, "0x");
    for (size_t i = 0; i < len; i++)
        buf_printf(out, "%02x", bytes[host_order ? len - 1 - i : i]);
}

void fw_type_quoted(struct buf *out, const void *text, size_t len)
{
    const char *at = text;
    buf_putc(out, '"');
    for (size_t i = 0; i < len; i++) {
        if (at[i] == '"')
            buf_puts(out, "\\x22");
        else {
            size_t from = i;
            while (i + 1 < len && at[i + 1] != '"')
                i++;
            escape_terminal(out, at + from, i + 1 - from);
        }
    }
    buf_putc(out, '"');
}

void fw_type_word(struct buf *out, const void *text, size_t len)
{
    const unsigned char *at = text;
    bool plain = len > 0 && (isalpha(at[0]) || at[0] == '_');
    for (size_t i = 0; i < len; i++)
        plain = plain && at[i] < 0x80 && (isalnum(at[i]) || strchr("_-./", at[i]) != NULL);
    if (plain)
        buf_put(out, text, len);
    else
        fw_type_quoted(out, text, len);
}

void fw_type_duration(struct buf *out, uint64_t ms)
{
    static const struct {
        const char *unit;
        uint64_t size;
    } units[] = { { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 } };
    if (ms == 0)
        buf_puts(out, "0s");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (ms / units[i].size > 0)
            buf_printf(out, "%" PRIu64 "%s", ms / units[i].size, units[i].unit);
        ms %= units[i].size;
    }
}

void fw_type_flags(struct buf *out, enum fw_type type, uint64_t value, const char *between)
{
    const char *gap = "";
    for (unsigned bit = 0; bit < 64; bit++) {
        const uint64_t flag = UINT64_C(1) << bit;
        if ((value & flag) == 0)
            continue;
        const char *word = fw_words_find(type, flag);
        buf_puts(out, gap);
        if (word != NULL)
            buf_puts(out, word);
        else
            buf_printf(out, "0x%" PRIx64, flag);
        gap = between;
    }
    if (value == 0)
        buf_puts(out, "0x0");
}

static void put_link(struct buf *out, uint64_t index, const struct fw_links *links)
{
    for (size_t i = 0; links != NULL && i < links->count; i++)
        if (links->list[i].index == index) {
            fw_type_quoted(out, links->list[i].name, strnlen(links->list[i].name, sizeof links->list[i].name));
            return;
        }
    buf_decimal(out, index);
}

/* A name that does not fill its 16 bytes with NULs is the beginning of one. */
static void put_name(struct buf *out, const unsigned char *bytes, size_t len)
{
    char name[17] = { 0 };
    size_t n = strnlen((const char *)bytes, len < 16 ? len : 15);
    memcpy(name, bytes, n);
    if (len < 16 && n == len)
        name[n++] = '*';
    fw_type_quoted(out, name, n);
}

static void put_date(struct buf *out, uint64_t ns)
{
    char text[STAMP_SIZE];
    stamp_format(text, (struct stamp) { .seconds = (int64_t)(ns / 1000000000), .nanoseconds = 0 });
    buf_printf(out, "\"%.10s %.8s\"", text, strnlen(text, STAMP_SIZE) > 18 ? text + 11 : "");
}

static void put_hour(struct buf *out, uint64_t seconds)
{
    buf_printf(out, "\"%02u:%02u", (unsigned)(seconds / 3600 % 24), (unsigned)(seconds / 60 % 60));
    if (seconds % 60 != 0)
        buf_printf(out, ":%02u", (unsigned)(seconds % 60));
    buf_putc(out, '"');
}

void fw_type_bits(struct buf *out, const unsigned char *bytes, size_t len)
{
    const char *gap = "";
    for (unsigned i = 0; i < len * 8; i++) {
        size_t byte = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? i / 8 : len - 1 - i / 8;
        if ((bytes[byte] >> i % 8 & 1) == 1) {
            buf_printf(out, "%s%u", gap, i);
            gap = ",";
        }
    }
}

static bool put_special(struct buf *out, enum fw_type type, const unsigned char *bytes, size_t len, uint64_t value,
                        const struct fw_links *links)
{
    if (type == FW_IPADDR || type == FW_IP6ADDR)
        fw_type_address(out, bytes, len);
    else if (type == FW_ETHERADDR || type == FW_LLADDR)
        for (size_t i = 0; i < len; i++)
            buf_printf(out, "%s%02x", i == 0 ? "" : ":", bytes[i]);
    else if (type == FW_IFNAME)
        put_name(out, bytes, len);
    else if (type == FW_STRING)
        fw_type_quoted(out, bytes, strnlen((const char *)bytes, len));
    else if (type == FW_IFINDEX)
        put_link(out, value, links);
    else if (type == FW_TIME_DATE)
        put_date(out, value);
    else if (type == FW_TIME_HOUR)
        put_hour(out, value);
    else if (type == FW_TIME)
        fw_type_duration(out, value);
    else if (type == FW_MARK || (type == FW_ETHERTYPE && len == 2))
        buf_printf(out, type == FW_MARK ? "0x%08" PRIx64 : "0x%04" PRIx64, value);
    else if (type == FW_CLASSID)
        buf_printf(out, "%" PRIx64 ":%" PRIx64, value >> 16, value & 0xffff);
    else
        return false;
    return true;
}

void fw_type_bound(struct buf *out, enum fw_type type, const unsigned char *bytes, size_t len, bool host_order,
                   const struct fw_links *links)
{
    const uint64_t value = fw_attr_number(bytes, len, host_order);
    if (fw_type_is_flags(type))
        fw_type_flags(out, type, value, ",");
    else if (put_special(out, type, bytes, len, value, links))
        return;
    else if (len > 8)
        fw_type_hex(out, bytes, len, host_order);
    else
        buf_decimal(out, value);
}

void fw_type_value(struct buf *out, enum fw_type type, const unsigned char *bytes, size_t len, bool host_order,
                   const struct fw_links *links)
{
    const char *word = len > 8 ? NULL : fw_words_find(type, fw_attr_number(bytes, len, host_order));
    if (word != NULL)
        buf_puts(out, word);
    else if (type == FW_CT_LABEL && host_order)
        fw_type_bits(out, bytes, len);
    else
        fw_type_bound(out, type, bytes, len, host_order, links);
}
