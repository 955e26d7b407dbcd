/* Legacy tables from bytes: right ones, and ones that no kernel would send. */
#include "tests/unit/test.h"

#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_bridge/ebtables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <stdlib.h>

#include "collector/firewall/fw_bridge.h"
#include "collector/firewall/fw_ipset.h"
#include "collector/firewall/fw_table.h"

struct blob {
    unsigned char bytes[4096];
    size_t len;
};

/* An entry without matches and with a target of this name, verdict or text behind it. */
static size_t add(struct blob *b, const char *target, int verdict, const char *text)
{
    struct ipt_entry e;
    struct xt_entry_target t;
    const size_t at = b->len, data = XT_ALIGN(text == NULL ? sizeof verdict : XT_FUNCTION_MAXNAMELEN);
    memset(&e, 0, sizeof e);
    memset(&t, 0, sizeof t);
    e.target_offset = sizeof e;
    e.next_offset = (uint16_t)(sizeof e + sizeof t + data);
    e.counters.pcnt = at;
    t.u.user.target_size = (uint16_t)(sizeof t + data);
    memcpy(t.u.user.name, target, strlen(target) + 1);
    memcpy(b->bytes + at, &e, sizeof e);
    memcpy(b->bytes + at + sizeof e, &t, sizeof t);
    if (text == NULL)
        memcpy(b->bytes + at + sizeof e + sizeof t, &verdict, sizeof verdict);
    else
        memcpy(b->bytes + at + sizeof e + sizeof t, text, strlen(text) + 1);
    b->len = at + e.next_offset;
    return at;
}

#define DROP (-NF_DROP - 1)
#define ACCEPT (-NF_ACCEPT - 1)

/* INPUT with one rule that jumps to "mine", which drops. */
static struct fw_table good(struct blob *b)
{
    struct fw_table t = { .family = NFPROTO_IPV4, .name = "filter", .valid_hooks = 1U << NF_INET_LOCAL_IN };
    const size_t rule = add(b, "", 0, NULL);
    t.hook_entry[NF_INET_LOCAL_IN] = (uint32_t)rule;
    t.underflow[NF_INET_LOCAL_IN] = (uint32_t)add(b, "", ACCEPT, NULL);
    add(b, "ERROR", 0, "mine");
    const int to = (int)add(b, "", DROP, NULL);
    memcpy(b->bytes + rule + sizeof(struct ipt_entry) + sizeof(struct xt_entry_target), &to, sizeof to);
    add(b, "", XT_RETURN, NULL);
    add(b, "ERROR", 0, "ERROR");
    t.entries = b->bytes;
    t.size = b->len;
    return t;
}

/* One of the two kinds; out may be NULL. */
static int write_any(const struct fw_table *t, const struct fw_bridge *bridge, char *out, size_t size)
{
    struct sheet sheet;
    struct hz_error err;
    size_t rules = 0;
    sheet_init(&sheet, "x", "hozen-xtables/1", "getsockopt");
    assert_int_equal(sheet_first(&sheet, NULL), HZ_OK);
    int rc = t != NULL ? fw_table_write(t, &sheet, &rules, &err) : fw_bridge_write(bridge, &sheet, &rules, &err);
    if (out != NULL) {
        assert_true(sheet.text.len < size);
        memcpy(out, sheet.text.data, sheet.text.len);
        out[sheet.text.len] = '\0';
    }
    sheet_free(&sheet);
    return rc;
}

static int write_table(const struct fw_table *t, char *out, size_t size)
{
    return write_any(t, NULL, out, size);
}

static int write_bridge(const struct fw_bridge *t, char *out, size_t size)
{
    return write_any(NULL, t, out, size);
}

static void test_lines(void **state)
{
    struct blob b = { .len = 0 };
    struct fw_table t = good(&b);
    char text[1024];
    (void)state;
    assert_int_equal(write_table(&t, text, sizeof text), HZ_OK);
    assert_string_equal(text, "*filter\n:INPUT ACCEPT [152:0]\n:mine - [0:0]\n[0:0] -A INPUT -j mine\n"
                              "[480:0] -A mine -j DROP\nCOMMIT\n");
}

/* Every cut, and every byte bent: it is refused or written, never read beyond. */
static void test_cut_and_bent(void **state)
{
    struct blob b = { .len = 0 };
    const struct fw_table t = good(&b);
    size_t refused = 0, accepted = 0;
    (void)state;
    for (size_t i = 0; i < b.len * 3; i++) {
        struct fw_table bent = t;
        bent.size = i < b.len ? i : b.len;
        unsigned char *bytes = malloc(bent.size + 1);
        assert_non_null(bytes);
        memcpy(bytes, b.bytes, bent.size);
        bent.entries = bytes;
        if (i >= b.len)
            bytes[i % b.len] ^= i / b.len == 1 ? 0xff : 0x10;
        int rc = write_table(&bent, NULL, 0);
        assert_true(rc == HZ_OK || rc == HZ_E_FORMAT);
        refused += rc == HZ_E_FORMAT;
        accepted += i < b.len && rc == HZ_OK;
        free(bytes);
    }
    assert_int_equal(accepted, 1); /* cut behind the head of a chain: that looks like the end of a table */
    assert_true(refused > b.len);
}

static size_t add_chain(struct blob *b, const char *name, int policy, unsigned rules)
{
    struct ebt_entries c;
    const size_t at = b->len;
    memset(&c, 0, sizeof c);
    memcpy(c.name, name, strlen(name) + 1);
    c.policy = policy;
    c.nentries = rules;
    memcpy(b->bytes + at, &c, sizeof c);
    b->len += sizeof c;
    return at;
}

static void add_bridge_rule(struct blob *b, int verdict)
{
    struct ebt_entry e;
    struct ebt_entry_match match;
    struct ebt_entry_target target;
    memset(&e, 0, sizeof e);
    memset(&match, 0, sizeof match);
    memset(&target, 0, sizeof target);
    e.bitmask = EBT_ENTRY_OR_ENTRIES | EBT_SOURCEMAC;
    e.ethproto = __builtin_bswap16(0x0806);
    memcpy(e.in, "eth0", 5);
    memcpy(e.sourcemac, "\x00\x11\x22\x33\x44\x55", 6);
    memset(e.sourcemsk, 0xff, 6);
    e.watchers_offset = (unsigned)(sizeof e + sizeof match + 8);
    e.target_offset = e.watchers_offset;
    e.next_offset = (unsigned)(e.target_offset + sizeof target + 8);
    memcpy(match.u.name, "limit", 6);
    match.match_size = 8;
    memcpy(target.u.name, "standard", 9);
    target.target_size = 8;
    memcpy(b->bytes + b->len, &e, sizeof e);
    memcpy(b->bytes + b->len + sizeof e, &match, sizeof match);
    memset(b->bytes + b->len + sizeof e + sizeof match, 0xab, 8);
    memcpy(b->bytes + b->len + e.target_offset, &target, sizeof target);
    memset(b->bytes + b->len + e.target_offset + sizeof target, 0, 8);
    memcpy(b->bytes + b->len + e.target_offset + sizeof target, &verdict, sizeof verdict);
    b->len += e.next_offset;
}

static void test_bridge(void **state)
{
    static const struct ebt_counter counters[] = { { 7, 420 }, { 1, 60 } };
    struct blob b = { .len = 0 };
    char text[1024];
    (void)state;
    add_chain(&b, "INPUT", EBT_DROP, 1);
    const size_t rule = b.len;
    add_bridge_rule(&b, 0);
    const int mine = (int)add_chain(&b, "mine", EBT_RETURN, 1);
    add_bridge_rule(&b, EBT_ACCEPT);
    memcpy(b.bytes + rule + sizeof(struct ebt_entry) + sizeof(struct ebt_entry_match) + 8 +
               sizeof(struct ebt_entry_target),
           &mine, sizeof mine);
    struct fw_bridge t = { "filter", 1, b.bytes, b.len, (const unsigned char *)counters, 2 };
    assert_int_equal(write_bridge(&t, text, sizeof text), HZ_OK);
    assert_string_equal(
        text,
        "*filter\n:INPUT DROP\n:mine RETURN\n"
        "[7:420] -A INPUT -p 0x0806 -s 00:11:22:33:44:55 -i eth0 -m limit [ rev 0 abababababababab ] -j mine\n"
        "[1:60] -A mine -p 0x0806 -s 00:11:22:33:44:55 -i eth0 -m limit [ rev 0 abababababababab ] -j ACCEPT\n\n");
    for (size_t i = 0; i < b.len * 2; i++) {
        const size_t size = i < b.len ? i : b.len;
        unsigned char *bytes = malloc(size + 1);
        assert_non_null(bytes);
        memcpy(bytes, b.bytes, size);
        if (i >= b.len)
            bytes[i % b.len] ^= 0xff;
        const struct fw_bridge bent = { "filter", 1, bytes, size, (const unsigned char *)counters, 2 };
        int rc = write_bridge(&bent, NULL, 0);
        assert_true(rc == HZ_OK || rc == HZ_E_FORMAT);
        free(bytes);
    }
}

/* A message of ipset, cut and bent everywhere. */
static void test_ipset(void **state)
{
    static const unsigned char message[] = {
        5,   0,   1,   0,    7,   0, 0,  0,    7,  0,    2, 0,    'o', 'n',  0, 0,    12, 0, 3, 0, 'h', 'a',
        's', 'h', ':', 'i',  'p', 0, 16, 0,    7,  0x80, 8, 0,    18,  0x40, 0, 0,    4,  0, 4, 0, 0,   0,
        20,  0,   8,   0x80, 16,  0, 7,  0x80, 12, 0,    1, 0x80, 8,   0,    1, 0x40, 10, 0, 0, 1,
    };
    (void)state;
    for (size_t i = 0; i <= sizeof message * 2; i++) {
        struct sheet sheet;
        size_t count = 0, len = i < sizeof message ? i : sizeof message;
        unsigned char *bytes = malloc(len + 1);
        assert_non_null(bytes);
        memcpy(bytes, message, len);
        if (i > sizeof message)
            bytes[i % sizeof message] ^= 0xff;
        sheet_init(&sheet, "x", "hozen-ipset/1", "netlink");
        assert_int_equal(fw_ipset_message(&sheet, bytes, len, &count, NULL), HZ_OK);
        if (i == sizeof message) {
            assert_int_equal(count, 1);
            assert_string_equal(buf_text(&sheet.text),
                                "create on hash:ip family inet hashsize 1024 maxelem 0\nadd on 10.0.0.1\n");
        }
        sheet_free(&sheet);
        free(bytes);
    }
}

TEST_MAIN(cmocka_unit_test(test_lines), cmocka_unit_test(test_cut_and_bent), cmocka_unit_test(test_bridge),
          cmocka_unit_test(test_ipset))
