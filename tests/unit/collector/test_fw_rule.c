/* Rules of nftables from attributes: right ones, and ones that no kernel would send. */
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <stdlib.h>

#include "collector/firewall/fw_model.h"
#include "collector/firewall/fw_ruleset.h"

struct make { /* attributes under construction */
    unsigned char bytes[4096];
    size_t len;
};

static size_t begin(struct make *m, uint16_t type)
{
    const size_t at = m->len;
    const struct nlattr head = { .nla_len = 0, .nla_type = type };
    memcpy(m->bytes + m->len, &head, sizeof head);
    m->len += sizeof head;
    return at;
}

static void end(struct make *m, size_t at)
{
    const uint16_t len = (uint16_t)(m->len - at);
    memcpy(m->bytes + at, &len, sizeof len);
    while (m->len % 4 != 0)
        m->bytes[m->len++] = 0;
}

static void put(struct make *m, uint16_t type, const void *data, size_t len)
{
    const size_t at = begin(m, type);
    memcpy(m->bytes + m->len, data, len);
    m->len += len;
    end(m, at);
}

static void put_u32(struct make *m, uint16_t type, uint32_t value)
{
    const uint32_t wire = htonl(value);
    put(m, type, &wire, sizeof wire);
}

static void put_text(struct make *m, uint16_t type, const char *text)
{
    put(m, type, text, strlen(text) + 1);
}

struct expression {
    size_t element, data;
};

static struct expression open_expression(struct make *m, const char *name)
{
    struct expression e = { .element = begin(m, NFTA_LIST_ELEM) };
    put_text(m, NFTA_EXPR_NAME, name);
    e.data = begin(m, NFTA_EXPR_DATA);
    return e;
}

static void close_expression(struct make *m, struct expression e)
{
    end(m, e.data);
    end(m, e.element);
}

static void load_payload(struct make *m, uint32_t base, uint32_t offset, uint32_t len, uint32_t reg)
{
    struct expression e = open_expression(m, "payload");
    put_u32(m, NFTA_PAYLOAD_DREG, reg);
    put_u32(m, NFTA_PAYLOAD_BASE, base);
    put_u32(m, NFTA_PAYLOAD_OFFSET, offset);
    put_u32(m, NFTA_PAYLOAD_LEN, len);
    close_expression(m, e);
}

static void compare(struct make *m, uint32_t reg, uint32_t op, const void *value, size_t len)
{
    struct expression e = open_expression(m, "cmp");
    put_u32(m, NFTA_CMP_SREG, reg);
    put_u32(m, NFTA_CMP_OP, op);
    const size_t at = begin(m, NFTA_CMP_DATA);
    put(m, NFTA_DATA_VALUE, value, len);
    end(m, at);
    close_expression(m, e);
}

/* The rule's text; its expressions are what `fill` makes. */
static void text_of(char *out, size_t size, uint8_t family, void (*fill)(struct make *m))
{
    struct make table = { .len = 0 }, chain = { .len = 0 }, rule = { .len = 0 };
    struct fw_model m;
    struct buf text = BUF_INIT((size_t)1 << 20);
    put_text(&table, NFTA_TABLE_NAME, "t");
    put_text(&chain, NFTA_CHAIN_TABLE, "t");
    put_text(&chain, NFTA_CHAIN_NAME, "c");
    put_text(&rule, NFTA_RULE_TABLE, "t");
    put_text(&rule, NFTA_RULE_CHAIN, "c");
    const size_t at = begin(&rule, NFTA_RULE_EXPRESSIONS);
    fill(&rule);
    end(&rule, at);
    fw_model_init(&m);
    assert_int_equal(fw_model_add(&m, FW_TABLES, family, table.bytes, table.len, NULL), HZ_OK);
    assert_int_equal(fw_model_add(&m, FW_CHAINS, family, chain.bytes, chain.len, NULL), HZ_OK);
    assert_int_equal(fw_model_add(&m, FW_RULES, family, rule.bytes, rule.len, NULL), HZ_OK);
    assert_int_equal(fw_model_sort(&m, NULL), HZ_OK);
    assert_int_equal(fw_ruleset_text(&m, &text, NULL), HZ_OK);
    const char *from = strstr(buf_text(&text), "\tchain c {\n\t\t");
    assert_non_null(from);
    from += strlen("\tchain c {\n\t\t");
    const size_t len = (size_t)(strchr(from, '\n') - from);
    assert_true(len < size);
    memcpy(out, from, len);
    out[len] = '\0';
    buf_free(&text);
    fw_model_free(&m);
}

static void address(struct make *m)
{
    load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_1);
    compare(m, NFT_REG_1, NFT_CMP_EQ, "\x0a\x00\x00\x01", 4);
}

static void prefix(struct make *m)
{
    load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, 16, 3, NFT_REG32_00);
    compare(m, NFT_REG32_00, NFT_CMP_NEQ, "\x0a\x00\x01", 3);
}

static void range(struct make *m)
{
    load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_1);
    compare(m, NFT_REG_1, NFT_CMP_GTE, "\x0a\x00\x00\x01", 4);
    compare(m, NFT_REG_1, NFT_CMP_LTE, "\x0a\x00\x00\x09", 4);
}

static void half_range(struct make *m)
{
    load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_1);
    compare(m, NFT_REG_1, NFT_CMP_GTE, "\x0a\x00\x00\x01", 4);
    close_expression(m, open_expression(m, "notrack"));
}

static void joined(struct make *m) /* two neighbouring fields in one comparison */
{
    load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, 12, 8, NFT_REG_1);
    compare(m, NFT_REG_1, NFT_CMP_EQ, "\x0a\x00\x00\x01\x0a\x00\x00\x02", 8);
}

static void unknown(struct make *m)
{
    struct expression e = open_expression(m, "fre\x1bsh");
    put(m, 1, "\xde\xad", 2);
    close_expression(m, e);
}

static void wide_field(struct make *m) /* the first bits of far more than a number holds */
{
    static const unsigned char mask[20] = { 0xf0 };
    load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, 0, sizeof mask, NFT_REG32_00);
    struct expression e = open_expression(m, "bitwise");
    put_u32(m, NFTA_BITWISE_SREG, NFT_REG32_00);
    put_u32(m, NFTA_BITWISE_DREG, NFT_REG32_00);
    size_t at = begin(m, NFTA_BITWISE_MASK);
    put(m, NFTA_DATA_VALUE, mask, sizeof mask);
    end(m, at);
    close_expression(m, e);
    compare(m, NFT_REG32_00, NFT_CMP_EQ, "\x40\x00\x00\x00", 4);
}

static void test_words(void **state)
{
    static const struct {
        uint8_t family;
        void (*fill)(struct make *m);
        const char *text;
    } rows[] = {
        { NFPROTO_IPV4, address, "ip saddr 10.0.0.1" },
        { NFPROTO_INET, address, "@nh,96,32 167772161" }, /* nothing says that it is IPv4 */
        { NFPROTO_IPV4, prefix, "ip daddr != 10.0.1.0/24" },
        { NFPROTO_IPV4, range, "ip saddr 10.0.0.1-10.0.0.9" },
        { NFPROTO_IPV4, half_range, "ip saddr >= 10.0.0.1 notrack" },
        { NFPROTO_IPV4, joined, "ip saddr 10.0.0.1 ip daddr 10.0.0.2" },
        { NFPROTO_IPV4, wide_field, "@nh,0,160 & 0xf000000000000000000000000000000000000000 == 0x40000000" },
        { NFPROTO_IPV4, unknown, "[ fre\\x1bsh 06000100dead0000 ]" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        text_of(text, sizeof text, rows[i].family, rows[i].fill);
        assert_string_equal(text, rows[i].text);
    }
}

static void register_99(struct make *m)
{
    load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, 99);
    compare(m, 99, NFT_CMP_EQ, "\x0a\x00\x00\x01", 4);
}

static void huge_load(struct make *m) /* more than all registers hold */
{
    load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, UINT32_MAX, UINT32_MAX, NFT_REG32_15);
    compare(m, NFT_REG32_15, NFT_CMP_EQ, "\x0a\x00\x00\x01", 4);
}

static void wide_compare(struct make *m)
{
    unsigned char value[200] = { 1 };
    load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_1);
    compare(m, NFT_REG_1, NFT_CMP_EQ, value, sizeof value);
    compare(m, NFT_REG_1, 77, value, 4);
}

static void no_value(struct make *m)
{
    load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_1);
    struct expression e = open_expression(m, "cmp");
    put_u32(m, NFTA_CMP_SREG, NFT_REG_1);
    close_expression(m, e);
}

static void deep_lookup(struct make *m) /* a set that is not there, from a register that was never loaded */
{
    struct expression e = open_expression(m, "lookup");
    put_text(m, NFTA_LOOKUP_SET, "gone");
    put_u32(m, NFTA_LOOKUP_SREG, NFT_REG32_15);
    close_expression(m, e);
}

static void wild_mask(struct make *m)
{
    static const unsigned char mask[128] = { 0xff };
    load_payload(m, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 60, NFT_REG32_01);
    struct expression e = open_expression(m, "bitwise");
    put_u32(m, NFTA_BITWISE_SREG, NFT_REG32_01);
    put_u32(m, NFTA_BITWISE_DREG, NFT_REG32_15);
    size_t at = begin(m, NFTA_BITWISE_MASK);
    put(m, NFTA_DATA_VALUE, mask, sizeof mask);
    end(m, at);
    close_expression(m, e);
    compare(m, NFT_REG32_15, NFT_CMP_EQ, mask, 60);
}

static void test_no_kernel_would(void **state)
{
    static void (*const fills[])(struct make * m) = { register_99, huge_load,   wide_compare,
                                                      no_value,    deep_lookup, wild_mask };
    (void)state;
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
        char text[4096];
        text_of(text, sizeof text, NFPROTO_IPV4, fills[i]);
        assert_true(text[0] != '\0');
    }
}

/* Every cut, and every length that is said in the first bytes, of a good rule. */
static void test_cut_and_bent(void **state)
{
    struct make good = { .len = 0 };
    (void)state;
    put_text(&good, NFTA_RULE_TABLE, "t");
    put_text(&good, NFTA_RULE_CHAIN, "c");
    const size_t at = begin(&good, NFTA_RULE_EXPRESSIONS);
    range(&good);
    unknown(&good);
    end(&good, at);
    for (size_t i = 0; i < good.len * 5; i++) {
        struct fw_model m;
        struct buf text = BUF_INIT((size_t)1 << 20);
        struct make chain = { .len = 0 };
        const size_t len = i < good.len ? i : good.len;
        unsigned char *bytes = malloc(len + 1); /* of this size exactly, for who watches memory */
        assert_non_null(bytes);
        memcpy(bytes, good.bytes, len);
        if (i >= good.len)
            bytes[i % good.len] = (unsigned char)(i % 4 == 0   ? 0xff
                                                  : i % 4 == 1 ? 0
                                                               : bytes[i % good.len] + i / good.len);
        put_text(&chain, NFTA_CHAIN_TABLE, "t");
        put_text(&chain, NFTA_CHAIN_NAME, "c");
        fw_model_init(&m);
        assert_int_equal(fw_model_add(&m, FW_TABLES, 2, chain.bytes, chain.len, NULL), HZ_OK);
        assert_int_equal(fw_model_add(&m, FW_CHAINS, 2, chain.bytes, chain.len, NULL), HZ_OK);
        assert_int_equal(fw_model_add(&m, FW_RULES, 2, bytes, len, NULL), HZ_OK);
        assert_int_equal(fw_model_add(&m, FW_SETS, 2, bytes, len, NULL), HZ_OK);
        assert_int_equal(fw_model_add(&m, FW_ELEMENTS, 2, bytes, len, NULL), HZ_OK);
        assert_int_equal(fw_model_add(&m, FW_OBJECTS, 2, bytes, len, NULL), HZ_OK);
        assert_int_equal(fw_model_add(&m, FW_FLOWTABLES, 2, bytes, len, NULL), HZ_OK);
        assert_int_equal(fw_model_sort(&m, NULL), HZ_OK);
        assert_int_equal(fw_ruleset_text(&m, &text, NULL), HZ_OK);
        assert_null(memchr(text.data, 0x1b, text.len));
        struct sheet sheet;
        sheet_init(&sheet, "x", "hozen-nftables/1", "netlink");
        assert_int_equal(sheet_first(&sheet, NULL), HZ_OK);
        assert_int_equal(fw_ruleset_rows(&m, &sheet, NULL), HZ_OK);
        sheet_free(&sheet);
        buf_free(&text);
        fw_model_free(&m);
        free(bytes);
    }
}

static void put_hook(struct make *m, uint16_t hook, uint16_t devices)
{
    const size_t at = begin(m, hook);
    put_u32(m, NFTA_HOOK_HOOKNUM, 0);
    put_u32(m, NFTA_HOOK_PRIORITY, 0);
    const size_t list = begin(m, devices);
    put_text(m, NFTA_DEVICE_NAME, "d0");
    put(m, 2, "eth", 3); /* NFTA_DEVICE_PREFIX */
    end(m, list);
    end(m, at);
}

/* Interfaces of a chain and of a flowtable, by name and by the beginning of names. */
static void test_devices(void **state)
{
    struct fw_model m;
    struct buf text = BUF_INIT((size_t)1 << 20);
    struct make table = { .len = 0 }, chain = { .len = 0 }, flow = { .len = 0 };
    (void)state;
    put_text(&table, NFTA_TABLE_NAME, "t");
    put_text(&chain, NFTA_CHAIN_TABLE, "t");
    put_text(&chain, NFTA_CHAIN_NAME, "c");
    put_hook(&chain, NFTA_CHAIN_HOOK, NFTA_HOOK_DEVS);
    put_text(&chain, NFTA_CHAIN_TYPE, "filter");
    put_text(&flow, NFTA_FLOWTABLE_TABLE, "t");
    put_text(&flow, NFTA_FLOWTABLE_NAME, "f");
    put_hook(&flow, NFTA_FLOWTABLE_HOOK, NFTA_FLOWTABLE_HOOK_DEVS);
    put_u32(&flow, NFTA_FLOWTABLE_FLAGS, NFT_FLOWTABLE_COUNTER);
    fw_model_init(&m);
    assert_int_equal(fw_model_add(&m, FW_TABLES, NFPROTO_NETDEV, table.bytes, table.len, NULL), HZ_OK);
    assert_int_equal(fw_model_add(&m, FW_CHAINS, NFPROTO_NETDEV, chain.bytes, chain.len, NULL), HZ_OK);
    assert_int_equal(fw_model_add(&m, FW_FLOWTABLES, NFPROTO_NETDEV, flow.bytes, flow.len, NULL), HZ_OK);
    assert_int_equal(fw_model_sort(&m, NULL), HZ_OK);
    assert_int_equal(fw_ruleset_text(&m, &text, NULL), HZ_OK);
    assert_string_equal(
        buf_text(&text),
        "table netdev t {\n\tflowtable f {\n\t\thook ingress priority 0\n\t\tdevices = { \"d0\", \"eth*\" "
        "}\n\t\tcounter\n\t}\n\tchain c {\n\t\ttype filter hook ingress devices = { \"d0\", \"eth*\" } "
        "priority filter;\n\t}\n}\n");
    buf_free(&text);
    fw_model_free(&m);
}

TEST_MAIN(cmocka_unit_test(test_devices), cmocka_unit_test(test_words), cmocka_unit_test(test_no_kernel_would),
          cmocka_unit_test(test_cut_and_bent))
