/* Expressions that compare what registers hold, or look it up. */
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <string.h>

#include "collector/firewall/fw_rule.h"
#include "collector/firewall/fw_set.h"
#include "collector/firewall/fw_xt.h"

#define ATTRIBUTES 10

static struct netlink_attr value_of(const struct netlink_attr *nested)
{
    struct netlink_attr data[NFTA_DATA_VERDICT + 1];
    fw_attr_nested(nested, data, NFTA_DATA_VERDICT + 1);
    return data[NFTA_DATA_VALUE];
}

static void compare(struct fw_rule *r, const struct netlink_attr *a)
{
    const struct fw_operand *o = fw_rule_register(r, &a[NFTA_CMP_SREG]);
    const struct netlink_attr value = value_of(&a[NFTA_CMP_DATA]);
    if (o == NULL || !o->known || value.data == NULL)
        fw_rule_emit(r, "[ cmp ]", 0);
    else
        fw_rule_compare(r, o, fw_attr_u32(&a[NFTA_CMP_OP], UINT32_MAX), value.data, value.len);
}

static void range(struct fw_rule *r, const struct netlink_attr *a)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    const struct fw_operand *o = fw_rule_register(r, &a[NFTA_RANGE_SREG]);
    const struct netlink_attr from = value_of(&a[NFTA_RANGE_FROM_DATA]), to = value_of(&a[NFTA_RANGE_TO_DATA]);
    if (o == NULL || !o->known || from.data == NULL || to.data == NULL) {
        fw_rule_emit(r, "[ range ]", 0);
        return;
    }
    fw_rule_operand(r, o, o->type, &text);
    buf_puts(&text, fw_attr_u32(&a[NFTA_RANGE_OP], 0) == NFT_RANGE_EQ ? " " : " != ");
    fw_type_bound(&text, (enum fw_type)o->type, from.data, from.len, o->host_order, &r->model->links);
    buf_putc(&text, '-');
    fw_type_bound(&text, (enum fw_type)o->type, to.data, to.len, o->host_order, &r->model->links);
    fw_rule_emit_buf(r, &text, o->needs);
}

/* "@name", or the elements of a set that has no name of its own. */
static void put_set(struct fw_rule *r, const struct fw_row *set, const struct netlink_attr *name,
                    const struct fw_operand *key, struct buf *out)
{
    if (set == NULL || !fw_set_is_anonymous(set)) {
        buf_putc(out, '@');
        fw_type_word(out, name->data, netlink_text(name));
        return;
    }
    buf_puts(out, "{ ");
    struct fw_set_key k = { .type = FW_INVALID };
    if (key != NULL) {
        k = (struct fw_set_key) { .type = key->type, .host_order = key->host_order };
        if (fw_rule_field(key, &k.shift) == NULL || key->shift > 0)
            k.shift = 0;
    }
    fw_set_elements(r->model, set, key == NULL ? NULL : &k, ", ", out);
    buf_puts(out, " }");
}

static void lookup(struct fw_rule *r, const struct netlink_attr *a)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    const struct fw_row *set = fw_model_set(r->model, r->row, &a[NFTA_LOOKUP_SET]);
    const struct fw_operand *key = fw_rule_register(r, &a[NFTA_LOOKUP_SREG]);
    const bool to_verdict = a[NFTA_LOOKUP_DREG].data != NULL && fw_attr_u32(&a[NFTA_LOOKUP_DREG], 1) == NFT_REG_VERDICT;
    const bool plain = a[NFTA_LOOKUP_DREG].data == NULL;
    struct fw_set_facts facts = fw_set_facts(set);
    uint32_t needs = 0;
    fw_rule_key(r, &a[NFTA_LOOKUP_SREG], set == NULL ? 1 : facts.key_len, &text, &needs);
    if (plain)
        buf_puts(&text, (fw_attr_u32(&a[NFTA_LOOKUP_FLAGS], 0) & NFT_LOOKUP_F_INV) != 0 ? " != " : " ");
    else
        buf_puts(&text, to_verdict ? " vmap " : " map ");
    put_set(r, set, &a[NFTA_LOOKUP_SET], key, &text);
    if (plain || to_verdict) {
        fw_rule_emit_buf(r, &text, needs);
        return;
    }
    struct fw_operand *o = fw_rule_load(r, &a[NFTA_LOOKUP_DREG], facts.data_len);
    if (o == NULL)
        return;
    buf_put(&o->text, text.data, text.len);
    o->type = facts.data_type;
    o->needs = needs;
    o->host_order = fw_type_host_order((enum fw_type)facts.data_type);
}

/* "meta mark set 0x1". A key of no fixed type is written as what it is there. */
static void assign(struct fw_rule *r, struct buf *text, const struct netlink_attr *number, enum fw_type type)
{
    const struct fw_operand *o = fw_rule_register(r, number);
    buf_puts(text, " set ");
    if (o == NULL || !o->known)
        buf_puts(text, "[ register ]");
    else if (o->constant && type == FW_INTEGER)
        buf_decimal(text, fw_attr_number(o->data, o->len < 8 ? o->len : 8, true));
    else
        fw_rule_operand(r, o, type, text);
    fw_rule_emit_buf(r, text, o == NULL ? 0 : o->needs);
}

static void set_meta(struct fw_rule *r, const struct netlink_attr *a)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    const uint32_t key = fw_attr_u32(&a[NFTA_META_KEY], UINT32_MAX);
    const struct fw_key k = fw_field_meta(key);
    if (k.name != NULL)
        buf_puts(&text, k.name);
    else
        buf_printf(&text, "meta [ %" PRIu32 " ]", key);
    assign(r, &text, &a[NFTA_META_SREG], k.type);
}

static void set_ct(struct fw_rule *r, const struct netlink_attr *a)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    const struct fw_key k = fw_field_ct(fw_attr_u32(&a[NFTA_CT_KEY], UINT32_MAX));
    buf_puts(&text, "ct ");
    if (a[NFTA_CT_DIRECTION].data != NULL)
        buf_puts(&text, fw_attr_u8(&a[NFTA_CT_DIRECTION], 0) == 0 ? "original " : "reply ");
    buf_puts(&text, k.name != NULL ? k.name : "[ key ]");
    assign(r, &text, &a[NFTA_CT_SREG], k.type);
}

/* A field is written as a whole; a part of one with all else masked from what was read there. */
static void set_payload(struct fw_rule *r, const struct netlink_attr *a)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    const struct fw_operand *o = fw_rule_register(r, &a[NFTA_PAYLOAD_SREG]);
    const uint32_t base = fw_attr_u32(&a[NFTA_PAYLOAD_BASE], UINT32_MAX);
    const size_t offset = (size_t)fw_attr_u32(&a[NFTA_PAYLOAD_OFFSET], 0) * 8;
    const size_t len = fw_attr_u32(&a[NFTA_PAYLOAD_LEN], 0);
    struct fw_operand place = { .known = true, .payload = true, .base = base, .offset = offset, .masked = false };
    place.len = len < FW_RULE_DATA ? len : FW_RULE_DATA;
    place.header = base == NFT_PAYLOAD_LL_HEADER        ? FW_ETHER
                   : base == NFT_PAYLOAD_NETWORK_HEADER ? r->network
                   : r->transport == FW_NO_HEADER       ? FW_TRANSPORT
                                                        : r->transport;
    place.needs = UINT32_C(1) << place.header;
    unsigned shift = 0;
    if (o != NULL && o->payload && o->masked && o->base == base && o->offset == offset && o->len == place.len) {
        place.masked = true;
        for (size_t i = 0; i < place.len; i++)
            place.mask[i] = (unsigned char)~o->mask[i];
        const struct fw_field *part = fw_rule_field(&place, &shift);
        if (part != NULL && place.len <= 8) {
            buf_printf(&text, "%s set ", part->name);
            unsigned char value[8];
            uint64_t bits = fw_attr_number(o->flip, o->len, false) >> shift;
            size_t bytes = (part->bits + 7U) / 8;
            for (size_t i = 0; i < bytes; i++)
                value[i] = (unsigned char)(bits >> 8 * (bytes - 1 - i));
            fw_type_value(&text, part->type, value, bytes, false, NULL);
            fw_rule_emit_buf(r, &text, place.needs);
            return;
        }
        place.masked = false;
    }
    const struct fw_field *f = fw_rule_field(&place, &shift);
    fw_rule_operand(r, &place, FW_INTEGER, &text);
    buf_puts(&text, " set ");
    if (o == NULL || !o->known)
        buf_puts(&text, "[ register ]");
    else
        fw_rule_operand(r, o, f == NULL ? FW_INTEGER : f->type, &text);
    fw_rule_emit_buf(r, &text, place.needs);
}

static void compat_match(struct fw_rule *r, const struct netlink_attr *a)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    fw_xt_compat(&text, true, r->model, r->row->family, &a[NFTA_MATCH_NAME], fw_attr_u32(&a[NFTA_MATCH_REV], 0),
                 &a[NFTA_MATCH_INFO]);
    fw_rule_emit_buf(r, &text, 0);
}

static void compat_target(struct fw_rule *r, const struct netlink_attr *a)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    fw_xt_compat(&text, false, r->model, r->row->family, &a[NFTA_TARGET_NAME], fw_attr_u32(&a[NFTA_TARGET_REV], 0),
                 &a[NFTA_TARGET_INFO]);
    fw_rule_emit_buf(r, &text, 0);
}

bool fw_match_write(struct fw_rule *r, const struct netlink_attr *name, const struct netlink_attr *data)
{
    static const struct {
        const char *name;
        uint16_t only;
        void (*write)(struct fw_rule *r, const struct netlink_attr *a);
    } table[] = {
        { "cmp", 0, compare },
        { "range", 0, range },
        { "lookup", 0, lookup },
        { "payload", NFTA_PAYLOAD_SREG, set_payload },
        { "meta", NFTA_META_SREG, set_meta },
        { "ct", NFTA_CT_SREG, set_ct },
        { "match", 0, compat_match },
        { "target", 0, compat_target },
    };
    struct netlink_attr a[ATTRIBUTES];
    fw_attr_nested(data, a, ATTRIBUTES);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (netlink_text(name) == strlen(table[i].name) && memcmp(name->data, table[i].name, netlink_text(name)) == 0 &&
            (table[i].only == 0 || a[table[i].only].data != NULL)) {
            table[i].write(r, a);
            return true;
        }
    return false;
}
