#include "collector/firewall/fw_object.h"

#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "collector/firewall/fw_set.h"
#include "collector/firewall/fw_stmt.h"
#include "collector/firewall/fw_words.h"

#define DEVICE_PREFIX 2 /* NFTA_DEVICE_PREFIX of newer kernels: all names that begin so */
#define USERDATA_COMMENT 0

static void put_l3(const struct netlink_attr *a, struct buf *out)
{
    const char *family = fw_words_family(fw_attr_u16(a, 0));
    if (family != NULL)
        buf_printf(out, "\t\tl3proto %s\n", family);
}

static void put_l4(const struct netlink_attr *a, struct buf *out)
{
    const unsigned char number = fw_attr_u8(a, 0);
    fw_type_value(out, FW_INET_PROTOCOL, &number, 1, false, NULL);
}

static void helper(const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_CT_HELPER_L4PROTO + 1];
    fw_attr_nested(data, a, NFTA_CT_HELPER_L4PROTO + 1);
    buf_puts(out, "\t\ttype ");
    fw_type_quoted(out, a[NFTA_CT_HELPER_NAME].data, netlink_text(&a[NFTA_CT_HELPER_NAME]));
    buf_puts(out, " protocol ");
    put_l4(&a[NFTA_CT_HELPER_L4PROTO], out);
    buf_putc(out, '\n');
    put_l3(&a[NFTA_CT_HELPER_L3PROTO], out);
}

/* In the order of the kernel's numbers for the states, which nft(8) names; seconds. */
static void put_policy(unsigned protocol, const struct netlink_attr *data, struct buf *out)
{
    static const char *const tcp[] = { NULL,       "syn_sent",  "syn_recv", "established", "fin_wait", "close_wait",
                                       "last_ack", "time_wait", "close",    "syn_sent2",   "retrans",  "unack" };
    static const char *const udp[] = { NULL, "unreplied", "replied" };
    const char *const *names = protocol == 6 ? tcp : protocol == 17 ? udp : NULL;
    const size_t count = protocol == 6 ? 12 : protocol == 17 ? 3 : 0;
    struct netlink_attrs all = fw_attr_list(data);
    struct netlink_attr one;
    const char *gap = "\t\tpolicy = { ";
    bool any = false;
    while (netlink_next(&all, &one)) {
        if (one.type == 0 || one.len != 4)
            continue;
        buf_puts(out, gap);
        if (one.type < count)
            buf_puts(out, names[one.type]);
        else
            buf_printf(out, "[ state %u ]", one.type);
        buf_printf(out, " : %" PRIu32, fw_attr_u32(&one, 0));
        gap = ", ";
        any = true;
    }
    buf_puts(out, any ? " }\n" : "");
}

static void timeout(const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_CT_TIMEOUT_DATA + 1];
    fw_attr_nested(data, a, NFTA_CT_TIMEOUT_DATA + 1);
    buf_puts(out, "\t\tprotocol ");
    put_l4(&a[NFTA_CT_TIMEOUT_L4PROTO], out);
    buf_puts(out, "\n");
    put_l3(&a[NFTA_CT_TIMEOUT_L3PROTO], out);
    put_policy(fw_attr_u8(&a[NFTA_CT_TIMEOUT_L4PROTO], 0), &a[NFTA_CT_TIMEOUT_DATA], out);
}

static void expectation(const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_CT_EXPECT_SIZE + 1];
    uint32_t milliseconds = 0;
    fw_attr_nested(data, a, NFTA_CT_EXPECT_SIZE + 1);
    netlink_u32(&a[NFTA_CT_EXPECT_TIMEOUT], &milliseconds); /* this one is in the machine's order */
    buf_puts(out, "\t\tprotocol ");
    put_l4(&a[NFTA_CT_EXPECT_L4PROTO], out);
    buf_printf(out, "\n\t\tdport %u\n\t\ttimeout ", fw_attr_u16(&a[NFTA_CT_EXPECT_DPORT], 0));
    fw_type_duration(out, milliseconds);
    buf_printf(out, "\n\t\tsize %u\n", fw_attr_u8(&a[NFTA_CT_EXPECT_SIZE], 0));
    put_l3(&a[NFTA_CT_EXPECT_L3PROTO], out);
}

static void secmark(const struct netlink_attr *data, struct buf *out)
{
    struct netlink_attr a[NFTA_SECMARK_CTX + 1];
    fw_attr_nested(data, a, NFTA_SECMARK_CTX + 1);
    buf_puts(out, "\t\t");
    fw_type_quoted(out, a[NFTA_SECMARK_CTX].data, netlink_text(&a[NFTA_SECMARK_CTX]));
    buf_putc(out, '\n');
}

static void put_data(uint32_t type, const struct netlink_attr *data, struct buf *out)
{
    static void (*const simple[])(struct buf * out, const struct netlink_attr *data) = {
        [NFT_OBJECT_COUNTER] = fw_stmt_counter,
        [NFT_OBJECT_QUOTA] = fw_stmt_quota,
        [NFT_OBJECT_LIMIT] = fw_stmt_limit,
        [NFT_OBJECT_SYNPROXY] = fw_stmt_synproxy,
    };
    if (type == NFT_OBJECT_CT_HELPER)
        helper(data, out);
    else if (type == NFT_OBJECT_CT_TIMEOUT)
        timeout(data, out);
    else if (type == NFT_OBJECT_CT_EXPECT)
        expectation(data, out);
    else if (type == NFT_OBJECT_SECMARK)
        secmark(data, out);
    else if (type < sizeof simple / sizeof simple[0] && simple[type] != NULL) {
        buf_puts(out, "\t\t");
        simple[type](out, data);
        buf_putc(out, '\n');
    } else {
        buf_puts(out, "\t\t[ data ");
        for (size_t i = 0; i < data->len; i++)
            buf_printf(out, "%02x", data->data[i]);
        buf_puts(out, " ]\n");
    }
}

void fw_object_write(const struct fw_row *row, struct buf *out)
{
    struct netlink_attr a[NFTA_OBJ_USERDATA + 1];
    fw_attr_table(row->attrs, row->len, a, NFTA_OBJ_USERDATA + 1);
    const uint32_t type = fw_attr_u32(&a[NFTA_OBJ_TYPE], 0);
    const char *kind = fw_set_object(type);
    if (kind != NULL)
        buf_printf(out, "\t%s ", kind);
    else
        buf_printf(out, "\t[ object %" PRIu32 " ] ", type);
    fw_type_word(out, row->name.data, netlink_text(&row->name));
    buf_puts(out, " {\n");
    const struct netlink_attr comment = fw_attr_userdata(&a[NFTA_OBJ_USERDATA], USERDATA_COMMENT);
    if (comment.data != NULL) {
        buf_puts(out, "\t\tcomment ");
        fw_type_quoted(out, comment.data, netlink_text(&comment));
        buf_putc(out, '\n');
    }
    put_data(type, &a[NFTA_OBJ_DATA], out);
    buf_puts(out, "\t}\n");
}

void fw_object_devices(struct buf *out, const struct netlink_attr *list, const char *before)
{
    struct netlink_attrs all = fw_attr_list(list);
    struct netlink_attr one;
    const char *gap = before;
    while (netlink_next(&all, &one)) {
        char name[32];
        const size_t len = netlink_text(&one);
        if ((one.type != NFTA_DEVICE_NAME && one.type != DEVICE_PREFIX) || len + 2 > sizeof name)
            continue;
        memcpy(name, one.data, len);
        name[len] = '*';
        buf_puts(out, gap);
        fw_type_quoted(out, name, len + (one.type == DEVICE_PREFIX));
        gap = ", ";
    }
    buf_puts(out, gap == before ? "" : " }");
}

void fw_object_flowtable(const struct fw_row *row, struct buf *out)
{
    struct netlink_attr a[NFTA_FLOWTABLE_FLAGS + 1], hook[NFTA_FLOWTABLE_HOOK_DEVS + 1];
    fw_attr_table(row->attrs, row->len, a, NFTA_FLOWTABLE_FLAGS + 1);
    fw_attr_nested(&a[NFTA_FLOWTABLE_HOOK], hook, NFTA_FLOWTABLE_HOOK_DEVS + 1);
    buf_puts(out, "\tflowtable ");
    fw_type_word(out, row->name.data, netlink_text(&row->name));
    const int32_t priority = (int32_t)fw_attr_u32(&hook[NFTA_FLOWTABLE_HOOK_PRIORITY], 0);
    buf_printf(out, " {\n\t\thook ingress priority %" PRId32 "\n", priority);
    fw_object_devices(out, &hook[NFTA_FLOWTABLE_HOOK_DEVS], "\t\tdevices = { ");
    buf_puts(out, hook[NFTA_FLOWTABLE_HOOK_DEVS].data == NULL ? "" : "\n");
    const uint32_t flags = fw_attr_u32(&a[NFTA_FLOWTABLE_FLAGS], 0);
    buf_puts(out, (flags & NFT_FLOWTABLE_HW_OFFLOAD) != 0 ? "\t\tflags offload\n" : "");
    buf_puts(out, (flags & NFT_FLOWTABLE_COUNTER) != 0 ? "\t\tcounter\n" : "");
    buf_puts(out, "\t}\n");
}
