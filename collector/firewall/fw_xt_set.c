/* The match and the target that work on sets of ipset. */
#include <inttypes.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/xt_set.h>
#include <string.h>

#include "collector/firewall/fw_xt_words.h"

/* The name that belongs to the number now. */
static bool put_set(struct buf *out, const struct fw_xt *x, const struct xt_set_info *i)
{
    if (i->dim > IPSET_DIM_MAX)
        return false;
    for (size_t k = 0; x->sets != NULL && k < x->sets->count; k++)
        if (x->sets->list[k].index == i->index) {
            buf_putc(out, ' ');
            fw_xt_string(out, x->sets->list[k].name, strnlen(x->sets->list[k].name, sizeof x->sets->list[k].name));
            for (unsigned d = 1; d <= i->dim; d++)
                buf_printf(out, "%s%s", d == 1 ? " " : ",", (i->flags >> d & 1) == 1 ? "src" : "dst");
            return true;
        }
    return false;
}

/* What a counter of the element is compared with. */
static bool put_counter(struct buf *out, const char *what, const struct ip_set_counter_match *c)
{
    static const char *const how[] = {
        [IPSET_COUNTER_EQ] = "eq", [IPSET_COUNTER_NE] = "eq", [IPSET_COUNTER_LT] = "lt", [IPSET_COUNTER_GT] = "gt"
    };
    if (c->op == IPSET_COUNTER_NONE)
        return true;
    if (c->op > IPSET_COUNTER_GT)
        return false;
    buf_printf(out, "%s --%s-%s %" PRIu64, c->op == IPSET_COUNTER_NE ? " !" : "", what, how[c->op], (uint64_t)c->value);
    return true;
}

bool fw_xt_set(struct buf *out, const struct fw_xt *x)
{
    struct xt_set_info_match_v4 i;
    memset(&i, 0, sizeof i);
    if (!fw_xt_copy(x, &i, x->revision == 1 ? sizeof(struct xt_set_info_match_v1) : sizeof i))
        return false;
    fw_xt_option(out, (i.match_set.flags & IPSET_INV_MATCH) != 0, "--match-set");
    if (!put_set(out, x, &i.match_set))
        return false;
    if ((i.match_set.flags & IPSET_RETURN_NOMATCH) != 0 || (i.flags & IPSET_FLAG_RETURN_NOMATCH) != 0)
        buf_puts(out, " --return-nomatch");
    if ((i.flags & IPSET_FLAG_SKIP_COUNTER_UPDATE) != 0)
        buf_puts(out, " ! --update-counters");
    if ((i.flags & IPSET_FLAG_SKIP_SUBCOUNTER_UPDATE) != 0)
        buf_puts(out, " ! --update-subcounters");
    return put_counter(out, "packets", &i.packets) && put_counter(out, "bytes", &i.bytes);
}

bool fw_xt_set_target(struct buf *out, const struct fw_xt *x)
{
    struct xt_set_info_target_v3 i;
    if (!fw_xt_copy(x, &i, sizeof i) || i.map_set.index != IPSET_INVALID_ID)
        return false;
    if (i.add_set.index != IPSET_INVALID_ID) {
        buf_puts(out, " --add-set");
        if (!put_set(out, x, &i.add_set))
            return false;
        buf_puts(out, (i.flags & IPSET_FLAG_EXIST) != 0 ? " --exist" : "");
        if (i.timeout != UINT32_MAX)
            buf_printf(out, " --timeout %" PRIu32, i.timeout);
    }
    if (i.del_set.index != IPSET_INVALID_ID) {
        buf_puts(out, " --del-set");
        return put_set(out, x, &i.del_set);
    }
    return true;
}
