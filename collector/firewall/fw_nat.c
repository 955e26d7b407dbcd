/* Expressions that send a packet elsewhere. */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "collector/firewall/fw_rule.h"
#include "collector/firewall/fw_words.h"

static bool is_known(struct fw_rule *r, const struct netlink_attr *number)
{
    const struct fw_operand *o = fw_rule_register(r, number);
    return o != NULL && o->known;
}

static bool is_same(struct fw_rule *r, const struct netlink_attr *a, const struct netlink_attr *b)
{
    return fw_rule_register(r, a) == fw_rule_register(r, b);
}

/* "min-max", or only one where they are the same. */
static void put_range(struct fw_rule *r, const struct netlink_attr *min, const struct netlink_attr *max, uint32_t type,
                      bool brackets, struct buf *out)
{
    const struct fw_operand *from = fw_rule_register(r, min), *to = fw_rule_register(r, max);
    brackets = brackets && from->constant;
    buf_puts(out, brackets ? "[" : "");
    fw_rule_operand(r, from, from->constant ? type : from->type, out);
    buf_puts(out, brackets ? "]" : "");
    if (to == NULL || !to->known || is_same(r, min, max))
        return;
    if (to->constant && from->constant && to->len == from->len && memcmp(to->data, from->data, to->len) == 0)
        return;
    buf_puts(out, brackets ? "-[" : "-");
    fw_rule_operand(r, to, to->constant ? type : to->type, out);
    buf_puts(out, brackets ? "]" : "");
}

static void put_flags(struct buf *out, uint32_t flags)
{
    const char *gap = " ";
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = { { NF_NAT_RANGE_PROTO_RANDOM, "random" },
                  { NF_NAT_RANGE_PROTO_RANDOM_FULLY, "fully-random" },
                  { NF_NAT_RANGE_PERSISTENT, "persistent" } };
    for (size_t i = 0; i < 3; i++)
        if ((flags & names[i].flag) != 0) {
            buf_printf(out, "%s%s", gap, names[i].name);
            gap = ",";
        }
}

static void put_family(struct fw_rule *r, uint32_t family, bool always, struct buf *out)
{
    if ((always || r->row->family == NFPROTO_INET) && (family == NFPROTO_IPV4 || family == NFPROTO_IPV6))
        buf_printf(out, " %s", fw_words_family(family));
}

static uint32_t nat(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_NAT_FLAGS + 1];
    fw_attr_nested(data, a, NFTA_NAT_FLAGS + 1);
    const uint32_t family = fw_attr_u32(&a[NFTA_NAT_FAMILY], 0), flags = fw_attr_u32(&a[NFTA_NAT_FLAGS], 0);
    const bool has_address = is_known(r, &a[NFTA_NAT_REG_ADDR_MIN]);
    bool has_port = is_known(r, &a[NFTA_NAT_REG_PROTO_MIN]);
    uint32_t needs = 0;
    buf_puts(out, fw_attr_u32(&a[NFTA_NAT_TYPE], 0) == NFT_NAT_SNAT ? "snat" : "dnat");
    if (has_address) {
        const struct fw_operand *o = fw_rule_register(r, &a[NFTA_NAT_REG_ADDR_MIN]);
        const bool joined = o->type >= 1U << FW_TYPE_BITS;
        put_family(r, family, joined, out);
        if ((flags & NF_NAT_RANGE_NETMAP) != 0)
            buf_puts(out, " prefix");
        buf_puts(out, joined ? " addr . port to " : " to ");
        put_range(r, &a[NFTA_NAT_REG_ADDR_MIN], &a[NFTA_NAT_REG_ADDR_MAX],
                  family == NFPROTO_IPV6 ? FW_IP6ADDR : FW_IPADDR, family == NFPROTO_IPV6 && has_port, out);
        needs = o->needs;
        has_port = has_port && !joined;
    } else if (has_port)
        buf_puts(out, " to ");
    if (has_port) {
        buf_putc(out, ':');
        put_range(r, &a[NFTA_NAT_REG_PROTO_MIN], &a[NFTA_NAT_REG_PROTO_MAX], FW_INET_SERVICE, false, out);
    }
    put_flags(out, flags);
    return needs;
}

static uint32_t put_ports(struct fw_rule *r, const struct netlink_attr *min, const struct netlink_attr *max,
                          uint32_t flags, struct buf *out)
{
    uint32_t needs = 0;
    if (is_known(r, min)) {
        needs = fw_rule_register(r, min)->needs;
        buf_puts(out, " to :");
        put_range(r, min, max, FW_INET_SERVICE, false, out);
    }
    put_flags(out, flags);
    return needs;
}

static uint32_t masquerade(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_MASQ_REG_PROTO_MAX + 1];
    fw_attr_nested(data, a, NFTA_MASQ_REG_PROTO_MAX + 1);
    buf_puts(out, "masquerade");
    return put_ports(r, &a[NFTA_MASQ_REG_PROTO_MIN], &a[NFTA_MASQ_REG_PROTO_MAX], fw_attr_u32(&a[NFTA_MASQ_FLAGS], 0),
                     out);
}

static uint32_t redirect(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_REDIR_FLAGS + 1];
    fw_attr_nested(data, a, NFTA_REDIR_FLAGS + 1);
    buf_puts(out, "redirect");
    return put_ports(r, &a[NFTA_REDIR_REG_PROTO_MIN], &a[NFTA_REDIR_REG_PROTO_MAX],
                     fw_attr_u32(&a[NFTA_REDIR_FLAGS], 0), out);
}

static uint32_t tproxy(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_TPROXY_REG_PORT + 1];
    fw_attr_nested(data, a, NFTA_TPROXY_REG_PORT + 1);
    const uint32_t family = fw_attr_u32(&a[NFTA_TPROXY_FAMILY], 0);
    const bool six = family == NFPROTO_IPV6 || r->row->family == NFPROTO_IPV6;
    buf_puts(out, "tproxy");
    put_family(r, family, false, out);
    buf_puts(out, " to ");
    if (is_known(r, &a[NFTA_TPROXY_REG_ADDR]))
        put_range(r, &a[NFTA_TPROXY_REG_ADDR], &a[NFTA_TPROXY_REG_ADDR], six ? FW_IP6ADDR : FW_IPADDR, six, out);
    if (is_known(r, &a[NFTA_TPROXY_REG_PORT])) {
        buf_putc(out, ':');
        put_range(r, &a[NFTA_TPROXY_REG_PORT], &a[NFTA_TPROXY_REG_PORT], FW_INET_SERVICE, false, out);
    }
    return 0;
}

static void put_one(struct fw_rule *r, const struct netlink_attr *number, uint32_t type, struct buf *out)
{
    const struct fw_operand *o = fw_rule_register(r, number);
    if (o != NULL && o->known)
        fw_rule_operand(r, o, o->constant ? type : o->type, out);
    else
        buf_puts(out, "[ register ]");
}

static uint32_t address_type(struct fw_rule *r, const struct netlink_attr *number)
{
    const struct fw_operand *o = fw_rule_register(r, number);
    return o != NULL && o->len == 16 ? FW_IP6ADDR : FW_IPADDR;
}

static uint32_t dup(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_DUP_SREG_DEV + 1];
    fw_attr_nested(data, a, NFTA_DUP_SREG_DEV + 1);
    buf_puts(out, "dup to ");
    if (a[NFTA_DUP_SREG_ADDR].data != NULL) {
        put_one(r, &a[NFTA_DUP_SREG_ADDR], address_type(r, &a[NFTA_DUP_SREG_ADDR]), out);
        if (a[NFTA_DUP_SREG_DEV].data != NULL)
            buf_puts(out, " device ");
    }
    if (a[NFTA_DUP_SREG_DEV].data != NULL)
        put_one(r, &a[NFTA_DUP_SREG_DEV], FW_IFINDEX, out);
    return 0;
}

static uint32_t forward(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_FWD_NFPROTO + 1];
    fw_attr_nested(data, a, NFTA_FWD_NFPROTO + 1);
    buf_puts(out, "fwd ");
    if (a[NFTA_FWD_SREG_ADDR].data != NULL) {
        buf_puts(out, fw_attr_u32(&a[NFTA_FWD_NFPROTO], 0) == NFPROTO_IPV6 ? "ip6 to " : "ip to ");
        put_one(r, &a[NFTA_FWD_SREG_ADDR], address_type(r, &a[NFTA_FWD_SREG_ADDR]), out);
        buf_puts(out, " device ");
    } else
        buf_puts(out, "to ");
    put_one(r, &a[NFTA_FWD_SREG_DEV], FW_IFINDEX, out);
    return 0;
}

bool fw_nat_write(struct fw_rule *r, const struct netlink_attr *name, const struct netlink_attr *data)
{
    static const struct {
        const char *name;
        uint32_t (*write)(struct fw_rule *r, const struct netlink_attr *data, struct buf *out);
    } table[] = {
        { "nat", nat },       { "masq", masquerade }, { "redir", redirect },
        { "tproxy", tproxy }, { "dup", dup },         { "fwd", forward },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (netlink_text(name) == strlen(table[i].name) && memcmp(name->data, table[i].name, netlink_text(name)) == 0) {
            HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
            uint32_t needs = table[i].write(r, data, &text);
            fw_rule_emit_buf(r, &text, needs);
            return true;
        }
    return false;
}
