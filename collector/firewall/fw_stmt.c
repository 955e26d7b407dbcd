/* Expressions that do something. */
#include "collector/firewall/fw_stmt.h"

#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "collector/firewall/fw_rule.h"
#include "collector/firewall/fw_set.h"

#define ATTRIBUTES 10

void fw_stmt_counter(struct buf *out, const struct netlink_attr *data)
{
    struct netlink_attr a[NFTA_COUNTER_PACKETS + 1];
    fw_attr_nested(data, a, NFTA_COUNTER_PACKETS + 1);
    buf_printf(out, "packets %" PRIu64 " bytes %" PRIu64, fw_attr_u64(&a[NFTA_COUNTER_PACKETS], 0),
               fw_attr_u64(&a[NFTA_COUNTER_BYTES], 0));
}

void fw_stmt_quota(struct buf *out, const struct netlink_attr *data)
{
    struct netlink_attr a[NFTA_QUOTA_CONSUMED + 1];
    fw_attr_nested(data, a, NFTA_QUOTA_CONSUMED + 1);
    const uint64_t used = fw_attr_u64(&a[NFTA_QUOTA_CONSUMED], 0);
    buf_printf(out, "%s%" PRIu64 " bytes", (fw_attr_u32(&a[NFTA_QUOTA_FLAGS], 0) & NFT_QUOTA_F_INV) != 0 ? "over " : "",
               fw_attr_u64(&a[NFTA_QUOTA_BYTES], 0));
    if (used > 0)
        buf_printf(out, " used %" PRIu64 " bytes", used);
}

void fw_stmt_limit(struct buf *out, const struct netlink_attr *data)
{
    static const struct {
        uint64_t seconds;
        const char *name;
    } units[] = { { 1, "second" }, { 60, "minute" }, { 3600, "hour" }, { 86400, "day" }, { 604800, "week" } };
    struct netlink_attr a[NFTA_LIMIT_FLAGS + 1];
    fw_attr_nested(data, a, NFTA_LIMIT_FLAGS + 1);
    const bool bytes = fw_attr_u32(&a[NFTA_LIMIT_TYPE], NFT_LIMIT_PKTS) == NFT_LIMIT_PKT_BYTES;
    const uint64_t seconds = fw_attr_u64(&a[NFTA_LIMIT_UNIT], 0);
    const char *unit = NULL;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (units[i].seconds == seconds)
            unit = units[i].name;
    buf_printf(out, "rate %s%" PRIu64 "%s/",
               (fw_attr_u32(&a[NFTA_LIMIT_FLAGS], 0) & NFT_LIMIT_F_INV) != 0 ? "over " : "",
               fw_attr_u64(&a[NFTA_LIMIT_RATE], 0), bytes ? " bytes" : "");
    if (unit != NULL)
        buf_puts(out, unit);
    else
        buf_printf(out, "%" PRIu64 " seconds", seconds);
    const uint32_t burst = fw_attr_u32(&a[NFTA_LIMIT_BURST], 0);
    if (burst > 0 || !bytes)
        buf_printf(out, " burst %" PRIu32 " %s", burst, bytes ? "bytes" : "packets");
}

void fw_stmt_synproxy(struct buf *out, const struct netlink_attr *data)
{
    struct netlink_attr a[NFTA_SYNPROXY_FLAGS + 1];
    fw_attr_nested(data, a, NFTA_SYNPROXY_FLAGS + 1);
    const uint32_t flags = fw_attr_u32(&a[NFTA_SYNPROXY_FLAGS], 0);
    const char *gap = "";
    if ((flags & 1) != 0) { /* NF_SYNPROXY_OPT_*, linux/netfilter/nf_synproxy.h */
        buf_printf(out, "mss %u", fw_attr_u16(&a[NFTA_SYNPROXY_MSS], 0));
        gap = " ";
    }
    if ((flags & 2) != 0) {
        buf_printf(out, "%swscale %u", gap, fw_attr_u8(&a[NFTA_SYNPROXY_WSCALE], 0));
        gap = " ";
    }
    if ((flags & 8) != 0) {
        buf_printf(out, "%stimestamp", gap);
        gap = " ";
    }
    if ((flags & 4) != 0)
        buf_printf(out, "%ssack-perm", gap);
}

static void counter(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_COUNTER_PACKETS + 1];
    fw_attr_nested(data, a, NFTA_COUNTER_PACKETS + 1);
    if (!r->counted) {
        r->counted = true;
        r->packets = fw_attr_u64(&a[NFTA_COUNTER_PACKETS], 0);
        r->bytes = fw_attr_u64(&a[NFTA_COUNTER_BYTES], 0);
    }
    buf_puts(out, "counter ");
    fw_stmt_counter(out, data);
}

static void limit(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    (void)r;
    buf_puts(out, "limit ");
    fw_stmt_limit(out, data);
}

static void quota(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    (void)r;
    buf_puts(out, "quota ");
    fw_stmt_quota(out, data);
}

static void synproxy(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    (void)r;
    buf_puts(out, "synproxy ");
    const size_t bare = out->len;
    fw_stmt_synproxy(out, data);
    out->len -= out->len == bare && out->failed == HZ_OK; /* without options no blank */
}

static void put_log_flags(struct buf *out, uint32_t flags)
{
    if (flags == 0)
        return;
    if ((flags & 0x2f) == 0x2f) { /* NF_LOG_MASK without NF_LOG_NFLOG, linux/netfilter/nf_log.h */
        buf_puts(out, " flags all");
        return;
    }
    if ((flags & 3) != 0)
        buf_printf(out, " flags tcp %s%s%s", (flags & 1) != 0 ? "sequence" : "", (flags & 3) == 3 ? "," : "",
                   (flags & 2) != 0 ? "options" : "");
    if ((flags & 4) != 0)
        buf_puts(out, " flags ip options");
    if ((flags & 8) != 0)
        buf_puts(out, " flags skuid");
    if ((flags & 0x20) != 0)
        buf_puts(out, " flags ether");
}

static void log_packets(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    static const char *const levels[] = { "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug", "audit" };
    struct netlink_attr a[NFTA_LOG_FLAGS + 1];
    (void)r;
    fw_attr_nested(data, a, NFTA_LOG_FLAGS + 1);
    buf_puts(out, "log");
    if (netlink_text(&a[NFTA_LOG_PREFIX]) > 0) {
        buf_puts(out, " prefix ");
        fw_type_quoted(out, a[NFTA_LOG_PREFIX].data, netlink_text(&a[NFTA_LOG_PREFIX]));
    }
    if (a[NFTA_LOG_GROUP].data != NULL)
        buf_printf(out, " group %u", fw_attr_u16(&a[NFTA_LOG_GROUP], 0));
    if (fw_attr_u32(&a[NFTA_LOG_SNAPLEN], 0) > 0)
        buf_printf(out, " snaplen %" PRIu32, fw_attr_u32(&a[NFTA_LOG_SNAPLEN], 0));
    if (fw_attr_u16(&a[NFTA_LOG_QTHRESHOLD], 0) > 0)
        buf_printf(out, " queue-threshold %u", fw_attr_u16(&a[NFTA_LOG_QTHRESHOLD], 0));
    const uint32_t level = fw_attr_u32(&a[NFTA_LOG_LEVEL], NFT_LOGLEVEL_WARNING);
    if (level != NFT_LOGLEVEL_WARNING)
        buf_printf(out, " level %s", level <= NFT_LOGLEVEL_AUDIT ? levels[level] : "[ level ]");
    put_log_flags(out, fw_attr_u32(&a[NFTA_LOG_FLAGS], 0));
}

static void reject(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_REJECT_ICMP_CODE + 1];
    fw_attr_nested(data, a, NFTA_REJECT_ICMP_CODE + 1);
    const uint32_t type = fw_attr_u32(&a[NFTA_REJECT_TYPE], UINT32_MAX);
    const unsigned char code = fw_attr_u8(&a[NFTA_REJECT_ICMP_CODE], 0);
    const bool six = r->network == FW_IP6;
    if (type == NFT_REJECT_TCP_RST) {
        buf_puts(out, "reject with tcp reset");
        return;
    }
    const bool any = type == NFT_REJECT_ICMPX_UNREACH;
    buf_printf(out, "reject with %s ", any ? "icmpx" : six ? "icmpv6" : "icmp");
    fw_type_value(out, any ? FW_ICMPX_CODE : six ? FW_ICMPV6_CODE : FW_ICMP_CODE, &code, 1, false, NULL);
}

static void queue(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_QUEUE_SREG_QNUM + 1];
    fw_attr_nested(data, a, NFTA_QUEUE_SREG_QNUM + 1);
    const uint16_t flags = fw_attr_u16(&a[NFTA_QUEUE_FLAGS], 0), first = fw_attr_u16(&a[NFTA_QUEUE_NUM], 0);
    const uint16_t total = fw_attr_u16(&a[NFTA_QUEUE_TOTAL], 1);
    buf_puts(out, "queue");
    if ((flags & 3) != 0)
        buf_printf(out, " flags %s%s%s", (flags & NFT_QUEUE_FLAG_BYPASS) != 0 ? "bypass" : "",
                   (flags & 3) == 3 ? "," : "", (flags & NFT_QUEUE_FLAG_CPU_FANOUT) != 0 ? "fanout" : "");
    buf_puts(out, " to ");
    const struct fw_operand *o = fw_rule_register(r, &a[NFTA_QUEUE_SREG_QNUM]);
    if (o != NULL && o->known)
        fw_rule_operand(r, o, FW_INTEGER, out);
    else if (total > 1)
        buf_printf(out, "%u-%u", first, (unsigned)first + total - 1);
    else
        buf_printf(out, "%u", first);
}

static void objref(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_OBJREF_SET_NAME + 1];
    fw_attr_nested(data, a, NFTA_OBJREF_SET_NAME + 1);
    uint32_t type = fw_attr_u32(&a[NFTA_OBJREF_IMM_TYPE], 0), needs = 0;
    const struct fw_row *set = fw_model_set(r->model, r->row, &a[NFTA_OBJREF_SET_NAME]);
    const struct fw_set_facts facts = fw_set_facts(set);
    if (a[NFTA_OBJREF_SET_NAME].data != NULL)
        type = facts.object_type;
    const char *kind = fw_set_object(type);
    buf_puts(out, kind == NULL ? "[ object ]" : kind);
    const bool assigned = type == NFT_OBJECT_CT_HELPER || type == NFT_OBJECT_CT_TIMEOUT ||
                          type == NFT_OBJECT_CT_EXPECT || type == NFT_OBJECT_SECMARK;
    buf_puts(out, assigned ? " set " : " name ");
    if (a[NFTA_OBJREF_SET_NAME].data == NULL) {
        fw_type_quoted(out, a[NFTA_OBJREF_IMM_NAME].data, netlink_text(&a[NFTA_OBJREF_IMM_NAME]));
        return;
    }
    fw_rule_key(r, &a[NFTA_OBJREF_SET_SREG], facts.key_len, out, &needs);
    buf_puts(out, " map ");
    if (set != NULL && fw_set_is_anonymous(set)) {
        buf_puts(out, "{ ");
        fw_set_elements(r->model, set, NULL, ", ", out);
        buf_puts(out, " }");
    } else {
        buf_putc(out, '@');
        fw_type_word(out, a[NFTA_OBJREF_SET_NAME].data, netlink_text(&a[NFTA_OBJREF_SET_NAME]));
    }
    fw_rule_settle(r, needs);
}

static void put_stateful(struct fw_rule *r, const struct netlink_attr *nested, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    buf_putc(out, ' ');
    fw_set_statement(r->model, r->row, nested, &text);
    buf_put(out, text.data, text.len);
}

static void dynset(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    static const char *const ops[] = { "add", "update", "delete" };
    struct netlink_attr a[NFTA_DYNSET_EXPRESSIONS + 1], one;
    uint32_t needs = 0;
    fw_attr_nested(data, a, NFTA_DYNSET_EXPRESSIONS + 1);
    const uint32_t op = fw_attr_u32(&a[NFTA_DYNSET_OP], 0);
    const struct fw_set_facts facts = fw_set_facts(fw_model_set(r->model, r->row, &a[NFTA_DYNSET_SET_NAME]));
    buf_printf(out, "%s @", op < 3 ? ops[op] : "[ dynset ]");
    fw_type_word(out, a[NFTA_DYNSET_SET_NAME].data, netlink_text(&a[NFTA_DYNSET_SET_NAME]));
    buf_puts(out, " { ");
    fw_rule_key(r, &a[NFTA_DYNSET_SREG_KEY], facts.key_len, out, &needs);
    fw_rule_settle(r, needs);
    if (fw_attr_u64(&a[NFTA_DYNSET_TIMEOUT], 0) > 0) {
        buf_puts(out, " timeout ");
        fw_type_duration(out, fw_attr_u64(&a[NFTA_DYNSET_TIMEOUT], 0));
    }
    if (a[NFTA_DYNSET_EXPR].data != NULL)
        put_stateful(r, &a[NFTA_DYNSET_EXPR], out);
    struct netlink_attrs all = fw_attr_list(&a[NFTA_DYNSET_EXPRESSIONS]);
    while (netlink_next(&all, &one))
        put_stateful(r, &one, out);
    const struct fw_operand *value = fw_rule_register(r, &a[NFTA_DYNSET_SREG_DATA]);
    if (value != NULL && value->known) {
        buf_puts(out, " : ");
        fw_rule_operand(r, value, facts.data_type, out);
    }
    buf_puts(out, " }");
}

static void connlimit(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_CONNLIMIT_FLAGS + 1];
    (void)r;
    fw_attr_nested(data, a, NFTA_CONNLIMIT_FLAGS + 1);
    buf_printf(out, "ct count %s%" PRIu32, (fw_attr_u32(&a[NFTA_CONNLIMIT_FLAGS], 0) & 1) != 0 ? "over " : "",
               fw_attr_u32(&a[NFTA_CONNLIMIT_COUNT], 0));
}

static void last(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_LAST_MSECS + 1];
    (void)r;
    fw_attr_nested(data, a, NFTA_LAST_MSECS + 1);
    buf_puts(out, "last used ");
    if (fw_attr_u32(&a[NFTA_LAST_SET], 0) == 0)
        buf_puts(out, "never");
    else
        fw_type_duration(out, fw_attr_u64(&a[NFTA_LAST_MSECS], 0));
}

static void notrack(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    (void)r;
    (void)data;
    buf_puts(out, "notrack");
}

static void flow(struct fw_rule *r, const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_FLOW_TABLE_NAME + 1];
    (void)r;
    fw_attr_nested(data, a, NFTA_FLOW_TABLE_NAME + 1);
    buf_puts(out, "flow add @");
    fw_type_word(out, a[NFTA_FLOW_TABLE_NAME].data, netlink_text(&a[NFTA_FLOW_TABLE_NAME]));
}

bool fw_stmt_write(struct fw_rule *r, const struct netlink_attr *name, const struct netlink_attr *data)
{
    static const struct {
        const char *name;
        void (*write)(struct fw_rule *r, const struct netlink_attr *data, struct buf *out);
    } table[] = {
        { "counter", counter },     { "limit", limit },   { "quota", quota },     { "synproxy", synproxy },
        { "log", log_packets },     { "reject", reject }, { "queue", queue },     { "objref", objref },
        { "dynset", dynset },       { "last", last },     { "notrack", notrack }, { "flow_offload", flow },
        { "connlimit", connlimit },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (netlink_text(name) == strlen(table[i].name) && memcmp(name->data, table[i].name, netlink_text(name)) == 0) {
            HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
            table[i].write(r, data, &text);
            fw_rule_emit_buf(r, &text, 0);
            return true;
        }
    return false;
}
