#include "collector/firewall/fw_ipset.h"
#include "collector/firewall/fw_legacy.h"
#include "collector/firewall/fw_tools.h"
#include "collector/firewall/fw_xt.h"
void fw_xt_compat(struct buf *out, bool match, uint8_t family, const struct netlink_attr *name, uint32_t revision,
                  const struct netlink_attr *info)
{
    (void)match;
    (void)family;
    (void)revision;
    (void)info;
    buf_printf(out, "xt %s", (const char *)name->data);
}
int fw_ipset_take(struct netlink *n, struct sheet *out, size_t *count, struct hz_error *err)
{
    (void)n;
    (void)out;
    (void)count;
    (void)err;
    return 0;
}
int fw_legacy_take(struct fw_space *s, int proc, struct hz_error *err)
{
    (void)s;
    (void)proc;
    (void)err;
    return 0;
}
int fw_tools_take(struct run *run, struct hz_error *err)
{
    (void)run;
    (void)err;
    return 0;
}
