#include "collector/firewall/fw_field.h"

#include <linux/netfilter/nf_tables.h>

/* RFC 791, 792, 826, 1112, 4443, 8200, 9293, 768, 3828, 9260, 4340, 4303, 4302, 3173; IEEE 802.1Q. */
static const struct fw_field fields[] = {
    { FW_ETHER, "ether daddr", 0, 48, FW_ETHERADDR },
    { FW_ETHER, "ether saddr", 48, 48, FW_ETHERADDR },
    { FW_ETHER, "ether type", 96, 16, FW_ETHERTYPE },
    { FW_ETHER, "vlan pcp", 112, 3, FW_INTEGER },
    { FW_ETHER, "vlan dei", 115, 1, FW_INTEGER },
    { FW_ETHER, "vlan id", 116, 12, FW_INTEGER },
    { FW_ETHER, "vlan type", 128, 16, FW_ETHERTYPE },
    { FW_ARP, "arp htype", 0, 16, FW_INTEGER },
    { FW_ARP, "arp ptype", 16, 16, FW_ETHERTYPE },
    { FW_ARP, "arp hlen", 32, 8, FW_INTEGER },
    { FW_ARP, "arp plen", 40, 8, FW_INTEGER },
    { FW_ARP, "arp operation", 48, 16, FW_ARPOP },
    { FW_ARP, "arp saddr ether", 64, 48, FW_ETHERADDR },
    { FW_ARP, "arp saddr ip", 112, 32, FW_IPADDR },
    { FW_ARP, "arp daddr ether", 144, 48, FW_ETHERADDR },
    { FW_ARP, "arp daddr ip", 192, 32, FW_IPADDR },
    { FW_IP, "ip version", 0, 4, FW_INTEGER },
    { FW_IP, "ip hdrlength", 4, 4, FW_INTEGER },
    { FW_IP, "ip dscp", 8, 6, FW_DSCP },
    { FW_IP, "ip ecn", 14, 2, FW_ECN },
    { FW_IP, "ip length", 16, 16, FW_INTEGER },
    { FW_IP, "ip id", 32, 16, FW_INTEGER },
    { FW_IP, "ip frag-off", 48, 16, FW_INTEGER },
    { FW_IP, "ip ttl", 64, 8, FW_INTEGER },
    { FW_IP, "ip protocol", 72, 8, FW_INET_PROTOCOL },
    { FW_IP, "ip checksum", 80, 16, FW_INTEGER },
    { FW_IP, "ip saddr", 96, 32, FW_IPADDR },
    { FW_IP, "ip daddr", 128, 32, FW_IPADDR },
    { FW_IP6, "ip6 version", 0, 4, FW_INTEGER },
    { FW_IP6, "ip6 dscp", 4, 6, FW_DSCP },
    { FW_IP6, "ip6 ecn", 10, 2, FW_ECN },
    { FW_IP6, "ip6 flowlabel", 12, 20, FW_INTEGER },
    { FW_IP6, "ip6 length", 32, 16, FW_INTEGER },
    { FW_IP6, "ip6 nexthdr", 48, 8, FW_INET_PROTOCOL },
    { FW_IP6, "ip6 hoplimit", 56, 8, FW_INTEGER },
    { FW_IP6, "ip6 saddr", 64, 128, FW_IP6ADDR },
    { FW_IP6, "ip6 daddr", 192, 128, FW_IP6ADDR },
    { FW_TRANSPORT, "th sport", 0, 16, FW_INET_SERVICE },
    { FW_TRANSPORT, "th dport", 16, 16, FW_INET_SERVICE },
    { FW_ICMP, "icmp type", 0, 8, FW_ICMP_TYPE },
    { FW_ICMP, "icmp code", 8, 8, FW_ICMP_CODE },
    { FW_ICMP, "icmp checksum", 16, 16, FW_INTEGER },
    { FW_ICMP, "icmp gateway", 32, 32, FW_INTEGER },
    { FW_ICMP, "icmp id", 32, 16, FW_INTEGER },
    { FW_ICMP, "icmp sequence", 48, 16, FW_INTEGER },
    { FW_ICMP6, "icmpv6 type", 0, 8, FW_ICMP6_TYPE },
    { FW_ICMP6, "icmpv6 code", 8, 8, FW_ICMPV6_CODE },
    { FW_ICMP6, "icmpv6 checksum", 16, 16, FW_INTEGER },
    { FW_ICMP6, "icmpv6 mtu", 32, 32, FW_INTEGER },
    { FW_ICMP6, "icmpv6 id", 32, 16, FW_INTEGER },
    { FW_ICMP6, "icmpv6 sequence", 48, 16, FW_INTEGER },
    { FW_IGMP, "igmp type", 0, 8, FW_IGMP_TYPE },
    { FW_IGMP, "igmp mrt", 8, 8, FW_INTEGER },
    { FW_IGMP, "igmp checksum", 16, 16, FW_INTEGER },
    { FW_IGMP, "igmp group", 32, 32, FW_IPADDR },
    { FW_TCP, "tcp sport", 0, 16, FW_INET_SERVICE },
    { FW_TCP, "tcp dport", 16, 16, FW_INET_SERVICE },
    { FW_TCP, "tcp sequence", 32, 32, FW_INTEGER },
    { FW_TCP, "tcp ackseq", 64, 32, FW_INTEGER },
    { FW_TCP, "tcp doff", 96, 4, FW_INTEGER },
    { FW_TCP, "tcp reserved", 100, 4, FW_INTEGER },
    { FW_TCP, "tcp flags", 104, 8, FW_TCP_FLAG },
    { FW_TCP, "tcp window", 112, 16, FW_INTEGER },
    { FW_TCP, "tcp checksum", 128, 16, FW_INTEGER },
    { FW_TCP, "tcp urgptr", 144, 16, FW_INTEGER },
    { FW_UDP, "udp sport", 0, 16, FW_INET_SERVICE },
    { FW_UDP, "udp dport", 16, 16, FW_INET_SERVICE },
    { FW_UDP, "udp length", 32, 16, FW_INTEGER },
    { FW_UDP, "udp checksum", 48, 16, FW_INTEGER },
    { FW_UDPLITE, "udplite sport", 0, 16, FW_INET_SERVICE },
    { FW_UDPLITE, "udplite dport", 16, 16, FW_INET_SERVICE },
    { FW_UDPLITE, "udplite checksum", 48, 16, FW_INTEGER },
    { FW_SCTP, "sctp sport", 0, 16, FW_INET_SERVICE },
    { FW_SCTP, "sctp dport", 16, 16, FW_INET_SERVICE },
    { FW_SCTP, "sctp vtag", 32, 32, FW_INTEGER },
    { FW_SCTP, "sctp checksum", 64, 32, FW_INTEGER },
    { FW_DCCP, "dccp sport", 0, 16, FW_INET_SERVICE },
    { FW_DCCP, "dccp dport", 16, 16, FW_INET_SERVICE },
    { FW_DCCP, "dccp type", 67, 4, FW_DCCP_PKTTYPE },
    { FW_ESP, "esp spi", 0, 32, FW_INTEGER },
    { FW_ESP, "esp sequence", 32, 32, FW_INTEGER },
    { FW_AH, "ah nexthdr", 0, 8, FW_INET_PROTOCOL },
    { FW_AH, "ah hdrlength", 8, 8, FW_INTEGER },
    { FW_AH, "ah reserved", 16, 16, FW_INTEGER },
    { FW_AH, "ah spi", 32, 32, FW_INTEGER },
    { FW_AH, "ah sequence", 64, 32, FW_INTEGER },
    { FW_COMP, "comp nexthdr", 0, 8, FW_INET_PROTOCOL },
    { FW_COMP, "comp flags", 8, 8, FW_BITMASK },
    { FW_COMP, "comp cpi", 16, 16, FW_INTEGER },
};

const struct fw_field *fw_field_find(enum fw_header header, size_t offset, size_t bits)
{
    const struct fw_field *longest = NULL;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct fw_field *f = &fields[i];
        if (f->header != header || f->offset != offset)
            continue;
        if (f->bits == bits)
            return f;
        if (longest == NULL || longest->bits < f->bits)
            longest = f;
    }
    return bits == 0 ? longest : NULL;
}

enum fw_header fw_field_network(uint64_t ethertype)
{
    return ethertype == 0x0800 ? FW_IP : ethertype == 0x86dd ? FW_IP6 : ethertype == 0x0806 ? FW_ARP : FW_NO_HEADER;
}

enum fw_header fw_field_transport(uint64_t protocol)
{
    static const unsigned char numbers[FW_HEADERS] = {
        [FW_ICMP] = 1,   [FW_ICMP6] = 58, [FW_IGMP] = 2, [FW_TCP] = 6, [FW_UDP] = 17,   [FW_UDPLITE] = 136,
        [FW_SCTP] = 132, [FW_DCCP] = 33,  [FW_ESP] = 50, [FW_AH] = 51, [FW_COMP] = 108,
    };
    for (unsigned i = FW_ICMP; i < FW_HEADERS; i++)
        if (numbers[i] == protocol)
            return (enum fw_header)i;
    return FW_TRANSPORT;
}

struct fw_key fw_field_meta(uint32_t key)
{
    static const struct fw_key keys[] = {
        [NFT_META_LEN] = { "meta length", FW_INTEGER, true },
        [NFT_META_PROTOCOL] = { "meta protocol", FW_ETHERTYPE, false },
        [NFT_META_PRIORITY] = { "meta priority", FW_CLASSID, true },
        [NFT_META_MARK] = { "meta mark", FW_MARK, true },
        [NFT_META_IIF] = { "iif", FW_IFINDEX, true },
        [NFT_META_OIF] = { "oif", FW_IFINDEX, true },
        [NFT_META_IIFNAME] = { "iifname", FW_IFNAME, true },
        [NFT_META_OIFNAME] = { "oifname", FW_IFNAME, true },
        [NFT_META_IFTYPE] = { "meta iiftype", FW_ARPHRD, true },
        [NFT_META_OIFTYPE] = { "meta oiftype", FW_ARPHRD, true },
        [NFT_META_SKUID] = { "meta skuid", FW_UID, true },
        [NFT_META_SKGID] = { "meta skgid", FW_GID, true },
        [NFT_META_NFTRACE] = { "meta nftrace", FW_INTEGER, true },
        [NFT_META_RTCLASSID] = { "meta rtclassid", FW_REALM, true },
        [NFT_META_SECMARK] = { "meta secmark", FW_INTEGER, true },
        [NFT_META_NFPROTO] = { "meta nfproto", FW_NFPROTO, true },
        [NFT_META_L4PROTO] = { "meta l4proto", FW_INET_PROTOCOL, true },
        [NFT_META_BRI_IIFNAME] = { "meta ibrname", FW_IFNAME, true },
        [NFT_META_BRI_OIFNAME] = { "meta obrname", FW_IFNAME, true },
        [NFT_META_PKTTYPE] = { "meta pkttype", FW_PKTTYPE, true },
        [NFT_META_CPU] = { "meta cpu", FW_INTEGER, true },
        [NFT_META_IIFGROUP] = { "iifgroup", FW_DEVGROUP, true },
        [NFT_META_OIFGROUP] = { "oifgroup", FW_DEVGROUP, true },
        [NFT_META_CGROUP] = { "meta cgroup", FW_INTEGER, true },
        [NFT_META_PRANDOM] = { "meta random", FW_INTEGER, false },
        [NFT_META_SECPATH] = { "meta ipsec", FW_BOOLEAN, true },
        [NFT_META_IIFKIND] = { "meta iifkind", FW_IFNAME, true },
        [NFT_META_OIFKIND] = { "meta oifkind", FW_IFNAME, true },
        [NFT_META_BRI_IIFPVID] = { "meta ibrpvid", FW_INTEGER, true },
        [NFT_META_BRI_IIFVPROTO] = { "meta ibrvproto", FW_ETHERTYPE, false },
        [NFT_META_TIME_NS] = { "meta time", FW_TIME_DATE, true },
        [NFT_META_TIME_DAY] = { "meta day", FW_TIME_DAY, true },
        [NFT_META_TIME_HOUR] = { "meta hour", FW_TIME_HOUR, true },
        [NFT_META_SDIF] = { "meta sdif", FW_IFINDEX, true },
        [NFT_META_SDIFNAME] = { "meta sdifname", FW_IFNAME, true },
    };
    return key < sizeof keys / sizeof keys[0] ? keys[key] : (struct fw_key) { .name = NULL };
}

struct fw_key fw_field_ct(uint32_t key)
{
    static const struct fw_key keys[] = {
        [NFT_CT_STATE] = { "state", FW_CT_STATE, true },
        [NFT_CT_DIRECTION] = { "direction", FW_CT_DIR, true },
        [NFT_CT_STATUS] = { "status", FW_CT_STATUS, true },
        [NFT_CT_MARK] = { "mark", FW_MARK, true },
        [NFT_CT_SECMARK] = { "secmark", FW_INTEGER, true },
        [NFT_CT_EXPIRATION] = { "expiration", FW_TIME, true },
        [NFT_CT_HELPER] = { "helper", FW_STRING, true },
        [NFT_CT_L3PROTOCOL] = { "l3proto", FW_NFPROTO, true },
        [NFT_CT_SRC] = { "saddr", FW_IPADDR, false },
        [NFT_CT_DST] = { "daddr", FW_IPADDR, false },
        [NFT_CT_PROTOCOL] = { "protocol", FW_INET_PROTOCOL, true },
        [NFT_CT_PROTO_SRC] = { "proto-src", FW_INET_SERVICE, false },
        [NFT_CT_PROTO_DST] = { "proto-dst", FW_INET_SERVICE, false },
        [NFT_CT_LABELS] = { "label", FW_CT_LABEL, true },
        [NFT_CT_PKTS] = { "packets", FW_INTEGER, true },
        [NFT_CT_BYTES] = { "bytes", FW_INTEGER, true },
        [NFT_CT_AVGPKT] = { "avgpkt", FW_INTEGER, true },
        [NFT_CT_ZONE] = { "zone", FW_INTEGER, true },
        [NFT_CT_EVENTMASK] = { "event", FW_CT_EVENTBIT, true },
        [NFT_CT_SRC_IP] = { "ip saddr", FW_IPADDR, false },
        [NFT_CT_DST_IP] = { "ip daddr", FW_IPADDR, false },
        [NFT_CT_SRC_IP6] = { "ip6 saddr", FW_IP6ADDR, false },
        [NFT_CT_DST_IP6] = { "ip6 daddr", FW_IP6ADDR, false },
        [NFT_CT_ID] = { "id", FW_INTEGER, false },
    };
    return key < sizeof keys / sizeof keys[0] ? keys[key] : (struct fw_key) { .name = NULL };
}
