/* Options and extension headers, which are looked for in a packet. */
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "collector/firewall/fw_rule.h"

/* Parts of TCP options, IP options and IPv6 extension headers that rules name; others by number, offset and length.
 * RFC 791, 2113, 6275, 7323, 8200, 8754, 9293. */
static const struct {
    uint8_t op, type;
    uint32_t offset, len;
    const char *name;
} known[] = {
    { NFT_EXTHDR_OP_TCPOPT, 2, 2, 2, "tcp option maxseg size" },
    { NFT_EXTHDR_OP_TCPOPT, 3, 2, 1, "tcp option window count" },
    { NFT_EXTHDR_OP_TCPOPT, 8, 2, 4, "tcp option timestamp tsval" },
    { NFT_EXTHDR_OP_TCPOPT, 8, 6, 4, "tcp option timestamp tsecr" },
    { NFT_EXTHDR_OP_IPV4, 7, 0, 1, "ip option rr type" },
    { NFT_EXTHDR_OP_IPV4, 131, 0, 1, "ip option lsrr type" },
    { NFT_EXTHDR_OP_IPV4, 137, 0, 1, "ip option ssrr type" },
    { NFT_EXTHDR_OP_IPV4, 148, 0, 1, "ip option ra type" },
    { NFT_EXTHDR_OP_IPV4, 148, 2, 2, "ip option ra value" },
    { NFT_EXTHDR_OP_IPV6, 0, 0, 1, "hbh nexthdr" },
    { NFT_EXTHDR_OP_IPV6, 0, 1, 1, "hbh hdrlength" },
    { NFT_EXTHDR_OP_IPV6, 43, 0, 1, "rt nexthdr" },
    { NFT_EXTHDR_OP_IPV6, 43, 1, 1, "rt hdrlength" },
    { NFT_EXTHDR_OP_IPV6, 43, 2, 1, "rt type" },
    { NFT_EXTHDR_OP_IPV6, 43, 3, 1, "rt seg-left" },
    { NFT_EXTHDR_OP_IPV6, 43, 4, 1, "srh last-entry" },
    { NFT_EXTHDR_OP_IPV6, 43, 5, 1, "srh flags" },
    { NFT_EXTHDR_OP_IPV6, 43, 6, 2, "srh tag" },
    { NFT_EXTHDR_OP_IPV6, 44, 0, 1, "frag nexthdr" },
    { NFT_EXTHDR_OP_IPV6, 44, 4, 4, "frag id" },
    { NFT_EXTHDR_OP_IPV6, 60, 0, 1, "dst nexthdr" },
    { NFT_EXTHDR_OP_IPV6, 60, 1, 1, "dst hdrlength" },
    { NFT_EXTHDR_OP_IPV6, 135, 0, 1, "mh nexthdr" },
    { NFT_EXTHDR_OP_IPV6, 135, 1, 1, "mh hdrlength" },
    { NFT_EXTHDR_OP_IPV6, 135, 2, 1, "mh type" },
    { NFT_EXTHDR_OP_IPV6, 135, 4, 2, "mh checksum" },
};

/* Is it there at all? Chunks of SCTP: RFC 9260, 5061, 3758. */
static const struct {
    uint8_t op, type;
    const char *name;
} exists[] = {
    { NFT_EXTHDR_OP_TCPOPT, 0, "tcp option eol" },
    { NFT_EXTHDR_OP_TCPOPT, 1, "tcp option nop" },
    { NFT_EXTHDR_OP_TCPOPT, 2, "tcp option maxseg" },
    { NFT_EXTHDR_OP_TCPOPT, 3, "tcp option window" },
    { NFT_EXTHDR_OP_TCPOPT, 4, "tcp option sack-perm" },
    { NFT_EXTHDR_OP_TCPOPT, 5, "tcp option sack" },
    { NFT_EXTHDR_OP_TCPOPT, 8, "tcp option timestamp" },
    { NFT_EXTHDR_OP_IPV4, 7, "ip option rr" },
    { NFT_EXTHDR_OP_IPV4, 131, "ip option lsrr" },
    { NFT_EXTHDR_OP_IPV4, 137, "ip option ssrr" },
    { NFT_EXTHDR_OP_IPV4, 148, "ip option ra" },
    { NFT_EXTHDR_OP_IPV6, 0, "exthdr hbh" },
    { NFT_EXTHDR_OP_IPV6, 43, "exthdr rt" },
    { NFT_EXTHDR_OP_IPV6, 44, "exthdr frag" },
    { NFT_EXTHDR_OP_IPV6, 60, "exthdr dst" },
    { NFT_EXTHDR_OP_IPV6, 135, "exthdr mh" },
    { NFT_EXTHDR_OP_SCTP, 0, "sctp chunk data" },
    { NFT_EXTHDR_OP_SCTP, 1, "sctp chunk init" },
    { NFT_EXTHDR_OP_SCTP, 2, "sctp chunk init-ack" },
    { NFT_EXTHDR_OP_SCTP, 3, "sctp chunk sack" },
    { NFT_EXTHDR_OP_SCTP, 4, "sctp chunk heartbeat" },
    { NFT_EXTHDR_OP_SCTP, 5, "sctp chunk heartbeat-ack" },
    { NFT_EXTHDR_OP_SCTP, 6, "sctp chunk abort" },
    { NFT_EXTHDR_OP_SCTP, 7, "sctp chunk shutdown" },
    { NFT_EXTHDR_OP_SCTP, 8, "sctp chunk shutdown-ack" },
    { NFT_EXTHDR_OP_SCTP, 9, "sctp chunk error" },
    { NFT_EXTHDR_OP_SCTP, 10, "sctp chunk cookie-echo" },
    { NFT_EXTHDR_OP_SCTP, 11, "sctp chunk cookie-ack" },
    { NFT_EXTHDR_OP_SCTP, 12, "sctp chunk ecne" },
    { NFT_EXTHDR_OP_SCTP, 13, "sctp chunk cwr" },
    { NFT_EXTHDR_OP_SCTP, 14, "sctp chunk shutdown-complete" },
    { NFT_EXTHDR_OP_SCTP, 128, "sctp chunk asconf-ack" },
    { NFT_EXTHDR_OP_SCTP, 192, "sctp chunk forward-tsn" },
    { NFT_EXTHDR_OP_SCTP, 193, "sctp chunk asconf" },
};

static void put_exthdr(struct buf *out, const struct netlink_attr *a)
{
    const uint32_t op = fw_attr_u32(&a[NFTA_EXTHDR_OP], NFT_EXTHDR_OP_IPV6);
    const uint32_t offset = fw_attr_u32(&a[NFTA_EXTHDR_OFFSET], 0), len = fw_attr_u32(&a[NFTA_EXTHDR_LEN], 0);
    const uint8_t type = fw_attr_u8(&a[NFTA_EXTHDR_TYPE], 0);
    const bool present = (fw_attr_u32(&a[NFTA_EXTHDR_FLAGS], 0) & NFT_EXTHDR_F_PRESENT) != 0 ||
                         (a[NFTA_EXTHDR_DREG].data == NULL && a[NFTA_EXTHDR_SREG].data == NULL);
    for (size_t i = 0; present && i < sizeof exists / sizeof exists[0]; i++)
        if (exists[i].op == op && exists[i].type == type) {
            buf_puts(out, exists[i].name);
            return;
        }
    if (present && op == NFT_EXTHDR_OP_TCPOPT) {
        buf_printf(out, "tcp option %u", type);
        return;
    }
    for (size_t i = 0; !present && i < sizeof known / sizeof known[0]; i++)
        if (known[i].op == op && known[i].type == type && known[i].offset == offset && known[i].len == len) {
            buf_puts(out, known[i].name);
            return;
        }
    static const char *const names[] = { "exthdr", "tcp option", "ip option", "sctp chunk" };
    buf_printf(out, "%s @%u,%" PRIu32 ",%" PRIu32, op < 4 ? names[op] : "[ exthdr ]", type, offset * 8, len * 8);
}

void fw_exthdr_load(struct fw_rule *r, const struct netlink_attr *a)
{
    const bool present = (fw_attr_u32(&a[NFTA_EXTHDR_FLAGS], 0) & NFT_EXTHDR_F_PRESENT) != 0;
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    const bool tcp = fw_attr_u32(&a[NFTA_EXTHDR_OP], 0) == NFT_EXTHDR_OP_TCPOPT;
    put_exthdr(&text, a);
    if (a[NFTA_EXTHDR_SREG].data != NULL) {
        const struct fw_operand *value = fw_rule_register(r, &a[NFTA_EXTHDR_SREG]);
        buf_puts(&text, " set ");
        if (value != NULL)
            fw_rule_operand(r, value, FW_INTEGER, &text);
        fw_rule_emit_buf(r, &text, tcp ? UINT32_C(1) << FW_TCP : 0);
        return;
    }
    if (a[NFTA_EXTHDR_DREG].data == NULL) {
        HZ_CLEANUP(buf_free) struct buf reset = BUF_INIT(FW_RULE_TEXT);
        buf_puts(&reset, "reset ");
        buf_put(&reset, text.data, text.len);
        fw_rule_emit_buf(r, &reset, tcp ? UINT32_C(1) << FW_TCP : 0);
        return;
    }
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_EXTHDR_DREG], present ? 1 : fw_attr_u32(&a[NFTA_EXTHDR_LEN], 0));
    if (o == NULL)
        return;
    buf_put(&o->text, text.data, text.len);
    o->type = present ? FW_BOOLEAN : FW_INTEGER;
    o->needs = tcp ? UINT32_C(1) << FW_TCP : 0;
}
