#include "collector/firewall/fw_entry.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter_arp/arp_tables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <string.h>

#include "base/escape.h"
#include "collector/firewall/fw_xt_words.h"

struct shape { /* where the three kinds of entries have what they share */
    size_t size, target, next, counters;
};

static struct shape shape_of(uint8_t family)
{
    if (family == NFPROTO_IPV6)
        return (struct shape) { sizeof(struct ip6t_entry), offsetof(struct ip6t_entry, target_offset),
                                offsetof(struct ip6t_entry, next_offset), offsetof(struct ip6t_entry, counters) };
    if (family == NFPROTO_ARP)
        return (struct shape) { sizeof(struct arpt_entry), offsetof(struct arpt_entry, target_offset),
                                offsetof(struct arpt_entry, next_offset), offsetof(struct arpt_entry, counters) };
    return (struct shape) { sizeof(struct ipt_entry), offsetof(struct ipt_entry, target_offset),
                            offsetof(struct ipt_entry, next_offset), offsetof(struct ipt_entry, counters) };
}

static bool is_goto(uint8_t family, const unsigned char *entry)
{
    if (family == NFPROTO_IPV6)
        return (entry[offsetof(struct ip6t_entry, ipv6.flags)] & IP6T_F_GOTO) != 0;
    return family == NFPROTO_IPV4 && (entry[offsetof(struct ipt_entry, ip.flags)] & IPT_F_GOTO) != 0;
}

bool fw_entry_read(uint8_t family, const unsigned char *entries, size_t size, size_t at, struct fw_entry *out)
{
    const struct shape s = shape_of(family);
    struct xt_entry_target target;
    struct xt_counters counters;
    uint16_t target_at, next;
    if (at > size || size - at < s.size)
        return false;
    const unsigned char *entry = entries + at;
    memcpy(&target_at, entry + s.target, sizeof target_at);
    memcpy(&next, entry + s.next, sizeof next);
    memcpy(&counters, entry + s.counters, sizeof counters);
    if (target_at < s.size || next > size - at || next < target_at || (size_t)next - target_at < sizeof target)
        return false;
    memcpy(&target, entry + target_at, sizeof target);
    if (target.u.target_size < sizeof target || target.u.target_size > next - target_at)
        return false;
    *out = (struct fw_entry) { .at = at,
                               .size = next,
                               .bytes = entry,
                               .matches = s.size,
                               .matches_end = target_at,
                               .packets = counters.pcnt,
                               .bytes_counted = counters.bcnt,
                               .is_goto = is_goto(family, entry),
                               .target_revision = target.u.user.revision,
                               .target_data = entry + target_at + sizeof target,
                               .target_len = target.u.target_size - sizeof target };
    memcpy(out->target, target.u.user.name, strnlen(target.u.user.name, sizeof out->target - 1));
    return true;
}

bool fw_entry_match(uint8_t family, struct fw_entry *e, size_t *at, struct fw_xt *out)
{
    struct xt_entry_match match;
    if (*at > e->matches_end || e->matches_end - *at < sizeof match)
        return false;
    memcpy(&match, e->bytes + *at, sizeof match);
    if (match.u.match_size < sizeof match || match.u.match_size > e->matches_end - *at)
        return false;
    memset(e->match, 0, sizeof e->match);
    memcpy(e->match, match.u.user.name, strnlen(match.u.user.name, sizeof e->match - 1));
    *out = (struct fw_xt) { .name = e->match,
                            .revision = match.u.user.revision,
                            .data = e->bytes + *at + sizeof match,
                            .len = match.u.match_size - sizeof match,
                            .family = family };
    *at += match.u.match_size;
    return true;
}

bool fw_entry_is_state(const struct fw_xt *x)
{
    struct xt_conntrack_mtinfo3 i;
    return x->revision == 3 && fw_xt_copy(x, &i, sizeof i) && (i.match_flags & XT_CONNTRACK_STATE_ALIAS) != 0;
}

static void put_net(struct buf *out, const char *option, bool inverted, const void *address, const void *mask,
                    size_t len)
{
    static const unsigned char zero[16];
    const int prefix = fw_xt_prefix(mask, len);
    if (memcmp(mask, zero, len) == 0 && memcmp(address, zero, len) == 0 && !inverted)
        return;
    fw_xt_option(out, inverted, option);
    buf_putc(out, ' ');
    fw_xt_address(out, len == 16 ? NFPROTO_IPV6 : NFPROTO_IPV4, address);
    buf_putc(out, '/');
    if (prefix >= 0)
        buf_printf(out, "%d", prefix);
    else
        fw_xt_address(out, len == 16 ? NFPROTO_IPV6 : NFPROTO_IPV4, mask);
}

/* The beginning of a name ends in '+' already. */
static void put_interface(struct buf *out, const char *option, bool inverted, const char *name,
                          const unsigned char *mask)
{
    if (mask[0] == 0)
        return;
    fw_xt_option(out, inverted, option);
    buf_putc(out, ' ');
    escape_terminal(out, name, strnlen(name, IFNAMSIZ));
}

static void put_protocol(struct buf *out, bool inverted, uint16_t protocol)
{
    if (protocol == 0)
        return;
    fw_xt_option(out, inverted, "-p");
    buf_putc(out, ' ');
    fw_xt_protocol(out, protocol);
}

static void head4(const struct fw_entry *e, struct buf *out)
{
    struct ipt_ip i;
    memcpy(&i, e->bytes + offsetof(struct ipt_entry, ip), sizeof i);
    put_net(out, "-s", (i.invflags & IPT_INV_SRCIP) != 0, &i.src, &i.smsk, 4);
    put_net(out, "-d", (i.invflags & IPT_INV_DSTIP) != 0, &i.dst, &i.dmsk, 4);
    put_interface(out, "-i", (i.invflags & IPT_INV_VIA_IN) != 0, i.iniface, i.iniface_mask);
    put_interface(out, "-o", (i.invflags & IPT_INV_VIA_OUT) != 0, i.outiface, i.outiface_mask);
    put_protocol(out, (i.invflags & IPT_INV_PROTO) != 0, i.proto);
    if ((i.flags & IPT_F_FRAG) != 0)
        fw_xt_option(out, (i.invflags & IPT_INV_FRAG) != 0, "-f");
}

static void head6(const struct fw_entry *e, struct buf *out)
{
    struct ip6t_ip6 i;
    memcpy(&i, e->bytes + offsetof(struct ip6t_entry, ipv6), sizeof i);
    put_net(out, "-s", (i.invflags & IP6T_INV_SRCIP) != 0, &i.src, &i.smsk, 16);
    put_net(out, "-d", (i.invflags & IP6T_INV_DSTIP) != 0, &i.dst, &i.dmsk, 16);
    put_interface(out, "-i", (i.invflags & IP6T_INV_VIA_IN) != 0, i.iniface, i.iniface_mask);
    put_interface(out, "-o", (i.invflags & IP6T_INV_VIA_OUT) != 0, i.outiface, i.outiface_mask);
    put_protocol(out, (i.invflags & IP6T_INV_PROTO) != 0, i.proto);
}

static void put_device(struct buf *out, const char *option, bool inverted, const struct arpt_devaddr_info *a)
{
    bool any = false, whole = true;
    for (size_t k = 0; k < 6; k++) {
        any |= a->mask[k] != 0;
        whole &= (unsigned char)a->mask[k] == 0xff;
    }
    if (!any)
        return;
    fw_xt_option(out, inverted, option);
    for (size_t k = 0; k < 6; k++)
        buf_printf(out, "%c%02x", k == 0 ? ' ' : ':', (unsigned char)a->addr[k]);
    for (size_t k = 0; k < 6 && !whole; k++)
        buf_printf(out, "%c%02x", k == 0 ? '/' : ':', (unsigned char)a->mask[k]);
}

static void put_word(struct buf *out, const char *option, bool inverted, uint16_t value, uint16_t mask,
                     const char *format)
{
    if (mask == 0)
        return;
    fw_xt_option(out, inverted, option);
    buf_printf(out, format[0] == 'x' ? " 0x%x" : " %u", (unsigned)ntohs(value));
    if (mask != UINT16_MAX)
        buf_printf(out, "/0x%x", (unsigned)ntohs(mask));
}

static void head_arp(const struct fw_entry *e, struct buf *out)
{
    struct arpt_arp i;
    memcpy(&i, e->bytes + offsetof(struct arpt_entry, arp), sizeof i);
    put_interface(out, "-i", (i.invflags & ARPT_INV_VIA_IN) != 0, i.iniface, i.iniface_mask);
    put_interface(out, "-o", (i.invflags & ARPT_INV_VIA_OUT) != 0, i.outiface, i.outiface_mask);
    put_net(out, "-s", (i.invflags & ARPT_INV_SRCIP) != 0, &i.src, &i.smsk, 4);
    put_net(out, "-d", (i.invflags & ARPT_INV_TGTIP) != 0, &i.tgt, &i.tmsk, 4);
    put_device(out, "--source-mac", (i.invflags & ARPT_INV_SRCDEVADDR) != 0, &i.src_devaddr);
    put_device(out, "--destination-mac", (i.invflags & ARPT_INV_TGTDEVADDR) != 0, &i.tgt_devaddr);
    if (i.arhln_mask != 0) {
        fw_xt_option(out, (i.invflags & ARPT_INV_ARPHLN) != 0, "--h-length");
        buf_printf(out, " %u", i.arhln);
    }
    put_word(out, "--opcode", (i.invflags & ARPT_INV_ARPOP) != 0, i.arpop, i.arpop_mask, "u");
    put_word(out, "--h-type", (i.invflags & ARPT_INV_ARPHRD) != 0, i.arhrd, i.arhrd_mask, "u");
    put_word(out, "--proto-type", (i.invflags & ARPT_INV_ARPPRO) != 0, i.arpro, i.arpro_mask, "x");
}

void fw_entry_head(uint8_t family, const struct fw_entry *e, struct buf *out)
{
    if (family == NFPROTO_IPV6)
        head6(e, out);
    else if (family == NFPROTO_ARP)
        head_arp(e, out);
    else
        head4(e, out);
}
