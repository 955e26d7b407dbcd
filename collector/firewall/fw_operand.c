/* What a register holds, in words, and what it is compared with. */
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "collector/firewall/fw_rule.h"

/* The bits of a mask when they are in one piece: *first from the left, *count of them. */
static bool piece(const unsigned char *mask, size_t len, size_t *first, size_t *count)
{
    size_t bits = len * 8, at = 0;
    while (at < bits && (mask[at / 8] >> (7 - at % 8) & 1) == 0)
        at++;
    *first = at;
    while (at < bits && (mask[at / 8] >> (7 - at % 8) & 1) == 1)
        at++;
    *count = at - *first;
    while (at < bits && (mask[at / 8] >> (7 - at % 8) & 1) == 0)
        at++;
    return at == bits && *count > 0;
}

static bool all(const unsigned char *bytes, size_t len, unsigned char what)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != what)
            return false;
    return true;
}

const struct fw_field *fw_rule_field(const struct fw_operand *o, unsigned *shift)
{
    size_t first, count;
    *shift = 0;
    if (!o->payload)
        return NULL;
    if (!o->masked)
        return fw_field_find(o->header, o->offset, o->len * 8);
    if (o->len > sizeof(uint64_t) || !piece(o->mask, o->len, &first, &count) || !all(o->flip, o->len, 0))
        return NULL; /* a wider one is no number that could be moved to where the field is */
    *shift = (unsigned)(o->len * 8 - first - count);
    return fw_field_find(o->header, o->offset + first, count);
}

static void raw_place(const struct fw_operand *o, struct buf *out)
{
    static const char *const bases[] = { "ll", "nh", "th", "ih" };
    buf_printf(out, "@%s,%zu,%zu", o->base < 4 ? bases[o->base] : "?", o->offset, o->len * 8);
}

/* What is masked or compared bitwise: addresses are written as such, all else as a number. */
static void put_bytes(const struct fw_operand *o, const unsigned char *bytes, size_t len, struct buf *out)
{
    if (fw_type_is_address(o->type) || o->type == FW_ETHERADDR)
        fw_type_value(out, o->type, bytes, len, false, NULL);
    else
        fw_type_hex(out, bytes, len, o->host_order);
}

/* mask and flip behind a value: "& 0xff | 0x100". */
static void put_mask(const struct fw_operand *o, struct buf *out)
{
    unsigned char both[FW_RULE_DATA];
    const bool flags = fw_type_is_flags(o->type);
    if (!all(o->mask, o->len, 0xff)) {
        buf_puts(out, flags ? " & (" : " & ");
        if (flags)
            fw_type_flags(out, o->type, fw_attr_number(o->mask, o->len, o->host_order), " | ");
        else
            put_bytes(o, o->mask, o->len, out);
        buf_puts(out, flags ? ")" : "");
    }
    for (size_t i = 0; i < o->len; i++)
        both[i] = o->mask[i] & o->flip[i];
    if (!all(o->flip, o->len, 0)) {
        buf_puts(out, all(both, o->len, 0) ? " | " : " ^ ");
        put_bytes(o, o->flip, o->len, out);
    }
}

void fw_rule_operand(struct fw_rule *r, const struct fw_operand *o, uint32_t type, struct buf *out)
{
    unsigned shift;
    const struct fw_field *field = fw_rule_field(o, &shift);
    const struct fw_field *whole = o->payload ? fw_field_find(o->header, o->offset, o->len * 8) : NULL;
    if (o->constant)
        fw_type_value(out, type, o->data, o->len, fw_type_host_order(type), &r->model->links);
    else if (field != NULL)
        buf_puts(out, field->name);
    else if (whole != NULL)
        buf_puts(out, whole->name);
    else if (o->payload)
        raw_place(o, out);
    else
        buf_put(out, o->text.data, o->text.len);
    if (o->masked && field == NULL)
        put_mask(o, out);
    if (o->shift > 0 && (field == NULL || shift != o->shift))
        buf_printf(out, " >> %u", o->shift);
}

void fw_rule_key(struct fw_rule *r, const struct netlink_attr *number, size_t len, struct buf *out, uint32_t *needs)
{
    const struct fw_operand *o = fw_rule_register(r, number);
    if (o == NULL || !o->known) {
        buf_puts(out, "[ register ]");
        return;
    }
    for (size_t at = 0; at < len && o < r->reg + FW_RULE_REGISTERS && o->known && o->len > 0;) {
        if (at > 0)
            buf_puts(out, " . ");
        fw_rule_operand(r, o, o->type, out);
        *needs |= o->needs;
        size_t words = (o->len + 3) / 4;
        at += words * 4;
        o += words;
    }
}

static const char *const signs[] = {
    [NFT_CMP_EQ] = "",     [NFT_CMP_NEQ] = "!= ", [NFT_CMP_LT] = "< ",
    [NFT_CMP_LTE] = "<= ", [NFT_CMP_GT] = "> ",   [NFT_CMP_GTE] = ">= ",
};

/* What the rest of the rule now knows about the packet. */
static uint32_t learn(struct fw_rule *r, const struct fw_operand *o, uint32_t type, uint64_t value)
{
    enum fw_header h = FW_NO_HEADER;
    if (type == FW_NFPROTO)
        h = r->network = value == NFPROTO_IPV4 ? FW_IP : value == NFPROTO_IPV6 ? FW_IP6 : FW_NO_HEADER;
    else if (type == FW_ETHERTYPE && o->header != FW_ARP)
        h = r->network = fw_field_network(value);
    else if (type == FW_INET_PROTOCOL && o->header != FW_AH && o->header != FW_COMP)
        h = r->transport = fw_field_transport(value);
    else if (type == FW_ARPHRD && value == 1)
        h = FW_ETHER;
    else if (type == FW_ICMP_TYPE || type == FW_ICMP6_TYPE)
        r->icmp = (unsigned)value + 1;
    return h == FW_NO_HEADER || h == FW_TRANSPORT ? 0 : UINT32_C(1) << h;
}

/* Compared for equality with `type` value: held back where the next match may say it already. */
static void emit_match(struct fw_rule *r, const struct fw_operand *o, struct buf *text, uint32_t tells)
{
    if (!o->implies || tells == 0 || r->pendings == FW_RULE_PENDING || r->from.len > 0) {
        fw_rule_emit_buf(r, text, o->needs);
        return;
    }
    if (o->needs != 0)
        fw_rule_settle(r, 0);
    struct fw_pending *p = &r->pending[r->pendings++];
    buf_reset(&p->text);
    buf_put(&p->text, text->data, text->len);
    p->tells = tells;
}

static void put_value(struct fw_rule *r, const struct fw_operand *o, uint32_t type, const unsigned char *bytes,
                      size_t len, struct buf *text)
{
    fw_type_value(text, type, bytes, len, o->host_order, &r->model->links);
}

/* Of an address that was loaded as a whole only the first bytes are compared. */
static bool prefix(struct fw_rule *r, const struct fw_operand *o, uint32_t op, const unsigned char *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    unsigned char value[FW_RULE_DATA] = { 0 };
    if (!fw_type_is_address(o->type) || len >= o->len)
        return false;
    memcpy(value, bytes, len);
    fw_rule_operand(r, o, o->type, &text);
    buf_printf(&text, " %s", signs[op]);
    put_value(r, o, o->type, value, o->len, &text);
    buf_printf(&text, "/%zu", len * 8);
    fw_rule_emit_buf(r, &text, o->needs);
    return true;
}

static void plain(struct fw_rule *r, const struct fw_operand *o, uint32_t op, const unsigned char *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    uint32_t type = o->type;
    fw_rule_operand(r, o, type, &text);
    buf_putc(&text, ' ');
    buf_puts(&text, op == NFT_CMP_EQ && fw_type_is_flags(type) ? "== " : signs[op]);
    put_value(r, o, type, bytes, len, &text);
    emit_match(r, o, &text, op == NFT_CMP_EQ ? learn(r, o, type, fw_attr_number(bytes, len, o->host_order)) : 0);
}

/* A field narrower than what was loaded, or a prefix, or whatever the mask makes of it. */
static void masked(struct fw_rule *r, const struct fw_operand *o, uint32_t op, const unsigned char *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    unsigned shift;
    size_t first, count;
    const struct fw_field *field = fw_rule_field(o, &shift), *whole = NULL;
    uint64_t value = fw_attr_number(bytes, len, o->host_order);
    bool unflipped = all(o->flip, o->len, 0), in_piece = piece(o->mask, o->len, &first, &count);
    if (o->payload)
        whole = fw_field_find(o->header, o->offset, o->len * 8);
    if (field != NULL && len <= 8 && o->shift == 0) {
        buf_printf(&text, "%s %s", field->name, signs[op]);
        if (field->type == FW_DSCP)
            buf_printf(&text, "0x%02" PRIx64, value >> shift);
        else
            buf_decimal(&text, value >> shift);
    } else if (unflipped && in_piece && first == 0 && o->shift == 0 && fw_type_is_address(o->type)) {
        if (whole != NULL)
            buf_puts(&text, whole->name);
        else
            buf_put(&text, o->text.data, o->text.len);
        buf_printf(&text, " %s", signs[op]);
        put_value(r, o, o->type, bytes, len, &text);
        buf_printf(&text, "/%zu", count);
    } else if (unflipped && fw_type_is_flags(o->type) && op == NFT_CMP_NEQ && all(bytes, len, 0) && o->shift == 0) {
        if (whole != NULL)
            buf_puts(&text, whole->name);
        else
            buf_put(&text, o->text.data, o->text.len);
        buf_putc(&text, ' ');
        fw_type_flags(&text, o->type, fw_attr_number(o->mask, o->len, o->host_order), ",");
    } else if (o->type == FW_CT_LABEL && unflipped && op == NFT_CMP_NEQ && all(bytes, len, 0)) {
        buf_put(&text, o->text.data, o->text.len);
        buf_putc(&text, ' ');
        fw_type_bits(&text, o->mask, o->len); /* those that are asked for */
    } else {
        fw_rule_operand(r, o, o->type, &text);
        buf_printf(&text, " %s", op == NFT_CMP_EQ ? "== " : signs[op]);
        if (fw_type_is_flags(o->type))
            fw_type_flags(&text, o->type, value, " | ");
        else
            put_bytes(o, bytes, len, &text);
    }
    fw_rule_emit_buf(r, &text, o->needs);
}

/* nft(8) joins matches of neighbouring fields into one; an address without its last bytes is a prefix. */
static bool pieces(struct fw_rule *r, const struct fw_operand *o, uint32_t op, const unsigned char *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        const struct fw_field *f = fw_field_find(o->header, o->offset + at * 8, 0);
        if (f == NULL || f->bits % 8 != 0 || (f->bits / 8 > len - at && !fw_type_is_address(f->type)))
            return false;
        at += f->bits / 8;
    }
    for (size_t at = 0; at < len;) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
        const struct fw_field *f = fw_field_find(o->header, o->offset + at * 8, 0);
        size_t size = f->bits / 8, here = size < len - at ? size : len - at;
        unsigned char value[16] = { 0 };
        memcpy(value, bytes + at, here);
        buf_printf(&text, "%s %s", f->name, signs[op]);
        fw_type_value(&text, f->type, value, size, false, NULL);
        if (here < size)
            buf_printf(&text, "/%zu", here * 8);
        learn(r, o, f->type, fw_attr_number(value, size, false));
        fw_rule_emit_buf(r, &text, o->needs);
        at += size;
    }
    return true;
}

/* What stands behind the checksum depends on the type: a number and a sequence, unless it is a redirect (RFC 792) or
 * says that a packet is too big (RFC 4443). */
static bool echo(struct fw_rule *r, const struct fw_operand *o, const unsigned char *bytes, size_t len)
{
    const bool six = o->header == FW_ICMP6;
    if ((o->header != FW_ICMP && !six) || o->offset != 32 || len != 4 || r->icmp == (six ? 2 : 5) + 1U)
        return false;
    for (size_t at = 0; at < len; at += 2) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
        buf_printf(&text, "%s %s %u", six ? "icmpv6" : "icmp", at == 0 ? "id" : "sequence",
                   (unsigned)fw_attr_number(bytes + at, 2, false));
        fw_rule_emit_buf(r, &text, o->needs);
    }
    return true;
}

/* ">= a" and then "<= b" of the same thing are a range: the first waits. */
static bool range(struct fw_rule *r, const struct fw_operand *o, uint32_t op, const unsigned char *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf lhs = BUF_INIT(FW_RULE_TEXT);
    const size_t gap = sizeof " >= " - 1;
    if ((op != NFT_CMP_GTE && op != NFT_CMP_LTE) || fw_type_is_flags(o->type))
        return false;
    fw_rule_operand(r, o, o->type, &lhs);
    buf_puts(&lhs, op == NFT_CMP_GTE ? " >= " : " ");
    if (op == NFT_CMP_GTE) {
        fw_rule_settle(r, o->needs);
        buf_put(&r->from, lhs.data, lhs.len);
        r->from_lhs = lhs.len - gap;
        fw_type_bound(&r->from, o->type, bytes, len, o->host_order, &r->model->links);
        return true;
    }
    if (r->from.len <= gap || lhs.len - 1 != r->from_lhs || memcmp(lhs.data, r->from.data, r->from_lhs) != 0)
        return false;
    buf_put(&lhs, r->from.data + r->from_lhs + gap, r->from.len - r->from_lhs - gap);
    buf_putc(&lhs, '-');
    fw_type_bound(&lhs, o->type, bytes, len, o->host_order, &r->model->links);
    buf_reset(&r->from);
    fw_rule_emit_buf(r, &lhs, o->needs);
    return true;
}

void fw_rule_compare(struct fw_rule *r, const struct fw_operand *o, uint32_t op, const unsigned char *bytes, size_t len)
{
    if (op > NFT_CMP_GTE || len > FW_RULE_DATA || ((o->payload || o->masked) && len > o->len)) {
        fw_rule_emit(r, "[ cmp ]", 0);
        return;
    }
    if (range(r, o, op, bytes, len))
        return;
    unsigned shift;
    if (o->masked)
        masked(r, o, op, bytes, len);
    else if (op == NFT_CMP_EQ && echo(r, o, bytes, len))
        return;
    else if (!o->payload && prefix(r, o, op, bytes, len))
        return;
    else if (o->payload && op <= NFT_CMP_NEQ && fw_rule_field(o, &shift) == NULL && pieces(r, o, op, bytes, len))
        return;
    else
        plain(r, o, op, bytes, len);
}
