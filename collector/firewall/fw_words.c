#include "collector/firewall/fw_words.h"

#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <stddef.h>

struct word {
    unsigned char type; /* enum fw_type */
    uint32_t value;
    const char *word;
};

/* What a name stands for: linux/in.h, linux/if_ether.h, linux/netfilter/nf_conntrack_common.h, linux/rtnetlink.h, RFC
 * 792, RFC 4443 and nft(8). */
static const struct word words[] = {
    { FW_NFPROTO, NFPROTO_IPV4, "ipv4" },
    { FW_NFPROTO, NFPROTO_IPV6, "ipv6" },
    { FW_ETHERTYPE, 0x0800, "ip" },
    { FW_ETHERTYPE, 0x0806, "arp" },
    { FW_ETHERTYPE, 0x8100, "8021q" },
    { FW_ETHERTYPE, 0x86dd, "ip6" },
    { FW_ETHERTYPE, 0x88a8, "8021ad" },
    { FW_ARPOP, 1, "request" },
    { FW_ARPOP, 2, "reply" },
    { FW_ARPOP, 3, "rrequest" },
    { FW_ARPOP, 4, "rreply" },
    { FW_INET_PROTOCOL, 1, "icmp" },
    { FW_INET_PROTOCOL, 2, "igmp" },
    { FW_INET_PROTOCOL, 6, "tcp" },
    { FW_INET_PROTOCOL, 17, "udp" },
    { FW_INET_PROTOCOL, 33, "dccp" },
    { FW_INET_PROTOCOL, 47, "gre" },
    { FW_INET_PROTOCOL, 50, "esp" },
    { FW_INET_PROTOCOL, 51, "ah" },
    { FW_INET_PROTOCOL, 58, "ipv6-icmp" },
    { FW_INET_PROTOCOL, 108, "comp" },
    { FW_INET_PROTOCOL, 132, "sctp" },
    { FW_INET_PROTOCOL, 136, "udplite" },
    { FW_ICMP_TYPE, 0, "echo-reply" },
    { FW_ICMP_TYPE, 3, "destination-unreachable" },
    { FW_ICMP_TYPE, 4, "source-quench" },
    { FW_ICMP_TYPE, 5, "redirect" },
    { FW_ICMP_TYPE, 8, "echo-request" },
    { FW_ICMP_TYPE, 9, "router-advertisement" },
    { FW_ICMP_TYPE, 10, "router-solicitation" },
    { FW_ICMP_TYPE, 11, "time-exceeded" },
    { FW_ICMP_TYPE, 12, "parameter-problem" },
    { FW_ICMP_TYPE, 13, "timestamp-request" },
    { FW_ICMP_TYPE, 14, "timestamp-reply" },
    { FW_ICMP_TYPE, 15, "info-request" },
    { FW_ICMP_TYPE, 16, "info-reply" },
    { FW_ICMP_TYPE, 17, "address-mask-request" },
    { FW_ICMP_TYPE, 18, "address-mask-reply" },
    { FW_ICMP6_TYPE, 1, "destination-unreachable" },
    { FW_ICMP6_TYPE, 2, "packet-too-big" },
    { FW_ICMP6_TYPE, 3, "time-exceeded" },
    { FW_ICMP6_TYPE, 4, "parameter-problem" },
    { FW_ICMP6_TYPE, 128, "echo-request" },
    { FW_ICMP6_TYPE, 129, "echo-reply" },
    { FW_ICMP6_TYPE, 130, "mld-listener-query" },
    { FW_ICMP6_TYPE, 131, "mld-listener-report" },
    { FW_ICMP6_TYPE, 132, "mld-listener-done" },
    { FW_ICMP6_TYPE, 133, "nd-router-solicit" },
    { FW_ICMP6_TYPE, 134, "nd-router-advert" },
    { FW_ICMP6_TYPE, 135, "nd-neighbor-solicit" },
    { FW_ICMP6_TYPE, 136, "nd-neighbor-advert" },
    { FW_ICMP6_TYPE, 137, "nd-redirect" },
    { FW_ICMP6_TYPE, 138, "router-renumbering" },
    { FW_ICMP6_TYPE, 141, "ind-neighbor-solicit" },
    { FW_ICMP6_TYPE, 142, "ind-neighbor-advert" },
    { FW_ICMP6_TYPE, 143, "mld2-listener-report" },
    { FW_ICMP_CODE, 0, "net-unreachable" },
    { FW_ICMP_CODE, 1, "host-unreachable" },
    { FW_ICMP_CODE, 2, "prot-unreachable" },
    { FW_ICMP_CODE, 3, "port-unreachable" },
    { FW_ICMP_CODE, 4, "frag-needed" },
    { FW_ICMP_CODE, 9, "net-prohibited" },
    { FW_ICMP_CODE, 10, "host-prohibited" },
    { FW_ICMP_CODE, 13, "admin-prohibited" },
    { FW_ICMPV6_CODE, 0, "no-route" },
    { FW_ICMPV6_CODE, 1, "admin-prohibited" },
    { FW_ICMPV6_CODE, 3, "addr-unreachable" },
    { FW_ICMPV6_CODE, 4, "port-unreachable" },
    { FW_ICMPV6_CODE, 5, "policy-fail" },
    { FW_ICMPV6_CODE, 6, "reject-route" },
    { FW_ICMPX_CODE, 0, "no-route" },
    { FW_ICMPX_CODE, 1, "port-unreachable" },
    { FW_ICMPX_CODE, 2, "host-unreachable" },
    { FW_ICMPX_CODE, 3, "admin-prohibited" },
    { FW_TCP_FLAG, 0x01, "fin" },
    { FW_TCP_FLAG, 0x02, "syn" },
    { FW_TCP_FLAG, 0x04, "rst" },
    { FW_TCP_FLAG, 0x08, "psh" },
    { FW_TCP_FLAG, 0x10, "ack" },
    { FW_TCP_FLAG, 0x20, "urg" },
    { FW_TCP_FLAG, 0x40, "ecn" },
    { FW_TCP_FLAG, 0x80, "cwr" },
    { FW_ARPHRD, 1, "ether" },
    { FW_ARPHRD, 512, "ppp" },
    { FW_ARPHRD, 768, "ipip" },
    { FW_ARPHRD, 769, "ipip6" },
    { FW_ARPHRD, 772, "loopback" },
    { FW_ARPHRD, 776, "sit" },
    { FW_ARPHRD, 778, "ipgre" },
    { FW_CT_STATE, 0x01, "invalid" },
    { FW_CT_STATE, 0x02, "established" },
    { FW_CT_STATE, 0x04, "related" },
    { FW_CT_STATE, 0x08, "new" },
    { FW_CT_STATE, 0x40, "untracked" },
    { FW_CT_DIR, 0, "original" },
    { FW_CT_DIR, 1, "reply" },
    { FW_CT_STATUS, 0x01, "expected" },
    { FW_CT_STATUS, 0x02, "seen-reply" },
    { FW_CT_STATUS, 0x04, "assured" },
    { FW_CT_STATUS, 0x08, "confirmed" },
    { FW_CT_STATUS, 0x10, "snat" },
    { FW_CT_STATUS, 0x20, "dnat" },
    { FW_CT_STATUS, 0x200, "dying" },
    { FW_CT_EVENTBIT, 0x01, "new" },
    { FW_CT_EVENTBIT, 0x02, "related" },
    { FW_CT_EVENTBIT, 0x04, "destroy" },
    { FW_CT_EVENTBIT, 0x08, "reply" },
    { FW_CT_EVENTBIT, 0x10, "assured" },
    { FW_CT_EVENTBIT, 0x20, "protoinfo" },
    { FW_CT_EVENTBIT, 0x40, "helper" },
    { FW_CT_EVENTBIT, 0x80, "mark" },
    { FW_CT_EVENTBIT, 0x100, "seqadj" },
    { FW_CT_EVENTBIT, 0x200, "secmark" },
    { FW_CT_EVENTBIT, 0x400, "label" },
    { FW_PKTTYPE, 0, "host" },
    { FW_PKTTYPE, 1, "broadcast" },
    { FW_PKTTYPE, 2, "multicast" },
    { FW_PKTTYPE, 3, "other" },
    { FW_FIB_ADDR, 0, "unspec" },
    { FW_FIB_ADDR, 1, "unicast" },
    { FW_FIB_ADDR, 2, "local" },
    { FW_FIB_ADDR, 3, "broadcast" },
    { FW_FIB_ADDR, 4, "anycast" },
    { FW_FIB_ADDR, 5, "multicast" },
    { FW_FIB_ADDR, 6, "blackhole" },
    { FW_FIB_ADDR, 7, "unreachable" },
    { FW_FIB_ADDR, 8, "prohibit" },
    { FW_BOOLEAN, 0, "missing" },
    { FW_BOOLEAN, 1, "exists" },
    { FW_IGMP_TYPE, 0x11, "membership-query" },
    { FW_IGMP_TYPE, 0x12, "membership-report-v1" },
    { FW_IGMP_TYPE, 0x16, "membership-report-v2" },
    { FW_IGMP_TYPE, 0x17, "leave-group" },
    { FW_IGMP_TYPE, 0x22, "membership-report-v3" },
    { FW_TIME_DAY, 0, "Sunday" },
    { FW_TIME_DAY, 1, "Monday" },
    { FW_TIME_DAY, 2, "Tuesday" },
    { FW_TIME_DAY, 3, "Wednesday" },
    { FW_TIME_DAY, 4, "Thursday" },
    { FW_TIME_DAY, 5, "Friday" },
    { FW_TIME_DAY, 6, "Saturday" },
};

const char *fw_words_find(enum fw_type type, uint64_t value)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].type == type && words[i].value == value)
            return words[i].word;
    return NULL;
}

const char *fw_words_family(unsigned family)
{
    switch (family) {
    case NFPROTO_INET:
        return "inet";
    case NFPROTO_IPV4:
        return "ip";
    case NFPROTO_ARP:
        return "arp";
    case NFPROTO_NETDEV:
        return "netdev";
    case NFPROTO_BRIDGE:
        return "bridge";
    case NFPROTO_IPV6:
        return "ip6";
    default:
        return NULL;
    }
}

const char *fw_words_hook(unsigned family, unsigned hook)
{
    static const char *const inet[] = { "prerouting", "input", "forward", "output", "postrouting", "ingress" };
    static const char *const arp[] = { "input", "output", "forward" };
    static const char *const device[] = { "ingress", "egress" };
    if (family == NFPROTO_NETDEV)
        return hook < 2 ? device[hook] : NULL;
    if (family == NFPROTO_ARP)
        return hook < 3 ? arp[hook] : NULL;
    return hook < 6 ? inet[hook] : NULL;
}

const char *fw_words_priority(unsigned family, unsigned hook, int priority)
{
    static const struct {
        int priority;
        const char *name;
    } inet[] = { { -300, "raw" }, { -150, "mangle" }, { -100, "dstnat" },
                 { 0, "filter" }, { 50, "security" }, { 100, "srcnat" } },
      bridge[] = { { -300, "dstnat" }, { -200, "filter" }, { 100, "out" }, { 300, "srcnat" } };
    if (family == NFPROTO_BRIDGE) {
        for (size_t i = 0; i < sizeof bridge / sizeof bridge[0]; i++)
            if (bridge[i].priority == priority)
                return bridge[i].name;
        return NULL;
    }
    for (size_t i = 0; i < sizeof inet / sizeof inet[0]; i++) {
        bool only_filter = family == NFPROTO_ARP || family == NFPROTO_NETDEV;
        bool fits =
            (priority != -100 || hook == NF_INET_PRE_ROUTING) && (priority != 100 || hook == NF_INET_POST_ROUTING);
        if (inet[i].priority == priority && fits && (!only_filter || priority == 0))
            return inet[i].name;
    }
    return NULL;
}
