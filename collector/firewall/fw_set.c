#include "collector/firewall/fw_set.h"

#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "collector/firewall/fw_element.h"
#include "collector/firewall/fw_rule.h"

/* What nft(8) keeps in NFTA_SET_USERDATA (enum nftnl_udata_set_types). */
#define UDATA_KEY_ORDER 0
#define UDATA_DATA_ORDER 1
#define UDATA_MERGE 2
#define UDATA_COMMENT 7
#define ORDER_HOST 1

struct fw_set_facts fw_set_facts(const struct fw_row *set)
{
    struct netlink_attr a[NFTA_SET_OBJ_TYPE + 1];
    struct fw_set_facts f = { .flags = 0 };
    if (set == NULL)
        return f;
    fw_attr_table(set->attrs, set->len, a, NFTA_SET_OBJ_TYPE + 1);
    f.flags = fw_attr_u32(&a[NFTA_SET_FLAGS], 0);
    f.key_type = fw_attr_u32(&a[NFTA_SET_KEY_TYPE], 0);
    f.data_type = fw_attr_u32(&a[NFTA_SET_DATA_TYPE], 0);
    f.object_type = fw_attr_u32(&a[NFTA_SET_OBJ_TYPE], 0);
    f.key_len = fw_attr_u32(&a[NFTA_SET_KEY_LEN], 0);
    f.data_len = fw_attr_u32(&a[NFTA_SET_DATA_LEN], 0);
    return f;
}

bool fw_set_is_anonymous(const struct fw_row *set)
{
    return (fw_set_facts(set).flags & NFT_SET_ANONYMOUS) != 0;
}

const char *fw_set_object(uint32_t type)
{
    static const char *const names[] = {
        [NFT_OBJECT_COUNTER] = "counter",          [NFT_OBJECT_QUOTA] = "quota",
        [NFT_OBJECT_CT_HELPER] = "ct helper",      [NFT_OBJECT_LIMIT] = "limit",
        [NFT_OBJECT_CONNLIMIT] = "ct count",       [NFT_OBJECT_TUNNEL] = "tunnel",
        [NFT_OBJECT_CT_TIMEOUT] = "ct timeout",    [NFT_OBJECT_SECMARK] = "secmark",
        [NFT_OBJECT_CT_EXPECT] = "ct expectation", [NFT_OBJECT_SYNPROXY] = "synproxy",
    };
    return type < sizeof names / sizeof names[0] ? names[type] : NULL;
}

void fw_set_statement(const struct fw_model *m, const struct fw_row *row, const struct netlink_attr *nested,
                      struct buf *out)
{
    struct netlink_attr a[NFTA_EXPR_DATA + 1];
    struct fw_rule r;
    fw_attr_nested(nested, a, NFTA_EXPR_DATA + 1);
    fw_rule_init(&r);
    fw_rule_begin(&r, m, row);
    if (fw_stmt_write(&r, &a[NFTA_EXPR_NAME], &a[NFTA_EXPR_DATA]))
        buf_put(out, r.out.data, r.out.len);
    else
        buf_puts(out, "[ expression ]");
    fw_rule_free(&r);
}

static uint32_t order_of(const struct netlink_attr *userdata, unsigned type)
{
    const struct netlink_attr a = fw_attr_userdata(userdata, type);
    return a.len == 4 ? (uint32_t)fw_attr_number(a.data, 4, true) : 0;
}

static void format_of(const struct fw_row *set, const struct fw_set_key *key, const struct fw_model *m,
                      struct fw_element_format *f)
{
    struct netlink_attr a[NFTA_SET_USERDATA + 1];
    const struct fw_set_facts facts = fw_set_facts(set);
    fw_attr_table(set->attrs, set->len, a, NFTA_SET_USERDATA + 1);
    *f = (struct fw_element_format) { .model = m, .set = set, .facts = facts };
    f->key_host = order_of(&a[NFTA_SET_USERDATA], UDATA_KEY_ORDER) == ORDER_HOST;
    f->data_host = order_of(&a[NFTA_SET_USERDATA], UDATA_DATA_ORDER) == ORDER_HOST;
    f->key_type = facts.key_type;
    if (key != NULL && key->type < FW_TYPES && facts.key_type < FW_TYPES) {
        f->key_host = key->host_order;
        f->shift = key->shift;
        f->key_type = facts.key_type == FW_INVALID ? key->type : facts.key_type;
    }
}

void fw_set_elements(const struct fw_model *m, const struct fw_row *set, const struct fw_set_key *key, const char *gap,
                     struct buf *out)
{
    struct fw_element_format format;
    format_of(set, key, m, &format);
    fw_element_list(&format, gap, out);
}

static void put_types(uint32_t type, size_t len, struct buf *out)
{
    enum fw_type parts[FW_TYPE_PARTS];
    unsigned count = fw_type_split(type, parts);
    for (unsigned i = 0; i < count; i++) {
        const char *name = fw_type_name(parts[i]);
        buf_puts(out, i == 0 ? "" : " . ");
        if (name != NULL)
            buf_puts(out, name);
        else
            buf_printf(out, "[ type %u, %zu bytes ]", (unsigned)parts[i], len);
    }
}

static void put_data_type(const struct fw_set_facts *f, struct buf *out)
{
    if ((f->flags & (NFT_SET_MAP | NFT_SET_OBJECT)) == 0)
        return;
    buf_puts(out, " : ");
    const char *object = fw_set_object(f->object_type);
    if ((f->flags & NFT_SET_OBJECT) != 0)
        buf_puts(out, object == NULL ? "[ object ]" : object);
    else if (f->data_type == FW_VERDICT_KEY)
        buf_puts(out, "verdict");
    else
        put_types(f->data_type, f->data_len, out);
}

static void put_flags(uint32_t flags, struct buf *out)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = { { NFT_SET_CONSTANT, "constant" },
                  { NFT_SET_INTERVAL, "interval" },
                  { NFT_SET_TIMEOUT, "timeout" },
                  { NFT_SET_EVAL, "dynamic" } };
    const char *gap = "\t\tflags ";
    bool any = false;
    for (size_t i = 0; i < 4; i++)
        if ((flags & names[i].flag) != 0) {
            buf_printf(out, "%s%s", gap, names[i].name);
            gap = ",";
            any = true;
        }
    buf_puts(out, any ? "\n" : "");
}

static void put_time(const char *what, uint64_t ms, struct buf *out)
{
    if (ms == 0)
        return;
    buf_printf(out, "\t\t%s ", what);
    fw_type_duration(out, ms);
    buf_putc(out, '\n');
}

static void put_statements(const struct fw_model *m, const struct fw_row *set, const struct netlink_attr *a,
                           struct buf *out)
{
    struct netlink_attr one;
    struct netlink_attrs all = fw_attr_list(&a[NFTA_SET_EXPRESSIONS]);
    if (a[NFTA_SET_EXPR].data != NULL) {
        buf_puts(out, "\t\t");
        fw_set_statement(m, set, &a[NFTA_SET_EXPR], out);
        buf_putc(out, '\n');
    }
    while (netlink_next(&all, &one)) {
        buf_puts(out, "\t\t");
        fw_set_statement(m, set, &one, out);
        buf_putc(out, '\n');
    }
}

static void put_description(const struct netlink_attr *a, struct buf *out)
{
    struct netlink_attr desc[NFTA_SET_DESC_SIZE + 1];
    fw_attr_nested(&a[NFTA_SET_DESC], desc, NFTA_SET_DESC_SIZE + 1);
    if (fw_attr_u32(&desc[NFTA_SET_DESC_SIZE], 0) > 0)
        buf_printf(out, "\t\tsize %" PRIu32 "\n", fw_attr_u32(&desc[NFTA_SET_DESC_SIZE], 0));
    if (fw_attr_u32(&a[NFTA_SET_POLICY], NFT_SET_POL_PERFORMANCE) == NFT_SET_POL_MEMORY)
        buf_puts(out, "\t\tpolicy memory\n");
}

void fw_set_write(const struct fw_model *m, const struct fw_row *set, struct buf *out)
{
    struct netlink_attr a[NFTA_SET_EXPRESSIONS + 1];
    const struct fw_set_facts f = fw_set_facts(set);
    fw_attr_table(set->attrs, set->len, a, NFTA_SET_EXPRESSIONS + 1);
    buf_puts(out, (f.flags & (NFT_SET_MAP | NFT_SET_OBJECT)) != 0 ? "\tmap " : "\tset ");
    fw_type_word(out, set->name.data, netlink_text(&set->name));
    buf_puts(out, " {\n\t\ttype ");
    put_types(f.key_type, f.key_len, out);
    put_data_type(&f, out);
    buf_putc(out, '\n');
    put_description(a, out);
    put_flags(f.flags, out);
    put_time("timeout", fw_attr_u64(&a[NFTA_SET_TIMEOUT], 0), out);
    put_time("gc-interval", fw_attr_u32(&a[NFTA_SET_GC_INTERVAL], 0), out);
    if (order_of(&a[NFTA_SET_USERDATA], UDATA_MERGE) != 0)
        buf_puts(out, "\t\tauto-merge\n");
    put_statements(m, set, a, out);
    const struct netlink_attr comment = fw_attr_userdata(&a[NFTA_SET_USERDATA], UDATA_COMMENT);
    if (comment.data != NULL) {
        buf_puts(out, "\t\tcomment ");
        fw_type_quoted(out, comment.data, netlink_text(&comment));
        buf_putc(out, '\n');
    }
    const size_t before = out->len;
    buf_puts(out, "\t\telements = { ");
    const size_t begin = out->len;
    fw_set_elements(m, set, NULL, ",\n\t\t\t     ", out);
    if (out->failed == HZ_OK && out->len == begin)
        out->len = before;
    else
        buf_puts(out, " }\n");
    buf_puts(out, "\t}\n");
}
