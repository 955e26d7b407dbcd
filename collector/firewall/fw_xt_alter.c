/* Targets that mark, alter or track: linux/netfilter/xt_*.h, in the words of iptables-extensions(8). */
#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_AUDIT.h>
#include <linux/netfilter/xt_CHECKSUM.h>
#include <linux/netfilter/xt_CLASSIFY.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_DSCP.h>
#include <linux/netfilter/xt_SYNPROXY.h>
#include <linux/netfilter/xt_TEE.h>
#include <linux/netfilter/xt_TPROXY.h>
#include <string.h>

#include "collector/firewall/fw_xt_words.h"

/* IPCT_* and IPEXP_* of linux/netfilter/nf_conntrack_common.h, by bit. */
static const struct fw_xt_bit events[] = {
    { 1 << 0, "new" },        { 1 << 1, "related" },   { 1 << 2, "destroy" }, { 1 << 3, "reply" },
    { 1 << 4, "assured" },    { 1 << 5, "protoinfo" }, { 1 << 6, "helper" },  { 1 << 7, "mark" },
    { 1 << 8, "natseqinfo" }, { 1 << 9, "secmark" },
};

static void put_zone(struct buf *out, const struct xt_ct_target_info_v1 *i)
{
    const char *way = (i->flags & XT_CT_ZONE_DIR_ORIG) != 0   ? "--zone-orig"
                      : (i->flags & XT_CT_ZONE_DIR_REPL) != 0 ? "--zone-reply"
                                                              : "--zone";
    if ((i->flags & XT_CT_ZONE_MARK) != 0)
        buf_printf(out, " %s mark", way);
    else if (i->zone != 0)
        buf_printf(out, " %s %u", way, i->zone);
}

bool fw_xt_ct(struct buf *out, const struct fw_xt *x)
{
    struct xt_ct_target_info_v1 i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    buf_puts(out, (i.flags & (XT_CT_NOTRACK | XT_CT_NOTRACK_ALIAS)) != 0 ? " --notrack" : "");
    if (i.helper[0] != '\0') {
        buf_puts(out, " --helper ");
        fw_xt_string(out, i.helper, strnlen(i.helper, sizeof i.helper));
    }
    if (i.timeout[0] != '\0') {
        buf_puts(out, " --timeout ");
        fw_xt_string(out, i.timeout, strnlen(i.timeout, sizeof i.timeout));
    }
    if (i.ct_events != 0) {
        buf_puts(out, " --ctevents");
        fw_xt_bits(out, events, sizeof events / sizeof events[0], i.ct_events);
    }
    if (i.exp_events != 0) {
        buf_puts(out, " --expevents");
        fw_xt_bits(out, events, 1, i.exp_events);
    }
    put_zone(out, &i);
    return true;
}

bool fw_xt_netmap(struct buf *out, const struct fw_xt *x)
{
    struct nf_nat_ipv4_multi_range_compat four;
    struct nf_nat_range six;
    const size_t len = x->family == NFPROTO_IPV6 ? 16 : 4;
    unsigned char from[16], mask[16];
    if (len == 4 ? !fw_xt_copy(x, &four, sizeof four) || four.rangesize != 1 : !fw_xt_copy(x, &six, sizeof six))
        return false;
    memcpy(from, len == 4 ? (const void *)&four.range[0].min_ip : &six.min_addr, len);
    memcpy(mask, len == 4 ? (const void *)&four.range[0].max_ip : &six.max_addr, len);
    for (size_t k = 0; k < len; k++)
        mask[k] = (unsigned char)~(from[k] ^ mask[k]);
    const int prefix = fw_xt_prefix(mask, len);
    buf_puts(out, " --to ");
    fw_xt_address(out, x->family, from);
    if (prefix < 0) {
        buf_putc(out, '/');
        fw_xt_address(out, x->family, mask);
    } else if ((size_t)prefix < len * 8)
        buf_printf(out, "/%d", prefix);
    return true;
}

bool fw_xt_tproxy(struct buf *out, const struct fw_xt *x)
{
    struct xt_tproxy_target_info_v1 i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    buf_printf(out, " --on-port %u --on-ip ", ntohs(i.lport));
    fw_xt_address(out, x->family, &i.laddr);
    buf_printf(out, " --tproxy-mark 0x%" PRIx32 "/0x%" PRIx32, i.mark_value, i.mark_mask);
    return true;
}

bool fw_xt_classify(struct buf *out, const struct fw_xt *x)
{
    struct xt_classify_target_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    buf_printf(out, " --set-class %04" PRIx32 ":%04" PRIx32, i.priority >> 16, i.priority & 0xffff);
    return true;
}

bool fw_xt_checksum(struct buf *out, const struct fw_xt *x)
{
    struct xt_CHECKSUM_info i;
    if (!fw_xt_copy(x, &i, sizeof i) || (i.operation & ~XT_CHECKSUM_OP_FILL) != 0)
        return false;
    buf_puts(out, i.operation != 0 ? " --checksum-fill" : "");
    return true;
}

bool fw_xt_set_dscp(struct buf *out, const struct fw_xt *x)
{
    struct xt_DSCP_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    buf_printf(out, " --set-dscp 0x%02x", i.dscp);
    return true;
}

bool fw_xt_set_tos(struct buf *out, const struct fw_xt *x)
{
    struct xt_tos_target_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    buf_printf(out, " --set-tos 0x%02x/0x%02x", i.tos_value, i.tos_mask);
    return true;
}

bool fw_xt_tee(struct buf *out, const struct fw_xt *x)
{
    struct xt_tee_tginfo i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    buf_puts(out, " --gateway ");
    fw_xt_address(out, x->family, &i.gw);
    if (i.oif[0] != '\0') {
        buf_puts(out, " --oif ");
        fw_xt_string(out, i.oif, strnlen(i.oif, sizeof i.oif));
    }
    return true;
}

bool fw_xt_audit(struct buf *out, const struct fw_xt *x)
{
    static const char *const types[] = { "accept", "drop", "reject" };
    struct xt_audit_info i;
    if (!fw_xt_copy(x, &i, sizeof i) || i.type > XT_AUDIT_TYPE_MAX)
        return false;
    buf_printf(out, " --type %s", types[i.type]);
    return true;
}

bool fw_xt_synproxy(struct buf *out, const struct fw_xt *x)
{
    struct xt_synproxy_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    buf_puts(out, (i.options & XT_SYNPROXY_OPT_SACK_PERM) != 0 ? " --sack-perm" : "");
    buf_puts(out, (i.options & XT_SYNPROXY_OPT_TIMESTAMP) != 0 ? " --timestamp" : "");
    if ((i.options & XT_SYNPROXY_OPT_WSCALE) != 0)
        buf_printf(out, " --wscale %u", i.wscale);
    if ((i.options & XT_SYNPROXY_OPT_MSS) != 0)
        buf_printf(out, " --mss %u", i.mss);
    return true;
}
