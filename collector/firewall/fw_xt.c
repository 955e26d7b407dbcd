#include "collector/firewall/fw_xt.h"

#include <linux/netfilter.h>
#include <linux/netfilter/x_tables.h>
#include <string.h>

#include "base/escape.h"
#include "collector/firewall/fw_model.h"
#include "collector/firewall/fw_type.h"

void fw_xt_string(struct buf *out, const void *text, size_t len)
{
    static const char plain[] = "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *at = text;
    bool quotes = len == 0;
    for (size_t i = 0; i < len; i++)
        quotes |= at[i] == '\0' || strchr(plain, at[i]) == NULL;
    if (!quotes) {
        buf_put(out, text, len);
        return;
    }
    buf_putc(out, '"');
    for (size_t i = 0; i < len; i++) {
        size_t end = i;
        while (end < len && at[end] != '"' && at[end] != '\'')
            end++;
        escape_terminal(out, at + i, end - i); /* a backslash becomes two, as iptables-save has it */
        if (end < len)
            buf_printf(out, "\\%c", at[end]);
        i = end;
    }
    buf_putc(out, '"');
}

void fw_xt_unknown(struct buf *out, const struct fw_xt *x)
{
    buf_printf(out, " [ rev %u ", x->revision);
    for (size_t i = 0; i < x->len; i++)
        buf_printf(out, "%02x", x->data[i]);
    buf_puts(out, " ]");
}

void fw_xt_compat(struct buf *out, bool match, const struct fw_model *model, uint8_t family,
                  const struct netlink_attr *name, uint32_t revision, const struct netlink_attr *info)
{
    char text[XT_EXTENSION_MAXNAMELEN] = { 0 };
    const size_t len = netlink_text(name);
    const struct fw_xt x = { .name = text,
                             .revision = revision,
                             .data = info->data == NULL ? (const unsigned char *)"" : info->data,
                             .len = info->len,
                             .family = family,
                             .sets = &model->sets };
    memcpy(text, name->data == NULL ? (const unsigned char *)"" : name->data,
           len < sizeof text ? len : sizeof text - 1);
    buf_puts(out, match ? "xt match " : "xt target ");
    fw_type_quoted(out, text, strlen(text));
    if (!(match ? fw_xt_match(out, &x) : fw_xt_target(out, &x)))
        fw_xt_unknown(out, &x);
}
