/* Targets: linux/netfilter/xt_*.h, linux/netfilter_ipv4/ipt_*.h, in the words of iptables-extensions(8). */
#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_CONNMARK.h>
#include <linux/netfilter/xt_LOG.h>
#include <linux/netfilter/xt_MARK.h>
#include <linux/netfilter/xt_NFLOG.h>
#include <linux/netfilter/xt_NFQUEUE.h>
#include <linux/netfilter/xt_TCPMSS.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter_ipv4/ipt_REJECT.h>
#include <linux/netfilter_ipv4/ipt_TTL.h>
#include <linux/netfilter_ipv6/ip6t_REJECT.h>
#include <string.h>

#include "collector/firewall/fw_xt_words.h"

static bool reject(struct buf *out, const struct fw_xt *x)
{
    static const char *const four[] = {
        [IPT_ICMP_NET_UNREACHABLE] = "icmp-net-unreachable",
        [IPT_ICMP_HOST_UNREACHABLE] = "icmp-host-unreachable",
        [IPT_ICMP_PROT_UNREACHABLE] = "icmp-proto-unreachable",
        [IPT_ICMP_PORT_UNREACHABLE] = "icmp-port-unreachable",
        [IPT_ICMP_NET_PROHIBITED] = "icmp-net-prohibited",
        [IPT_ICMP_HOST_PROHIBITED] = "icmp-host-prohibited",
        [IPT_TCP_RESET] = "tcp-reset",
        [IPT_ICMP_ADMIN_PROHIBITED] = "icmp-admin-prohibited",
    };
    static const char *const six[] = {
        [IP6T_ICMP6_NO_ROUTE] = "icmp6-no-route",
        [IP6T_ICMP6_ADM_PROHIBITED] = "icmp6-adm-prohibited",
        [IP6T_ICMP6_ADDR_UNREACH] = "icmp6-addr-unreachable",
        [IP6T_ICMP6_PORT_UNREACH] = "icmp6-port-unreachable",
        [IP6T_TCP_RESET] = "tcp-reset",
        [IP6T_ICMP6_POLICY_FAIL] = "icmp6-policy-fail",
        [IP6T_ICMP6_REJECT_ROUTE] = "icmp6-reject-route",
    };
    uint32_t with;
    if (!fw_xt_copy(x, &with, sizeof with))
        return false;
    const bool is_six = x->family == NFPROTO_IPV6;
    const size_t count = is_six ? sizeof six / sizeof six[0] : sizeof four / sizeof four[0];
    const char *name = with >= count ? NULL : is_six ? six[with] : four[with];
    if (name == NULL)
        return false;
    buf_printf(out, " --reject-with %s", name);
    return true;
}

static bool log_target(struct buf *out, const struct fw_xt *x)
{
    struct xt_log_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    if (i.prefix[0] != '\0') {
        buf_puts(out, " --log-prefix ");
        fw_xt_string(out, i.prefix, strnlen(i.prefix, sizeof i.prefix));
    }
    if (i.level != 4) /* warning */
        buf_printf(out, " --log-level %u", i.level);
    buf_puts(out, (i.logflags & XT_LOG_TCPSEQ) != 0 ? " --log-tcp-sequence" : "");
    buf_puts(out, (i.logflags & XT_LOG_TCPOPT) != 0 ? " --log-tcp-options" : "");
    buf_puts(out, (i.logflags & XT_LOG_IPOPT) != 0 ? " --log-ip-options" : "");
    buf_puts(out, (i.logflags & XT_LOG_UID) != 0 ? " --log-uid" : "");
    buf_puts(out, (i.logflags & XT_LOG_MACDECODE) != 0 ? " --log-macdecode" : "");
    return true;
}

static void put_range(struct buf *out, unsigned flags, uint8_t family, const void *from, const void *to, uint16_t low,
                      uint16_t high)
{
    const size_t len = family == NFPROTO_IPV6 ? 16 : 4;
    const bool ports = (flags & NF_NAT_RANGE_PROTO_SPECIFIED) != 0, brackets = len == 16 && ports;
    buf_putc(out, ' ');
    if ((flags & NF_NAT_RANGE_MAP_IPS) != 0) {
        buf_puts(out, brackets ? "[" : "");
        fw_xt_address(out, family, from);
        buf_puts(out, brackets ? "]" : "");
        if (memcmp(from, to, len) != 0) {
            buf_puts(out, brackets ? "-[" : "-");
            fw_xt_address(out, family, to);
            buf_puts(out, brackets ? "]" : "");
        }
    }
    if (!ports)
        return;
    buf_printf(out, ":%u", low);
    if (high != low)
        buf_printf(out, "-%u", high);
}

static void put_nat_flags(struct buf *out, unsigned flags)
{
    buf_puts(out, (flags & NF_NAT_RANGE_PROTO_RANDOM) != 0 ? " --random" : "");
    buf_puts(out, (flags & NF_NAT_RANGE_PROTO_RANDOM_FULLY) != 0 ? " --random-fully" : "");
    buf_puts(out, (flags & NF_NAT_RANGE_PERSISTENT) != 0 ? " --persistent" : "");
}

/* "--to-ports 80-90" */
static void put_ports(struct buf *out, unsigned flags, uint16_t low, uint16_t high)
{
    if ((flags & NF_NAT_RANGE_PROTO_SPECIFIED) != 0)
        buf_printf(out, low == high ? " --to-ports %u" : " --to-ports %u-%u", low, high);
    put_nat_flags(out, flags);
}

/* IPv4 in its first revision: a list of ranges, of which the kernel takes one. */
static bool old_nat(struct buf *out, const struct fw_xt *x)
{
    struct nf_nat_ipv4_multi_range_compat i;
    if (!fw_xt_copy(x, &i, sizeof i) || i.rangesize != 1)
        return false;
    const struct nf_nat_ipv4_range *r = &i.range[0];
    const uint16_t low = ntohs(r->min.all), high = ntohs(r->max.all);
    if (x->name[0] == 'M' || x->name[0] == 'R') { /* MASQUERADE, REDIRECT */
        put_ports(out, r->flags, low, high);
        return true;
    }
    buf_puts(out, x->name[0] == 'S' ? " --to-source" : " --to-destination");
    put_range(out, r->flags, NFPROTO_IPV4, &r->min_ip, &r->max_ip, low, high);
    put_nat_flags(out, r->flags);
    return true;
}

static bool nat(struct buf *out, const struct fw_xt *x)
{
    struct nf_nat_range r;
    if (!fw_xt_copy(x, &r, sizeof r))
        return false;
    const uint16_t low = ntohs(r.min_proto.all), high = ntohs(r.max_proto.all);
    if (x->name[0] == 'M' || x->name[0] == 'R') {
        put_ports(out, r.flags, low, high);
        return true;
    }
    buf_puts(out, x->name[0] == 'S' ? " --to-source" : " --to-destination");
    put_range(out, r.flags, x->family, &r.min_addr, &r.max_addr, low, high);
    put_nat_flags(out, r.flags);
    return true;
}

static bool nat2(struct buf *out, const struct fw_xt *x)
{
    struct nf_nat_range2 r;
    if (!fw_xt_copy(x, &r, sizeof r) || !nat(out, x))
        return false;
    if ((r.flags & NF_NAT_RANGE_PROTO_OFFSET) != 0)
        buf_printf(out, "/%u", ntohs(r.base_proto.all));
    return true;
}

static bool mark(struct buf *out, const struct fw_xt *x)
{
    struct xt_mark_tginfo2 i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    buf_printf(out, " --set-xmark 0x%" PRIx32 "/0x%" PRIx32, i.mark, i.mask);
    return true;
}

static bool connmark(struct buf *out, const struct fw_xt *x)
{
    struct xt_connmark_tginfo2 i;
    memset(&i, 0, sizeof i);
    const size_t size = x->revision == 1 ? sizeof(struct xt_connmark_tginfo1) : sizeof i;
    if (!fw_xt_copy(x, &i, size) || i.mode > XT_CONNMARK_RESTORE || (x->revision > 1 && i.shift_bits != 0))
        return false;
    if (i.mode == XT_CONNMARK_SET)
        buf_printf(out, " --set-xmark 0x%" PRIx32 "/0x%" PRIx32, i.ctmark, i.ctmask);
    else
        buf_printf(out, " --%s-mark --nfmask 0x%" PRIx32 " --ctmask 0x%" PRIx32,
                   i.mode == XT_CONNMARK_SAVE ? "save" : "restore", i.nfmask, i.ctmask);
    return true;
}

static bool nflog(struct buf *out, const struct fw_xt *x)
{
    struct xt_nflog_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    if (i.prefix[0] != '\0') {
        buf_puts(out, " --nflog-prefix ");
        fw_xt_string(out, i.prefix, strnlen(i.prefix, sizeof i.prefix));
    }
    if (i.group != 0)
        buf_printf(out, " --nflog-group %u", i.group);
    if ((i.flags & XT_NFLOG_F_COPY_LEN) != 0)
        buf_printf(out, " --nflog-size %" PRIu32, i.len);
    else if (i.len != 0)
        buf_printf(out, " --nflog-range %" PRIu32, i.len);
    if (i.threshold != XT_NFLOG_DEFAULT_THRESHOLD)
        buf_printf(out, " --nflog-threshold %u", i.threshold);
    return true;
}

static bool nfqueue(struct buf *out, const struct fw_xt *x)
{
    struct xt_NFQ_info_v3 i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    if (i.queues_total > 1)
        buf_printf(out, " --queue-balance %u:%u", i.queuenum, (unsigned)i.queuenum + i.queues_total - 1);
    else
        buf_printf(out, " --queue-num %u", i.queuenum);
    buf_puts(out, (i.flags & NFQ_FLAG_BYPASS) != 0 ? " --queue-bypass" : "");
    buf_puts(out, (i.flags & NFQ_FLAG_CPU_FANOUT) != 0 ? " --queue-cpu-fanout" : "");
    return true;
}

static bool tcpmss(struct buf *out, const struct fw_xt *x)
{
    struct xt_tcpmss_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    if (i.mss == XT_TCPMSS_CLAMP_PMTU)
        buf_puts(out, " --clamp-mss-to-pmtu");
    else
        buf_printf(out, " --set-mss %u", i.mss);
    return true;
}

static bool ttl(struct buf *out, const struct fw_xt *x)
{
    static const char *const how[] = { "set", "inc", "dec" };
    struct ipt_TTL_info i; /* struct ip6t_HL_info is the same */
    if (!fw_xt_copy(x, &i, sizeof i) || i.mode > IPT_TTL_DEC)
        return false;
    buf_printf(out, " --%s-%s %u", x->name[0] == 'H' ? "hl" : "ttl", how[i.mode], i.ttl);
    return true;
}

static bool nothing(struct buf *out, const struct fw_xt *x)
{
    (void)out;
    (void)x;
    return true;
}

bool fw_xt_target(struct buf *out, const struct fw_xt *x)
{
    static const struct fw_xt_word v4_nat[] = {
        { "SNAT", 0, 0, old_nat },
        { "DNAT", 0, 0, old_nat },
        { "MASQUERADE", 0, 0, old_nat },
        { "REDIRECT", 0, 0, old_nat },
    };
    static const struct fw_xt_word table[] = {
        { "SNAT", 0, 1, nat },
        { "DNAT", 0, 1, nat },
        { "DNAT", 2, 2, nat2 },
        { "MASQUERADE", 0, 0, nat },
        { "REDIRECT", 0, 0, nat },
        { "REJECT", 0, 0, reject },
        { "LOG", 0, 0, log_target },
        { "MARK", 2, 2, mark },
        { "CONNMARK", 1, 2, connmark },
        { "NFLOG", 0, 0, nflog },
        { "NFQUEUE", 3, 3, nfqueue },
        { "TCPMSS", 0, 0, tcpmss },
        { "TTL", 0, 0, ttl },
        { "HL", 0, 0, ttl },
        { "TRACE", 0, 0, nothing },
        { "NOTRACK", 0, 0, nothing },
        { "CT", 1, 2, fw_xt_ct },
        { "NETMAP", 0, 0, fw_xt_netmap },
        { "TPROXY", 1, 1, fw_xt_tproxy },
        { "CLASSIFY", 0, 0, fw_xt_classify },
        { "CHECKSUM", 0, 0, fw_xt_checksum },
        { "DSCP", 0, 0, fw_xt_set_dscp },
        { "TOS", 1, 1, fw_xt_set_tos },
        { "TEE", 1, 1, fw_xt_tee },
        { "AUDIT", 0, 0, fw_xt_audit },
        { "SYNPROXY", 0, 0, fw_xt_synproxy },
        { "SET", 3, 3, fw_xt_set_target },
    };
    if (x->family != NFPROTO_IPV6 && fw_xt_write(v4_nat, sizeof v4_nat / sizeof v4_nat[0], out, x))
        return true;
    return fw_xt_write(table, sizeof table / sizeof table[0], out, x);
}
