#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "base/text.h"
#include "collector/firewall/fw_object.h"
#include "collector/firewall/fw_rule.h"
#include "collector/firewall/fw_ruleset.h"
#include "collector/firewall/fw_set.h"
#include "collector/firewall/fw_words.h"
#include "formats/write/fields.h"

struct row { /* the members in the order of their names; absent ones are NULL or have no data */
    const char *kind;
    const struct fw_row *row;
    bool counted;
    uint64_t packets, bytes;
    struct netlink_attr handle, chain, name, table, hook, policy, type;
    struct buf text;
};

static struct w_bytes text_of(const struct netlink_attr *a)
{
    return (struct w_bytes) { a->data, netlink_text(a) };
}

static void put_family(struct json_out *j, unsigned family)
{
    HZ_CLEANUP(buf_free) struct buf number = BUF_INIT(16);
    const char *name = fw_words_family(family);
    buf_decimal(&number, family);
    json_member_string(j, "family", name != NULL ? name : buf_text(&number));
}

static void put_hook(struct json_out *j, const struct row *r)
{
    struct netlink_attr hook[NFTA_HOOK_DEVS + 1];
    fw_attr_nested(&r->hook, hook, NFTA_HOOK_DEVS + 1);
    json_member_string(j, "hook", fw_words_hook(r->row->family, fw_attr_u32(&hook[NFTA_HOOK_HOOKNUM], UINT32_MAX)));
}

static void put_priority(struct json_out *j, const struct row *r)
{
    struct netlink_attr hook[NFTA_HOOK_DEVS + 1];
    fw_attr_nested(&r->hook, hook, NFTA_HOOK_DEVS + 1);
    json_member_int(j, "priority", (int32_t)fw_attr_u32(&hook[NFTA_HOOK_PRIORITY], 0));
}

static int put_row(struct sheet *out, struct row *r, struct hz_error *err)
{
    struct json_out j;
    HZ_CLEANUP(buf_free) struct buf raw = BUF_INIT(FW_MODEL_MAX);
    text_base64(&raw, r->row->attrs, r->row->len);
    if (buf_text(&raw) == NULL)
        return buf_check(&raw, err);
    sheet_row(out, &j);
    if (r->counted)
        json_member_decimal(&j, "bytes", r->bytes);
    if (r->chain.data != NULL)
        w_fields_bytes(&j, "chain", "chain_b64", text_of(&r->chain));
    put_family(&j, r->row->family);
    if (r->handle.data != NULL)
        json_member_decimal(&j, "handle", fw_attr_u64(&r->handle, 0));
    if (r->hook.data != NULL)
        put_hook(&j, r);
    json_member_string(&j, "kind", r->kind);
    if (r->name.data != NULL)
        w_fields_bytes(&j, "name", "name_b64", text_of(&r->name));
    if (r->counted)
        json_member_decimal(&j, "packets", r->packets);
    if (r->policy.data != NULL)
        json_member_string(&j, "policy", fw_attr_u32(&r->policy, NF_ACCEPT) == NF_DROP ? "drop" : "accept");
    if (r->hook.data != NULL)
        put_priority(&j, r);
    json_member_string(&j, "raw", buf_text(&raw));
    if (r->table.data != NULL)
        w_fields_bytes(&j, "table", "table_b64", text_of(&r->table));
    if (r->text.len > 0)
        json_member_string(&j, "text", buf_text(&r->text));
    if (r->type.data != NULL)
        w_fields_member_text(&j, "type", (const char *)r->type.data);
    return sheet_row_end(out, &j, err);
}

static void table_row(struct row *r)
{
    struct netlink_attr a[NFTA_TABLE_HANDLE + 1];
    fw_attr_table(r->row->attrs, r->row->len, a, NFTA_TABLE_HANDLE + 1);
    r->kind = "table";
    r->name = r->row->name;
    r->handle = a[NFTA_TABLE_HANDLE];
}

static void chain_row(struct row *r)
{
    struct netlink_attr a[NFTA_CHAIN_COUNTERS + 1], counters[NFTA_COUNTER_PACKETS + 1];
    fw_attr_table(r->row->attrs, r->row->len, a, NFTA_CHAIN_COUNTERS + 1);
    fw_attr_nested(&a[NFTA_CHAIN_COUNTERS], counters, NFTA_COUNTER_PACKETS + 1);
    r->kind = "chain";
    r->handle = a[NFTA_CHAIN_HANDLE];
    r->name = r->row->name;
    r->table = r->row->table;
    r->hook = a[NFTA_CHAIN_HOOK];
    r->policy = a[NFTA_CHAIN_POLICY];
    r->type = a[NFTA_CHAIN_TYPE];
    if (r->type.data != NULL && netlink_text(&r->type) == r->type.len) /* it must end in a NUL to be text here */
        r->type.data = NULL;
    r->counted = a[NFTA_CHAIN_COUNTERS].data != NULL;
    r->packets = fw_attr_u64(&counters[NFTA_COUNTER_PACKETS], 0);
    r->bytes = fw_attr_u64(&counters[NFTA_COUNTER_BYTES], 0);
}

static void rule_row(struct row *r, struct fw_rule *words, const struct fw_model *m)
{
    struct netlink_attr a[NFTA_RULE_HANDLE + 1];
    fw_attr_table(r->row->attrs, r->row->len, a, NFTA_RULE_HANDLE + 1);
    r->kind = "rule";
    r->chain = r->row->name;
    r->handle = a[NFTA_RULE_HANDLE];
    r->table = r->row->table;
    fw_rule_write(words, m, r->row);
    buf_put(&r->text, words->out.data, words->out.len);
    r->counted = words->counted;
    r->packets = words->packets;
    r->bytes = words->bytes;
}

static void named_row(struct row *r, const char *kind, uint16_t handle)
{
    struct netlink_attr a[NFTA_SET_HANDLE + 1];
    fw_attr_table(r->row->attrs, r->row->len, a, NFTA_SET_HANDLE + 1);
    r->kind = kind;
    r->name = r->row->name;
    r->table = r->row->table;
    if (handle != 0)
        r->handle = a[handle];
}

static int rows_of(const struct fw_model *m, enum fw_kind kind, struct fw_rule *words, struct sheet *out,
                   struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < m->count[kind]; i++) {
        struct row r = { .row = &m->rows[kind][i], .text = BUF_INIT(FW_RULE_TEXT) };
        if (kind == FW_TABLES)
            table_row(&r);
        else if (kind == FW_CHAINS)
            chain_row(&r);
        else if (kind == FW_RULES)
            rule_row(&r, words, m);
        else if (kind == FW_SETS)
            named_row(&r, "set", NFTA_SET_HANDLE);
        else if (kind == FW_ELEMENTS)
            named_row(&r, "elements", 0);
        else if (kind == FW_OBJECTS) {
            named_row(&r, "object", NFTA_OBJ_HANDLE);
            fw_object_write(r.row, &r.text);
        } else {
            named_row(&r, "flowtable", NFTA_FLOWTABLE_HANDLE);
            fw_object_flowtable(r.row, &r.text);
        }
        rc = put_row(out, &r, err);
        buf_free(&r.text);
    }
    return rc;
}

int fw_ruleset_rows(const struct fw_model *m, struct sheet *out, struct hz_error *err)
{
    struct fw_rule words;
    int rc = HZ_OK;
    fw_rule_init(&words);
    for (int kind = 0; rc == HZ_OK && kind < FW_KINDS; kind++)
        rc = rows_of(m, (enum fw_kind)kind, &words, out, err);
    fw_rule_free(&words);
    return rc;
}
