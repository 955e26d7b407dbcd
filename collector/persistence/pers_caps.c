#include "collector/persistence/pers_caps.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

/* By number; linux/capability.h. */
static const char *const names[] = { "chown",
                                     "dac_override",
                                     "dac_read_search",
                                     "fowner",
                                     "fsetid",
                                     "kill",
                                     "setgid",
                                     "setuid",
                                     "setpcap",
                                     "linux_immutable",
                                     "net_bind_service",
                                     "net_broadcast",
                                     "net_admin",
                                     "net_raw",
                                     "ipc_lock",
                                     "ipc_owner",
                                     "sys_module",
                                     "sys_rawio",
                                     "sys_chroot",
                                     "sys_ptrace",
                                     "sys_pacct",
                                     "sys_admin",
                                     "sys_boot",
                                     "sys_nice",
                                     "sys_resource",
                                     "sys_time",
                                     "sys_tty_config",
                                     "mknod",
                                     "lease",
                                     "audit_write",
                                     "audit_control",
                                     "setfcap",
                                     "mac_override",
                                     "mac_admin",
                                     "syslog",
                                     "wake_alarm",
                                     "block_suspend",
                                     "audit_read",
                                     "perfmon",
                                     "bpf",
                                     "checkpoint_restore" };

static uint32_t number_at(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

bool pers_caps_parse(const unsigned char *bytes, size_t len, struct pers_caps *out)
{
    if (len < sizeof(uint32_t))
        return false;
    uint32_t magic = number_at(bytes), revision = magic & VFS_CAP_REVISION_MASK;
    size_t wanted = revision == VFS_CAP_REVISION_1   ? XATTR_CAPS_SZ_1
                    : revision == VFS_CAP_REVISION_2 ? XATTR_CAPS_SZ_2
                    : revision == VFS_CAP_REVISION_3 ? XATTR_CAPS_SZ_3
                                                     : 0;
    if (wanted == 0 || len != wanted)
        return false;
    struct pers_caps caps = { .effective = (magic & VFS_CAP_FLAGS_EFFECTIVE) != 0 };
    unsigned words = revision == VFS_CAP_REVISION_1 ? 1 : 2;
    for (unsigned i = 0; i < words; i++) {
        const unsigned char *pair = bytes + 4 + (size_t)i * 8;
        caps.permitted |= (uint64_t)number_at(pair) << (32 * i);
        caps.inheritable |= (uint64_t)number_at(pair + 4) << (32 * i);
    }
    caps.has_root = revision == VFS_CAP_REVISION_3;
    if (caps.has_root)
        caps.root_uid = number_at(bytes + 20);
    *out = caps;
    return true;
}

void pers_caps_name(char out[32], unsigned number)
{
    if (number < sizeof names / sizeof names[0])
        snprintf(out, 32, "cap_%s", names[number]);
    else
        snprintf(out, 32, "cap_%u", number);
}

/* Those of one set of flags together. */
static void put_group(struct buf *out, uint64_t set, const char *flags)
{
    char name[32];
    bool first = true;
    if (set == 0)
        return;
    if (out->len > 0)
        buf_putc(out, ' ');
    for (unsigned i = 0; i < 64; i++) {
        if ((set >> i & 1) == 0)
            continue;
        pers_caps_name(name, i);
        buf_puts(out, first ? "" : ",");
        buf_puts(out, name);
        first = false;
    }
    buf_putc(out, '=');
    buf_puts(out, flags);
}

void pers_caps_put(struct buf *out, const struct pers_caps *caps)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(8192);
    const uint64_t both = caps->permitted & caps->inheritable;
    put_group(&text, both, caps->effective ? "eip" : "ip");
    put_group(&text, caps->permitted & ~both, caps->effective ? "ep" : "p");
    put_group(&text, caps->inheritable & ~both, caps->effective ? "ei" : "i");
    if (text.len == 0)
        buf_putc(&text, '=');
    buf_put(out, text.data, text.len);
}

bool pers_caps_small(const struct pers_caps *caps)
{
    const uint64_t small =
        UINT64_C(1) << CAP_NET_RAW | UINT64_C(1) << CAP_NET_BIND_SERVICE | UINT64_C(1) << CAP_NET_BROADCAST;
    return ((caps->permitted | caps->inheritable) & ~small) == 0;
}
