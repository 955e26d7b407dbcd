/* The matches state and conntrack. */
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_state.h>
#include <string.h>

#include "collector/firewall/fw_xt_words.h"

static const struct fw_xt_bit states[] = {
    { XT_CONNTRACK_STATE_INVALID, "INVALID" },
    { XT_CONNTRACK_STATE_BIT(IP_CT_NEW), "NEW" },
    { XT_CONNTRACK_STATE_BIT(IP_CT_RELATED), "RELATED" },
    { XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED), "ESTABLISHED" },
    { XT_CONNTRACK_STATE_UNTRACKED, "UNTRACKED" },
    { XT_CONNTRACK_STATE_SNAT, "SNAT" },
    { XT_CONNTRACK_STATE_DNAT, "DNAT" },
};

bool fw_xt_state(struct buf *out, const struct fw_xt *x)
{
    struct xt_state_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    buf_puts(out, " --state");
    fw_xt_bits(out, states, 5, i.statemask);
    return true;
}

static void put_net(struct buf *out, uint8_t family, const void *address, const void *mask)
{
    const size_t len = family == NFPROTO_IPV6 ? 16 : 4;
    const int prefix = fw_xt_prefix(mask, len);
    buf_putc(out, ' ');
    fw_xt_address(out, family, address);
    if (prefix < 0) {
        buf_putc(out, '/');
        fw_xt_address(out, family, mask);
    } else if ((size_t)prefix < len * 8)
        buf_printf(out, "/%d", prefix);
}

static void put_tuple(struct buf *out, const struct fw_xt *x, const struct xt_conntrack_mtinfo3 *i)
{
    const struct {
        uint32_t flag;
        const char *option;
        const void *address, *mask;
    } nets[] = { { XT_CONNTRACK_ORIGSRC, "--ctorigsrc", &i->origsrc_addr, &i->origsrc_mask },
                 { XT_CONNTRACK_ORIGDST, "--ctorigdst", &i->origdst_addr, &i->origdst_mask },
                 { XT_CONNTRACK_REPLSRC, "--ctreplsrc", &i->replsrc_addr, &i->replsrc_mask },
                 { XT_CONNTRACK_REPLDST, "--ctrepldst", &i->repldst_addr, &i->repldst_mask } };
    const struct {
        uint32_t flag;
        const char *option;
        uint16_t from, to;
    } ports[] = {
        { XT_CONNTRACK_ORIGSRC_PORT, "--ctorigsrcport", i->origsrc_port, i->origsrc_port_high },
        { XT_CONNTRACK_ORIGDST_PORT, "--ctorigdstport", i->origdst_port, i->origdst_port_high },
        { XT_CONNTRACK_REPLSRC_PORT, "--ctreplsrcport", i->replsrc_port, i->replsrc_port_high },
        { XT_CONNTRACK_REPLDST_PORT, "--ctrepldstport", i->repldst_port, i->repldst_port_high },
    };
    for (size_t k = 0; k < 4; k++)
        if ((i->match_flags & nets[k].flag) != 0) {
            fw_xt_option(out, (i->invert_flags & nets[k].flag) != 0, nets[k].option);
            put_net(out, x->family, nets[k].address, nets[k].mask);
        }
    for (size_t k = 0; k < 4; k++)
        if ((i->match_flags & ports[k].flag) != 0) {
            fw_xt_option(out, (i->invert_flags & ports[k].flag) != 0, ports[k].option);
            buf_printf(out, " %u", ports[k].from);
            if (ports[k].to != ports[k].from)
                buf_printf(out, ":%u", ports[k].to);
        }
}

bool fw_xt_conntrack(struct buf *out, const struct fw_xt *x)
{
    static const struct fw_xt_bit statuses[] = { { IPS_EXPECTED, "EXPECTED" },
                                                 { IPS_SEEN_REPLY, "SEEN_REPLY" },
                                                 { IPS_ASSURED, "ASSURED" },
                                                 { IPS_CONFIRMED, "CONFIRMED" } };
    struct xt_conntrack_mtinfo3 i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    const uint32_t inv = i.invert_flags;
    if ((i.match_flags & XT_CONNTRACK_STATE) != 0) {
        fw_xt_option(out, (inv & XT_CONNTRACK_STATE) != 0,
                     (i.match_flags & XT_CONNTRACK_STATE_ALIAS) != 0 ? "--state" : "--ctstate");
        fw_xt_bits(out, states, 7, i.state_mask);
    }
    if ((i.match_flags & XT_CONNTRACK_PROTO) != 0) {
        fw_xt_option(out, (inv & XT_CONNTRACK_PROTO) != 0, "--ctproto");
        buf_printf(out, " %u", i.l4proto);
    }
    put_tuple(out, x, &i);
    if ((i.match_flags & XT_CONNTRACK_STATUS) != 0) {
        fw_xt_option(out, (inv & XT_CONNTRACK_STATUS) != 0, "--ctstatus");
        buf_puts(out, i.status_mask == 0 ? " NONE" : "");
        fw_xt_bits(out, statuses, 4, i.status_mask);
    }
    if ((i.match_flags & XT_CONNTRACK_EXPIRES) != 0) {
        fw_xt_option(out, (inv & XT_CONNTRACK_EXPIRES) != 0, "--ctexpire");
        buf_printf(out, i.expires_max == i.expires_min ? " %" PRIu32 : " %" PRIu32 ":%" PRIu32, i.expires_min,
                   i.expires_max);
    }
    if ((i.match_flags & XT_CONNTRACK_DIRECTION) != 0)
        buf_puts(out, (inv & XT_CONNTRACK_DIRECTION) != 0 ? " --ctdir REPLY" : " --ctdir ORIGINAL");
    return true;
}
