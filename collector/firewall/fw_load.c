/* Expressions that put something into a register. */
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "base/text.h"
#include "collector/firewall/fw_rule.h"

#define ATTRIBUTES 10 /* more than any of these has */

/* A field of ICMP that has another name in messages of this type; NULL: it has its usual one. */
static const char *by_icmp_type(const struct fw_rule *r, const struct fw_operand *o)
{
    if (o->len != 2 || r->icmp == 0)
        return NULL;
    if (o->header == FW_ICMP && o->offset == 48 && r->icmp == 3 + 1) /* RFC 1191 */
        return "icmp mtu";
    return o->header == FW_ICMP6 && o->offset == 32 && r->icmp == 130 + 1 ? "icmpv6 max-delay" : NULL; /* RFC 2710 */
}

static void load_payload(struct fw_rule *r, const struct netlink_attr *a)
{
    const uint32_t len = fw_attr_u32(&a[NFTA_PAYLOAD_LEN], 0);
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_PAYLOAD_DREG], len);
    if (o == NULL)
        return;
    o->payload = true;
    o->base = fw_attr_u32(&a[NFTA_PAYLOAD_BASE], UINT32_MAX);
    o->offset = (size_t)fw_attr_u32(&a[NFTA_PAYLOAD_OFFSET], 0) * 8;
    o->header = o->base == NFT_PAYLOAD_LL_HEADER          ? FW_ETHER
                : o->base == NFT_PAYLOAD_NETWORK_HEADER   ? r->network
                : o->base != NFT_PAYLOAD_TRANSPORT_HEADER ? FW_NO_HEADER
                : r->transport == FW_NO_HEADER            ? FW_TRANSPORT
                                                          : r->transport;
    if (o->header != FW_NO_HEADER && o->header != FW_TRANSPORT)
        o->needs = UINT32_C(1) << o->header;
    const char *name = by_icmp_type(r, o);
    if (name != NULL) {
        o->payload = false;
        o->type = FW_INTEGER;
        buf_puts(&o->text, name);
        return;
    }
    const struct fw_field *f = fw_field_find(o->header, o->offset, (size_t)len * 8);
    if (f == NULL) /* a prefix */
        f = fw_field_find(o->header, o->offset, 0);
    o->type = f != NULL && (f->bits == (size_t)len * 8 || fw_type_is_address(f->type)) ? f->type : FW_INTEGER;
}

static void load_meta(struct fw_rule *r, const struct netlink_attr *a)
{
    const uint32_t key = fw_attr_u32(&a[NFTA_META_KEY], UINT32_MAX);
    const struct fw_key k = fw_field_meta(key);
    size_t len = fw_type_size(k.type);
    if (key == NFT_META_NFTRACE || k.type == FW_BOOLEAN)
        len = 1;
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_META_DREG], len == 0 ? 4 : len);
    if (o == NULL)
        return;
    if (k.name != NULL)
        buf_puts(&o->text, k.name);
    else
        buf_printf(&o->text, "meta [ %" PRIu32 " ]", key);
    o->type = k.type;
    o->host_order = k.host_order;
    o->implies = (key == NFT_META_NFPROTO && r->row->family == NFPROTO_INET) || key == NFT_META_L4PROTO ||
                 key == NFT_META_PROTOCOL || key == NFT_META_IFTYPE;
}

static size_t ct_length(uint32_t key, enum fw_type type)
{
    if (key == NFT_CT_PKTS || key == NFT_CT_BYTES || key == NFT_CT_AVGPKT)
        return 8;
    if (key == NFT_CT_ZONE)
        return 2;
    return fw_type_size(type) == 0 ? 16 : fw_type_size(type);
}

static void put_ct(struct buf *out, const struct netlink_attr *a)
{
    const uint32_t key = fw_attr_u32(&a[NFTA_CT_KEY], UINT32_MAX);
    const struct fw_key k = fw_field_ct(key);
    buf_puts(out, "ct ");
    if (a[NFTA_CT_DIRECTION].data != NULL)
        buf_puts(out, fw_attr_u8(&a[NFTA_CT_DIRECTION], 0) == 0 ? "original " : "reply ");
    if (k.name != NULL)
        buf_puts(out, k.name);
    else
        buf_printf(out, "[ %" PRIu32 " ]", key);
}

static void load_ct(struct fw_rule *r, const struct netlink_attr *a)
{
    const uint32_t key = fw_attr_u32(&a[NFTA_CT_KEY], UINT32_MAX);
    const struct fw_key k = fw_field_ct(key);
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_CT_DREG], ct_length(key, k.type));
    if (o == NULL)
        return;
    put_ct(&o->text, a);
    o->type = k.type;
    o->host_order = k.host_order;
}

static void load_fib(struct fw_rule *r, const struct netlink_attr *a)
{
    static const char *const what[] = { "saddr", "daddr", "mark", "iif", "oif" };
    const uint32_t result = fw_attr_u32(&a[NFTA_FIB_RESULT], 0), flags = fw_attr_u32(&a[NFTA_FIB_FLAGS], 0);
    const bool present = (flags & NFTA_FIB_F_PRESENT) != 0;
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_FIB_DREG], present ? 1 : result == NFT_FIB_RESULT_OIFNAME ? 16 : 4);
    if (o == NULL)
        return;
    const char *gap = "fib ";
    for (unsigned i = 0; i < 5; i++)
        if ((flags >> i & 1) != 0) {
            buf_printf(&o->text, "%s%s", gap, what[i]);
            gap = " . ";
        }
    o->host_order = true;
    o->type = present                             ? FW_BOOLEAN
              : result == NFT_FIB_RESULT_OIF      ? FW_IFINDEX
              : result == NFT_FIB_RESULT_OIFNAME  ? FW_IFNAME
              : result == NFT_FIB_RESULT_ADDRTYPE ? FW_FIB_ADDR
                                                  : FW_INTEGER;
    buf_puts(&o->text, result == NFT_FIB_RESULT_OIF        ? " oif"
                       : result == NFT_FIB_RESULT_OIFNAME  ? " oifname"
                       : result == NFT_FIB_RESULT_ADDRTYPE ? " type"
                                                           : " [ result ]");
}

static void load_rt(struct fw_rule *r, const struct netlink_attr *a)
{
    static const struct fw_key keys[] = { { "rt classid", FW_REALM, true },
                                          { "rt ip nexthop", FW_IPADDR, false },
                                          { "rt ip6 nexthop", FW_IP6ADDR, false },
                                          { "rt mtu", FW_INTEGER, true },
                                          { "rt ipsec", FW_BOOLEAN, true } };
    const uint32_t key = fw_attr_u32(&a[NFTA_RT_KEY], UINT32_MAX);
    const struct fw_key k = key < 5 ? keys[key] : (struct fw_key) { "rt [ key ]", FW_INTEGER, true };
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_RT_DREG], key == 3 ? 2 : fw_type_size(k.type));
    if (o == NULL)
        return;
    buf_puts(&o->text, k.name);
    o->type = k.type;
    o->host_order = k.host_order;
}

static void load_socket(struct fw_rule *r, const struct netlink_attr *a)
{
    const uint32_t key = fw_attr_u32(&a[NFTA_SOCKET_KEY], UINT32_MAX);
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_SOCKET_DREG], key == 1 ? 4 : key == 3 ? 8 : 1);
    if (o == NULL)
        return;
    buf_puts(&o->text, key == 0   ? "socket transparent"
                       : key == 1 ? "socket mark"
                       : key == 2 ? "socket wildcard"
                       : key == 3 ? "socket cgroupv2"
                                  : "socket [ key ]");
    if (key == 3)
        buf_printf(&o->text, " level %" PRIu32, fw_attr_u32(&a[NFTA_SOCKET_LEVEL], 0));
    o->type = key == 1 ? FW_MARK : key == 3 ? FW_CGROUPV2 : FW_INTEGER;
    o->host_order = true;
}

static void load_numgen(struct fw_rule *r, const struct netlink_attr *a)
{
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_NG_DREG], 4);
    if (o == NULL)
        return;
    buf_printf(&o->text, "numgen %s mod %" PRIu32, fw_attr_u32(&a[NFTA_NG_TYPE], 0) == NFT_NG_RANDOM ? "random" : "inc",
               fw_attr_u32(&a[NFTA_NG_MODULUS], 0));
    if (fw_attr_u32(&a[NFTA_NG_OFFSET], 0) != 0)
        buf_printf(&o->text, " offset %" PRIu32, fw_attr_u32(&a[NFTA_NG_OFFSET], 0));
    o->type = FW_INTEGER;
    o->host_order = true;
}

static void load_hash(struct fw_rule *r, const struct netlink_attr *a)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    uint32_t needs = 0;
    if (fw_attr_u32(&a[NFTA_HASH_TYPE], NFT_HASH_JENKINS) == NFT_HASH_SYM)
        buf_puts(&text, "symhash");
    else {
        buf_puts(&text, "jhash ");
        fw_rule_key(r, &a[NFTA_HASH_SREG], fw_attr_u32(&a[NFTA_HASH_LEN], 0), &text, &needs);
    }
    buf_printf(&text, " mod %" PRIu32, fw_attr_u32(&a[NFTA_HASH_MODULUS], 0));
    if (a[NFTA_HASH_SEED].data != NULL && fw_attr_u32(&a[NFTA_HASH_SEED], 0) != 0)
        buf_printf(&text, " seed 0x%" PRIx32, fw_attr_u32(&a[NFTA_HASH_SEED], 0));
    if (fw_attr_u32(&a[NFTA_HASH_OFFSET], 0) != 0)
        buf_printf(&text, " offset %" PRIu32, fw_attr_u32(&a[NFTA_HASH_OFFSET], 0));
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_HASH_DREG], 4);
    if (o == NULL)
        return;
    buf_put(&o->text, text.data, text.len);
    o->needs = needs;
    o->type = FW_INTEGER;
    o->host_order = true;
}

static void load_osf(struct fw_rule *r, const struct netlink_attr *a)
{
    static const char *const ttl[] = { "osf", "osf ttl loose", "osf ttl skip" };
    const uint8_t how = fw_attr_u8(&a[NFTA_OSF_TTL], 0);
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_OSF_DREG], 16);
    if (o == NULL)
        return;
    buf_puts(&o->text, how < 3 ? ttl[how] : "osf [ ttl ]");
    buf_puts(&o->text, (fw_attr_u32(&a[NFTA_OSF_FLAGS], 0) & NFT_OSF_F_VERSION) != 0 ? " version" : " name");
    o->type = FW_STRING;
}

static void load_xfrm(struct fw_rule *r, const struct netlink_attr *a)
{
    static const struct fw_key keys[] = { [NFT_XFRM_KEY_DADDR_IP4] = { "ip daddr", FW_IPADDR, false },
                                          [NFT_XFRM_KEY_DADDR_IP6] = { "ip6 daddr", FW_IP6ADDR, false },
                                          [NFT_XFRM_KEY_SADDR_IP4] = { "ip saddr", FW_IPADDR, false },
                                          [NFT_XFRM_KEY_SADDR_IP6] = { "ip6 saddr", FW_IP6ADDR, false },
                                          [NFT_XFRM_KEY_REQID] = { "reqid", FW_INTEGER, true },
                                          [NFT_XFRM_KEY_SPI] = { "spi", FW_INTEGER, false } };
    const uint32_t key = fw_attr_u32(&a[NFTA_XFRM_KEY], 0), number = fw_attr_u32(&a[NFTA_XFRM_SPNUM], 0);
    const struct fw_key k = key < sizeof keys / sizeof keys[0] && keys[key].name != NULL
                                ? keys[key]
                                : (struct fw_key) { "[ key ]", FW_INTEGER, false };
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_XFRM_DREG], fw_type_size(k.type));
    if (o == NULL)
        return;
    buf_printf(&o->text, "ipsec %s ", fw_attr_u8(&a[NFTA_XFRM_DIR], 0) == 0 ? "in" : "out");
    if (number > 0)
        buf_printf(&o->text, "spnum %" PRIu32 " ", number);
    buf_puts(&o->text, k.name);
    o->type = k.type;
    o->host_order = k.host_order;
}

static void immediate(struct fw_rule *r, const struct netlink_attr *a)
{
    struct netlink_attr data[NFTA_DATA_VERDICT + 1];
    fw_attr_nested(&a[NFTA_IMMEDIATE_DATA], data, NFTA_DATA_VERDICT + 1);
    if (data[NFTA_DATA_VERDICT].data != NULL) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
        fw_rule_verdict(&text, &data[NFTA_DATA_VERDICT]);
        fw_rule_emit_buf(r, &text, 0);
        return;
    }
    const struct netlink_attr *value = &data[NFTA_DATA_VALUE];
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_IMMEDIATE_DREG], value->len);
    if (o == NULL || value->data == NULL)
        return;
    o->constant = true;
    memcpy(o->data, value->data, o->len);
}

static void copy_value(const struct netlink_attr *nested, unsigned char *out, size_t len)
{
    struct netlink_attr data[NFTA_DATA_VERDICT + 1];
    fw_attr_nested(nested, data, NFTA_DATA_VERDICT + 1);
    memset(out, 0, len);
    if (data[NFTA_DATA_VALUE].data != NULL)
        memcpy(out, data[NFTA_DATA_VALUE].data, data[NFTA_DATA_VALUE].len < len ? data[NFTA_DATA_VALUE].len : len);
}

/* dreg becomes what sreg is; where they differ, the text of sreg stays there. */
static struct fw_operand *move(struct fw_rule *r, const struct netlink_attr *from, const struct netlink_attr *to)
{
    const struct fw_operand *s = fw_rule_register(r, from);
    struct fw_operand *d = fw_rule_register(r, to);
    if (s == NULL || d == NULL || !s->known)
        return NULL;
    if (s == d)
        return d;
    struct buf text = d->text;
    buf_reset(&text);
    buf_put(&text, s->text.data, s->text.len);
    *d = *s;
    d->text = text;
    return d;
}

static void bitwise(struct fw_rule *r, const struct netlink_attr *a)
{
    const uint32_t op = fw_attr_u32(&a[NFTA_BITWISE_OP], NFT_BITWISE_BOOL);
    struct fw_operand *o = move(r, &a[NFTA_BITWISE_SREG], &a[NFTA_BITWISE_DREG]);
    if (o == NULL)
        return;
    if (op == NFT_BITWISE_RSHIFT && o->shift == 0) {
        unsigned char by[4];
        copy_value(&a[NFTA_BITWISE_DATA], by, sizeof by);
        o->shift = (unsigned)fw_attr_number(by, sizeof by, true);
        return;
    }
    if (op != NFT_BITWISE_BOOL || o->masked || o->shift > 0) { /* what comes before becomes its text */
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
        fw_rule_operand(r, o, o->type, &text);
        buf_reset(&o->text);
        buf_put(&o->text, text.data, text.len);
        o->payload = o->masked = o->constant = false;
        o->shift = 0;
    }
    if (op == NFT_BITWISE_BOOL) {
        o->masked = true;
        copy_value(&a[NFTA_BITWISE_MASK], o->mask, o->len);
        copy_value(&a[NFTA_BITWISE_XOR], o->flip, o->len);
    } else {
        unsigned char by[4];
        copy_value(&a[NFTA_BITWISE_DATA], by, sizeof by);
        buf_printf(&o->text, op == NFT_BITWISE_LSHIFT ? " << %u" : " [ bitwise %u ]",
                   (unsigned)fw_attr_number(by, sizeof by, true));
    }
}

static void byteorder(struct fw_rule *r, const struct netlink_attr *a)
{
    struct fw_operand *o = move(r, &a[NFTA_BYTEORDER_SREG], &a[NFTA_BYTEORDER_DREG]);
    if (o != NULL)
        o->host_order = fw_attr_u32(&a[NFTA_BYTEORDER_OP], NFT_BYTEORDER_NTOH) == NFT_BYTEORDER_NTOH;
}

bool fw_load_write(struct fw_rule *r, const struct netlink_attr *name, const struct netlink_attr *data)
{
    static const struct {
        const char *name;
        uint16_t only; /* an attribute that tells this use from others; 0: always */
        void (*load)(struct fw_rule *r, const struct netlink_attr *a);
    } table[] = {
        { "payload", NFTA_PAYLOAD_DREG, load_payload },
        { "meta", NFTA_META_DREG, load_meta },
        { "ct", NFTA_CT_DREG, load_ct },
        { "fib", 0, load_fib },
        { "rt", 0, load_rt },
        { "socket", 0, load_socket },
        { "numgen", 0, load_numgen },
        { "hash", 0, load_hash },
        { "exthdr", 0, fw_exthdr_load },
        { "immediate", 0, immediate },
        { "bitwise", 0, bitwise },
        { "byteorder", 0, byteorder },
        { "osf", 0, load_osf },
        { "xfrm", 0, load_xfrm },
    };
    struct netlink_attr a[ATTRIBUTES];
    fw_attr_nested(data, a, ATTRIBUTES);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (netlink_text(name) == strlen(table[i].name) && memcmp(name->data, table[i].name, netlink_text(name)) == 0 &&
            (table[i].only == 0 || a[table[i].only].data != NULL)) {
            table[i].load(r, a);
            return true;
        }
    return false;
}
