#include "collector/firewall/fw_rule.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "base/escape.h"
#include "base/text.h"

#define USERDATA_COMMENT 0 /* NFTNL_UDATA_RULE_COMMENT */

void fw_rule_init(struct fw_rule *r)
{
    memset(r, 0, sizeof *r);
    buf_init(&r->out, FW_RULE_TEXT);
    buf_init(&r->from, FW_RULE_TEXT);
    for (size_t i = 0; i < FW_RULE_REGISTERS; i++)
        buf_init(&r->reg[i].text, FW_RULE_TEXT);
    for (size_t i = 0; i < FW_RULE_PENDING; i++)
        buf_init(&r->pending[i].text, FW_RULE_TEXT);
}

void fw_rule_free(struct fw_rule *r)
{
    buf_free(&r->out);
    buf_free(&r->from);
    for (size_t i = 0; i < FW_RULE_REGISTERS; i++)
        buf_free(&r->reg[i].text);
    for (size_t i = 0; i < FW_RULE_PENDING; i++)
        buf_free(&r->pending[i].text);
}

static void empty(struct fw_operand *o)
{
    struct buf text = o->text;
    buf_reset(&text);
    *o = (struct fw_operand) { .text = text };
}

void fw_rule_begin(struct fw_rule *r, const struct fw_model *model, const struct fw_row *row)
{
    r->model = model;
    r->row = row;
    buf_reset(&r->out);
    buf_reset(&r->from);
    for (size_t i = 0; i < FW_RULE_REGISTERS; i++)
        empty(&r->reg[i]);
    r->pendings = 0;
    r->counted = false;
    r->transport = FW_NO_HEADER;
    r->icmp = 0;
    r->network = row->family == NFPROTO_IPV4   ? FW_IP
                 : row->family == NFPROTO_IPV6 ? FW_IP6
                 : row->family == NFPROTO_ARP  ? FW_ARP
                                               : FW_NO_HEADER;
}

static void append(struct fw_rule *r, const struct buf *text)
{
    if (r->out.len > 0)
        buf_putc(&r->out, ' ');
    buf_put(&r->out, text->data, text->len);
}

void fw_rule_settle(struct fw_rule *r, uint32_t needs)
{
    for (size_t i = 0; i < r->pendings; i++)
        if ((r->pending[i].tells & needs) == 0)
            append(r, &r->pending[i].text);
    r->pendings = 0;
    if (r->from.len > 0)
        append(r, &r->from);
    buf_reset(&r->from);
}

void fw_rule_emit_buf(struct fw_rule *r, struct buf *text, uint32_t needs)
{
    fw_rule_settle(r, needs);
    if (text->failed != HZ_OK)
        r->out.failed = text->failed;
    append(r, text);
}

void fw_rule_emit(struct fw_rule *r, const char *text, uint32_t needs)
{
    HZ_CLEANUP(buf_free) struct buf copy = BUF_INIT(FW_RULE_TEXT);
    buf_puts(&copy, text);
    fw_rule_emit_buf(r, &copy, needs);
}

/* NFT_REG_1 to 4 are 16 bytes each, NFT_REG32_00 to 15 are the same memory by 4. */
struct fw_operand *fw_rule_register(struct fw_rule *r, const struct netlink_attr *number)
{
    uint32_t n = fw_attr_u32(number, UINT32_MAX);
    if (n >= NFT_REG_1 && n <= NFT_REG_4)
        return &r->reg[(n - NFT_REG_1) * 4];
    return n >= NFT_REG32_00 && n - NFT_REG32_00 < FW_RULE_REGISTERS ? &r->reg[n - NFT_REG32_00] : NULL;
}

struct fw_operand *fw_rule_load(struct fw_rule *r, const struct netlink_attr *number, size_t len)
{
    struct fw_operand *o = fw_rule_register(r, number);
    if (o == NULL)
        return NULL;
    for (struct fw_operand *i = o; i < r->reg + FW_RULE_REGISTERS && i < o + (len + 3) / 4; i++)
        empty(i);
    empty(o);
    o->known = true;
    o->len = len < FW_RULE_DATA ? len : FW_RULE_DATA;
    return o;
}

void fw_rule_verdict(struct buf *out, const struct netlink_attr *verdict)
{
    struct netlink_attr a[NFTA_VERDICT_CHAIN + 1];
    fw_attr_nested(verdict, a, NFTA_VERDICT_CHAIN + 1);
    int32_t code = (int32_t)fw_attr_u32(&a[NFTA_VERDICT_CODE], INT32_MAX);
    const char *word = code == NF_DROP        ? "drop"
                       : code == NF_ACCEPT    ? "accept"
                       : code == NFT_CONTINUE ? "continue"
                       : code == NFT_BREAK    ? "break"
                       : code == NFT_RETURN   ? "return"
                       : code == NFT_JUMP     ? "jump "
                       : code == NFT_GOTO     ? "goto "
                                              : NULL;
    if (word != NULL)
        buf_puts(out, word);
    else
        buf_printf(out, "verdict %d", code);
    if (code == NFT_JUMP || code == NFT_GOTO)
        fw_type_word(out, a[NFTA_VERDICT_CHAIN].data, netlink_text(&a[NFTA_VERDICT_CHAIN]));
}

static void unknown(struct fw_rule *r, const struct netlink_attr *name, const struct netlink_attr *data)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FW_RULE_TEXT);
    buf_puts(&text, "[ ");
    escape_terminal(&text, name->data, netlink_text(name));
    buf_putc(&text, ' ');
    for (size_t i = 0; i < data->len; i++)
        buf_printf(&text, "%02x", data->data[i]);
    buf_puts(&text, " ]");
    fw_rule_emit_buf(r, &text, 0);
}

void fw_rule_expression(struct fw_rule *r, const struct netlink_attr *nested)
{
    struct netlink_attr a[NFTA_EXPR_DATA + 1];
    fw_attr_nested(nested, a, NFTA_EXPR_DATA + 1);
    const struct netlink_attr *name = &a[NFTA_EXPR_NAME], *data = &a[NFTA_EXPR_DATA];
    if (!fw_load_write(r, name, data) && !fw_match_write(r, name, data) && !fw_stmt_write(r, name, data) &&
        !fw_nat_write(r, name, data))
        unknown(r, name, data);
}

void fw_rule_write(struct fw_rule *r, const struct fw_model *model, const struct fw_row *row)
{
    struct netlink_attr a[NFTA_RULE_USERDATA + 1], one;
    fw_rule_begin(r, model, row);
    fw_attr_table(row->attrs, row->len, a, NFTA_RULE_USERDATA + 1);
    struct netlink_attrs all = fw_attr_list(&a[NFTA_RULE_EXPRESSIONS]);
    while (netlink_next(&all, &one))
        fw_rule_expression(r, &one);
    fw_rule_settle(r, 0);
    struct netlink_attr comment = fw_attr_userdata(&a[NFTA_RULE_USERDATA], USERDATA_COMMENT);
    if (comment.data != NULL) {
        buf_puts(&r->out, " comment ");
        fw_type_quoted(&r->out, comment.data, netlink_text(&comment));
    }
}
