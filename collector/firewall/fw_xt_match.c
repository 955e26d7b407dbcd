/* Matches: linux/netfilter/xt_*.h, in the words of iptables-extensions(8). */
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_length.h>
#include <linux/netfilter/xt_limit.h>
#include <linux/netfilter/xt_mac.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_owner.h>
#include <linux/netfilter/xt_physdev.h>
#include <linux/netfilter/xt_pkttype.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv4/ipt_ttl.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netfilter_ipv6/ip6t_hl.h>
#include <string.h>

#include "collector/firewall/fw_xt_words.h"

static void put_ports(struct buf *out, const char *option, uint16_t from, uint16_t to, bool inverted)
{
    if (from == 0 && to == UINT16_MAX && !inverted)
        return;
    fw_xt_option(out, inverted, option);
    if (from == to)
        buf_printf(out, " %u", from);
    else
        buf_printf(out, " %u:%u", from, to);
}

static void put_flags(struct buf *out, uint8_t flags)
{
    static const struct fw_xt_bit names[] = { { 0x01, "FIN" }, { 0x02, "SYN" }, { 0x04, "RST" },
                                              { 0x08, "PSH" }, { 0x10, "ACK" }, { 0x20, "URG" } };
    if (flags == 0)
        buf_puts(out, " NONE");
    else
        fw_xt_bits(out, names, 6, flags);
}

static bool tcp(struct buf *out, const struct fw_xt *x)
{
    struct xt_tcp i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    put_ports(out, "--sport", i.spts[0], i.spts[1], (i.invflags & XT_TCP_INV_SRCPT) != 0);
    put_ports(out, "--dport", i.dpts[0], i.dpts[1], (i.invflags & XT_TCP_INV_DSTPT) != 0);
    if (i.option != 0 || (i.invflags & XT_TCP_INV_OPTION) != 0) {
        fw_xt_option(out, (i.invflags & XT_TCP_INV_OPTION) != 0, "--tcp-option");
        buf_printf(out, " %u", i.option);
    }
    if (i.flg_mask != 0 || (i.invflags & XT_TCP_INV_FLAGS) != 0) {
        fw_xt_option(out, (i.invflags & XT_TCP_INV_FLAGS) != 0, "--tcp-flags");
        put_flags(out, i.flg_mask);
        put_flags(out, i.flg_cmp);
    }
    return true;
}

static bool udp(struct buf *out, const struct fw_xt *x)
{
    struct xt_udp i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    put_ports(out, "--sport", i.spts[0], i.spts[1], (i.invflags & XT_UDP_INV_SRCPT) != 0);
    put_ports(out, "--dport", i.dpts[0], i.dpts[1], (i.invflags & XT_UDP_INV_DSTPT) != 0);
    return true;
}

static bool icmp(struct buf *out, const struct fw_xt *x)
{
    struct ipt_icmp i; /* struct ip6t_icmp is the same */
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, (i.invflags & IPT_ICMP_INV) != 0, x->name[4] == '6' ? "--icmpv6-type" : "--icmp-type");
    if (i.type == UINT8_MAX && x->name[4] != '6') {
        buf_puts(out, " any");
        return true;
    }
    buf_printf(out, " %u", i.type);
    if (i.code[0] != 0 || i.code[1] != UINT8_MAX)
        buf_printf(out, "/%u", i.code[0]);
    return true;
}

static bool multiport(struct buf *out, const struct fw_xt *x)
{
    struct xt_multiport_v1 i;
    if (!fw_xt_copy(x, &i, sizeof i) || i.count > XT_MULTI_PORTS || i.flags > XT_MULTIPORT_EITHER)
        return false;
    fw_xt_option(out, i.invert != 0,
                 i.flags == XT_MULTIPORT_SOURCE        ? "--sports"
                 : i.flags == XT_MULTIPORT_DESTINATION ? "--dports"
                                                       : "--ports");
    for (unsigned k = 0; k < i.count; k++) {
        buf_printf(out, "%s%u", k == 0 ? " " : ",", i.ports[k]);
        if (i.pflags[k] != 0 && k + 1 < i.count)
            buf_printf(out, ":%u", i.ports[++k]);
    }
    return true;
}

static bool comment(struct buf *out, const struct fw_xt *x)
{
    struct xt_comment_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    buf_puts(out, " --comment ");
    fw_xt_string(out, i.comment, strnlen(i.comment, sizeof i.comment));
    return true;
}

/* The largest unit in which the rate is a whole number. */
static bool limit(struct buf *out, const struct fw_xt *x)
{
    static const struct {
        const char *name;
        uint32_t size;
    } rates[] = { { "day", XT_LIMIT_SCALE * 24 * 60 * 60 },
                  { "hour", XT_LIMIT_SCALE * 60 * 60 },
                  { "min", XT_LIMIT_SCALE * 60 },
                  { "sec", XT_LIMIT_SCALE } };
    struct xt_rateinfo i;
    if (!fw_xt_copy(x, &i, sizeof i) || i.avg == 0)
        return false;
    size_t k = 1;
    while (k < 4 && i.avg <= rates[k].size && rates[k].size / i.avg >= rates[k].size % i.avg)
        k++;
    buf_printf(out, " --limit %" PRIu32 "/%s", rates[k - 1].size / i.avg, rates[k - 1].name);
    if (i.burst != 5)
        buf_printf(out, " --limit-burst %" PRIu32, i.burst);
    return true;
}

static bool mark(struct buf *out, const struct fw_xt *x)
{
    struct xt_mark_mtinfo1 i; /* connmark has the same */
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, i.invert != 0, "--mark");
    fw_xt_masked(out, i.mark, i.mask);
    return true;
}

static bool mac(struct buf *out, const struct fw_xt *x)
{
    struct xt_mac_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, i.invert != 0, "--mac-source ");
    for (size_t k = 0; k < sizeof i.srcaddr; k++)
        buf_printf(out, k == 0 ? "%02x" : ":%02x", i.srcaddr[k]);
    return true;
}

static void put_owner(struct buf *out, bool inverted, const char *option, uint32_t from, uint32_t to)
{
    fw_xt_option(out, inverted, option);
    buf_printf(out, from == to ? " %" PRIu32 : " %" PRIu32 "-%" PRIu32, from, to);
}

static bool owner(struct buf *out, const struct fw_xt *x)
{
    struct xt_owner_match_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    if ((i.match & XT_OWNER_SOCKET) != 0)
        fw_xt_option(out, (i.invert & XT_OWNER_SOCKET) != 0, "--socket-exists");
    if ((i.match & XT_OWNER_UID) != 0)
        put_owner(out, (i.invert & XT_OWNER_UID) != 0, "--uid-owner", i.uid_min, i.uid_max);
    if ((i.match & XT_OWNER_GID) != 0)
        put_owner(out, (i.invert & XT_OWNER_GID) != 0, "--gid-owner", i.gid_min, i.gid_max);
    if ((i.match & XT_OWNER_SUPPL_GROUPS) != 0)
        buf_puts(out, " --suppl-groups");
    return true;
}

static bool addrtype(struct buf *out, const struct fw_xt *x)
{
    static const struct fw_xt_bit names[] = {
        { XT_ADDRTYPE_UNSPEC, "UNSPEC" },
        { XT_ADDRTYPE_UNICAST, "UNICAST" },
        { XT_ADDRTYPE_LOCAL, "LOCAL" },
        { XT_ADDRTYPE_BROADCAST, "BROADCAST" },
        { XT_ADDRTYPE_ANYCAST, "ANYCAST" },
        { XT_ADDRTYPE_MULTICAST, "MULTICAST" },
        { XT_ADDRTYPE_BLACKHOLE, "BLACKHOLE" },
        { XT_ADDRTYPE_UNREACHABLE, "UNREACHABLE" },
        { XT_ADDRTYPE_PROHIBIT, "PROHIBIT" },
        { XT_ADDRTYPE_THROW, "THROW" },
        { XT_ADDRTYPE_NAT, "NAT" },
        { XT_ADDRTYPE_XRESOLVE, "XRESOLVE" },
    };
    struct xt_addrtype_info_v1 i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    if (i.source != 0) {
        fw_xt_option(out, (i.flags & XT_ADDRTYPE_INVERT_SOURCE) != 0, "--src-type");
        fw_xt_bits(out, names, 12, i.source);
    }
    if (i.dest != 0) {
        fw_xt_option(out, (i.flags & XT_ADDRTYPE_INVERT_DEST) != 0, "--dst-type");
        fw_xt_bits(out, names, 12, i.dest);
    }
    if ((i.flags & XT_ADDRTYPE_LIMIT_IFACE_IN) != 0)
        buf_puts(out, " --limit-iface-in");
    if ((i.flags & XT_ADDRTYPE_LIMIT_IFACE_OUT) != 0)
        buf_puts(out, " --limit-iface-out");
    return true;
}

static void put_span(struct buf *out, uint8_t family, bool inverted, const char *option, const void *from,
                     const void *to)
{
    fw_xt_option(out, inverted, option);
    buf_putc(out, ' ');
    fw_xt_address(out, family, from);
    buf_putc(out, '-');
    fw_xt_address(out, family, to);
}

static bool iprange(struct buf *out, const struct fw_xt *x)
{
    struct xt_iprange_mtinfo i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    if ((i.flags & IPRANGE_SRC) != 0)
        put_span(out, x->family, (i.flags & IPRANGE_SRC_INV) != 0, "--src-range", &i.src_min, &i.src_max);
    if ((i.flags & IPRANGE_DST) != 0)
        put_span(out, x->family, (i.flags & IPRANGE_DST_INV) != 0, "--dst-range", &i.dst_min, &i.dst_max);
    return true;
}

static bool length(struct buf *out, const struct fw_xt *x)
{
    struct xt_length_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, i.invert != 0, "--length");
    buf_printf(out, i.min == i.max ? " %u" : " %u:%u", i.min, i.max);
    return true;
}

static bool ttl(struct buf *out, const struct fw_xt *x)
{
    struct ipt_ttl_info i; /* struct ip6t_hl_info is the same */
    if (!fw_xt_copy(x, &i, sizeof i) || i.mode > IPT_TTL_GT)
        return false;
    const char *what = x->name[0] == 'h' ? "hl" : "ttl";
    static const char *const how[] = { "eq", "eq", "lt", "gt" };
    buf_printf(out, "%s --%s-%s %u", i.mode == IPT_TTL_NE ? " !" : "", what, how[i.mode], i.ttl);
    return true;
}

static bool pkttype(struct buf *out, const struct fw_xt *x)
{
    static const char *const names[] = { "unicast", "broadcast", "multicast" };
    struct xt_pkttype_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, i.invert != 0, "--pkt-type");
    if (i.pkttype >= 0 && i.pkttype < 3)
        buf_printf(out, " %s", names[i.pkttype]);
    else
        buf_printf(out, " %d", i.pkttype);
    return true;
}

static bool physdev(struct buf *out, const struct fw_xt *x)
{
    struct xt_physdev_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    if ((i.bitmask & XT_PHYSDEV_OP_ISIN) != 0)
        fw_xt_option(out, (i.invert & XT_PHYSDEV_OP_ISIN) != 0, "--physdev-is-in");
    if ((i.bitmask & XT_PHYSDEV_OP_IN) != 0) {
        fw_xt_option(out, (i.invert & XT_PHYSDEV_OP_IN) != 0, "--physdev-in ");
        fw_xt_string(out, i.physindev, strnlen(i.physindev, sizeof i.physindev));
    }
    if ((i.bitmask & XT_PHYSDEV_OP_ISOUT) != 0)
        fw_xt_option(out, (i.invert & XT_PHYSDEV_OP_ISOUT) != 0, "--physdev-is-out");
    if ((i.bitmask & XT_PHYSDEV_OP_OUT) != 0) {
        fw_xt_option(out, (i.invert & XT_PHYSDEV_OP_OUT) != 0, "--physdev-out ");
        fw_xt_string(out, i.physoutdev, strnlen(i.physoutdev, sizeof i.physoutdev));
    }
    if ((i.bitmask & XT_PHYSDEV_OP_BRIDGED) != 0)
        fw_xt_option(out, (i.invert & XT_PHYSDEV_OP_BRIDGED) != 0, "--physdev-is-bridged");
    return true;
}

static bool recent(struct buf *out, const struct fw_xt *x)
{
    struct xt_recent_mtinfo_v1 i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    const char *what = (i.check_set & XT_RECENT_SET) != 0      ? "--set"
                       : (i.check_set & XT_RECENT_CHECK) != 0  ? "--rcheck"
                       : (i.check_set & XT_RECENT_UPDATE) != 0 ? "--update"
                                                               : "--remove";
    fw_xt_option(out, i.invert != 0, what);
    if (i.seconds != 0)
        buf_printf(out, " --seconds %" PRIu32, i.seconds);
    if ((i.check_set & XT_RECENT_REAP) != 0)
        buf_puts(out, " --reap");
    if (i.hit_count != 0)
        buf_printf(out, " --hitcount %" PRIu32, i.hit_count);
    if ((i.check_set & XT_RECENT_TTL) != 0)
        buf_puts(out, " --rttl");
    buf_puts(out, " --name ");
    fw_xt_string(out, i.name, strnlen(i.name, sizeof i.name));
    buf_puts(out, " --mask ");
    fw_xt_address(out, x->family, &i.mask);
    buf_puts(out, i.side == XT_RECENT_DEST ? " --rdest" : " --rsource");
    return true;
}

bool fw_xt_match(struct buf *out, const struct fw_xt *x)
{
    static const struct fw_xt_word table[] = {
        { "tcp", 0, 0, tcp },
        { "udp", 0, 0, udp },
        { "udplite", 0, 0, udp },
        { "icmp", 0, 0, icmp },
        { "icmp6", 0, 0, icmp },
        { "multiport", 1, 1, multiport },
        { "comment", 0, 0, comment },
        { "state", 0, 0, fw_xt_state },
        { "conntrack", 3, 3, fw_xt_conntrack },
        { "limit", 0, 0, limit },
        { "mark", 1, 1, mark },
        { "connmark", 1, 1, mark },
        { "mac", 0, 0, mac },
        { "owner", 1, 1, owner },
        { "addrtype", 1, 1, addrtype },
        { "iprange", 1, 1, iprange },
        { "length", 0, 0, length },
        { "ttl", 0, 0, ttl },
        { "hl", 0, 0, ttl },
        { "pkttype", 0, 0, pkttype },
        { "physdev", 0, 0, physdev },
        { "recent", 1, 1, recent },
        { "set", 1, 1, fw_xt_set },
        { "set", 4, 4, fw_xt_set },
        { "statistic", 0, 0, fw_xt_statistic },
        { "hashlimit", 3, 3, fw_xt_hashlimit },
        { "connlimit", 1, 1, fw_xt_connlimit },
        { "connbytes", 0, 0, fw_xt_connbytes },
        { "quota", 0, 0, fw_xt_quota },
        { "time", 0, 0, fw_xt_time },
        { "string", 1, 1, fw_xt_string_match },
        { "tcpmss", 0, 0, fw_xt_mss },
        { "dscp", 0, 0, fw_xt_dscp },
        { "tos", 1, 1, fw_xt_tos },
        { "helper", 0, 0, fw_xt_helper },
        { "realm", 0, 0, fw_xt_realm },
        { "cpu", 0, 0, fw_xt_cpu },
        { "cgroup", 2, 2, fw_xt_cgroup },
        { "devgroup", 0, 0, fw_xt_devgroup },
        { "esp", 0, 0, fw_xt_spi },
        { "ah", 0, 0, fw_xt_spi },
        { "rpfilter", 0, 0, fw_xt_rpfilter },
        { "socket", 1, 3, fw_xt_socket },
    };
    return fw_xt_write(table, sizeof table / sizeof table[0], out, x);
}
