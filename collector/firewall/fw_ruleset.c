#include "collector/firewall/fw_ruleset.h"

#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "collector/firewall/fw_object.h"
#include "collector/firewall/fw_rule.h"
#include "collector/firewall/fw_set.h"
#include "collector/firewall/fw_words.h"

#define USERDATA_COMMENT 0

static void put_comment(const struct netlink_attr *userdata, struct buf *out)
{
    const struct netlink_attr comment = fw_attr_userdata(userdata, USERDATA_COMMENT);
    if (comment.data == NULL)
        return;
    buf_puts(out, "\t\tcomment ");
    fw_type_quoted(out, comment.data, netlink_text(&comment));
    buf_putc(out, '\n');
}

static void put_devices(const struct netlink_attr *hook, struct buf *out)
{
    if (hook[NFTA_HOOK_DEV].data != NULL) {
        buf_puts(out, " device ");
        fw_type_quoted(out, hook[NFTA_HOOK_DEV].data, netlink_text(&hook[NFTA_HOOK_DEV]));
        return;
    }
    fw_object_devices(out, &hook[NFTA_HOOK_DEVS], " devices = { ");
}

static void put_base(const struct fw_row *row, const struct netlink_attr *a, struct buf *out)
{
    struct netlink_attr hook[NFTA_HOOK_DEVS + 1];
    fw_attr_nested(&a[NFTA_CHAIN_HOOK], hook, NFTA_HOOK_DEVS + 1);
    const uint32_t number = fw_attr_u32(&hook[NFTA_HOOK_HOOKNUM], UINT32_MAX);
    const int32_t priority = (int32_t)fw_attr_u32(&hook[NFTA_HOOK_PRIORITY], 0);
    const char *name = fw_words_hook(row->family, number), *word = fw_words_priority(row->family, number, priority);
    buf_puts(out, "\t\ttype ");
    fw_type_word(out, a[NFTA_CHAIN_TYPE].data, netlink_text(&a[NFTA_CHAIN_TYPE]));
    if (name != NULL)
        buf_printf(out, " hook %s", name);
    else
        buf_printf(out, " hook %" PRIu32, number);
    put_devices(hook, out);
    if (word != NULL)
        buf_printf(out, " priority %s;", word);
    else
        buf_printf(out, " priority %" PRId32 ";", priority);
    if (a[NFTA_CHAIN_POLICY].data != NULL)
        buf_printf(out, " policy %s;", fw_attr_u32(&a[NFTA_CHAIN_POLICY], NF_ACCEPT) == NF_DROP ? "drop" : "accept");
    buf_putc(out, '\n');
}

static void put_chain(struct fw_rule *r, const struct fw_model *m, const struct fw_row *row, struct buf *out)
{
    struct netlink_attr a[NFTA_CHAIN_USERDATA + 1], counters[NFTA_COUNTER_PACKETS + 1];
    size_t from, to;
    fw_attr_table(row->attrs, row->len, a, NFTA_CHAIN_USERDATA + 1);
    buf_puts(out, "\tchain ");
    fw_type_word(out, row->name.data, netlink_text(&row->name));
    buf_puts(out, " {");
    fw_attr_nested(&a[NFTA_CHAIN_COUNTERS], counters, NFTA_COUNTER_PACKETS + 1);
    if (a[NFTA_CHAIN_COUNTERS].data != NULL) /* of what the policy decided; nft does not list them */
        buf_printf(out, " # policy: packets %" PRIu64 " bytes %" PRIu64,
                   fw_attr_u64(&counters[NFTA_COUNTER_PACKETS], 0), fw_attr_u64(&counters[NFTA_COUNTER_BYTES], 0));
    buf_putc(out, '\n');
    put_comment(&a[NFTA_CHAIN_USERDATA], out);
    if (a[NFTA_CHAIN_HOOK].data != NULL)
        put_base(row, a, out);
    if ((fw_attr_u32(&a[NFTA_CHAIN_FLAGS], 0) & NFT_CHAIN_HW_OFFLOAD) != 0)
        buf_puts(out, "\t\tflags offload;\n");
    fw_model_range(m, FW_RULES, row, &row->name, &from, &to);
    for (size_t i = from; i < to; i++) {
        fw_rule_write(r, m, &m->rows[FW_RULES][i]);
        buf_puts(out, "\t\t");
        buf_put(out, r->out.data, r->out.len);
        if (r->out.failed != HZ_OK)
            out->failed = r->out.failed;
        buf_putc(out, '\n');
    }
    buf_puts(out, "\t}\n");
}

static void put_table_head(const struct fw_row *row, struct buf *out)
{
    struct netlink_attr a[NFTA_TABLE_OWNER + 1];
    const char *family = fw_words_family(row->family);
    fw_attr_table(row->attrs, row->len, a, NFTA_TABLE_OWNER + 1);
    if (family != NULL)
        buf_printf(out, "table %s ", family);
    else
        buf_printf(out, "table [ family %u ] ", row->family);
    fw_type_word(out, row->name.data, netlink_text(&row->name));
    buf_puts(out, " {");
    if (a[NFTA_TABLE_OWNER].data != NULL)
        buf_printf(out, " # owner: netlink port %" PRIu32, fw_attr_u32(&a[NFTA_TABLE_OWNER], 0));
    buf_putc(out, '\n');
    put_comment(&a[NFTA_TABLE_USERDATA], out);
    if ((fw_attr_u32(&a[NFTA_TABLE_FLAGS], 0) & NFT_TABLE_F_DORMANT) != 0)
        buf_puts(out, "\tflags dormant\n");
}

static void put_table(struct fw_rule *r, const struct fw_model *m, const struct fw_row *table, struct buf *out)
{
    size_t from, to;
    put_table_head(table, out);
    fw_model_range(m, FW_OBJECTS, table, NULL, &from, &to);
    for (size_t i = from; i < to; i++)
        fw_object_write(&m->rows[FW_OBJECTS][i], out);
    fw_model_range(m, FW_SETS, table, NULL, &from, &to);
    for (size_t i = from; i < to; i++)
        if (!fw_set_is_anonymous(&m->rows[FW_SETS][i]))
            fw_set_write(m, &m->rows[FW_SETS][i], out);
    fw_model_range(m, FW_FLOWTABLES, table, NULL, &from, &to);
    for (size_t i = from; i < to; i++)
        fw_object_flowtable(&m->rows[FW_FLOWTABLES][i], out);
    fw_model_range(m, FW_CHAINS, table, NULL, &from, &to);
    for (size_t i = from; i < to; i++)
        put_chain(r, m, &m->rows[FW_CHAINS][i], out);
    buf_puts(out, "}\n");
}

int fw_ruleset_text(const struct fw_model *m, struct buf *out, struct hz_error *err)
{
    struct fw_rule r;
    fw_rule_init(&r);
    for (size_t i = 0; i < m->count[FW_TABLES]; i++)
        put_table(&r, m, &m->rows[FW_TABLES][i], out);
    fw_rule_free(&r);
    return buf_check(out, err);
}
