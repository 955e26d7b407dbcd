/* Matches of a field or two: linux/netfilter/xt_*.h, in the words of iptables-extensions(8). */
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/xt_cgroup.h>
#include <linux/netfilter/xt_cpu.h>
#include <linux/netfilter/xt_devgroup.h>
#include <linux/netfilter/xt_dscp.h>
#include <linux/netfilter/xt_esp.h>
#include <linux/netfilter/xt_helper.h>
#include <linux/netfilter/xt_realm.h>
#include <linux/netfilter/xt_rpfilter.h>
#include <linux/netfilter/xt_socket.h>
#include <linux/netfilter/xt_string.h>
#include <linux/netfilter/xt_tcpmss.h>
#include <string.h>

#include "collector/firewall/fw_xt_words.h"

bool fw_xt_string_match(struct buf *out, const struct fw_xt *x)
{
    struct xt_string_info i;
    if (!fw_xt_copy(x, &i, sizeof i) || i.patlen > sizeof i.pattern)
        return false;
    bool printable = i.patlen > 0;
    for (size_t k = 0; k < i.patlen; k++)
        printable &= i.pattern[k] >= 0x20 && i.pattern[k] < 0x7f;
    fw_xt_option(out, (i.u.v1.flags & XT_STRING_FLAG_INVERT) != 0, printable ? "--string " : "--hex-string \"|");
    if (printable) {
        buf_putc(out, '"');
        for (size_t k = 0; k < i.patlen; k++) {
            if (i.pattern[k] == '"' || i.pattern[k] == '\\')
                buf_putc(out, '\\');
            buf_putc(out, i.pattern[k]);
        }
        buf_putc(out, '"');
    } else {
        for (size_t k = 0; k < i.patlen; k++)
            buf_printf(out, "%02x", (unsigned char)i.pattern[k]);
        buf_puts(out, "|\"");
    }
    buf_puts(out, " --algo ");
    fw_xt_string(out, i.algo, strnlen(i.algo, sizeof i.algo));
    if (i.from_offset != 0)
        buf_printf(out, " --from %u", i.from_offset);
    if (i.to_offset != 0 && i.to_offset != UINT16_MAX)
        buf_printf(out, " --to %u", i.to_offset);
    buf_puts(out, (i.u.v1.flags & XT_STRING_FLAG_IGNORECASE) != 0 ? " --icase" : "");
    return true;
}

bool fw_xt_mss(struct buf *out, const struct fw_xt *x)
{
    struct xt_tcpmss_match_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, i.invert != 0, "--mss");
    buf_printf(out, i.mss_min == i.mss_max ? " %u" : " %u:%u", i.mss_min, i.mss_max);
    return true;
}

bool fw_xt_dscp(struct buf *out, const struct fw_xt *x)
{
    struct xt_dscp_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, i.invert != 0, "--dscp");
    buf_printf(out, " 0x%02x", i.dscp);
    return true;
}

bool fw_xt_tos(struct buf *out, const struct fw_xt *x)
{
    struct xt_tos_match_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, i.invert != 0, "--tos");
    buf_printf(out, " 0x%02x/0x%02x", i.tos_value, i.tos_mask);
    return true;
}

bool fw_xt_helper(struct buf *out, const struct fw_xt *x)
{
    struct xt_helper_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, i.invert != 0, "--helper ");
    fw_xt_string(out, i.name, strnlen(i.name, sizeof i.name));
    return true;
}

bool fw_xt_realm(struct buf *out, const struct fw_xt *x)
{
    struct xt_realm_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, i.invert != 0, "--realm");
    fw_xt_masked(out, i.id, i.mask);
    return true;
}

bool fw_xt_cpu(struct buf *out, const struct fw_xt *x)
{
    struct xt_cpu_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, i.invert != 0, "--cpu");
    buf_printf(out, " %" PRIu32, i.cpu);
    return true;
}

bool fw_xt_cgroup(struct buf *out, const struct fw_xt *x)
{
    struct xt_cgroup_info_v2 i;
    if (!fw_xt_copy(x, &i, sizeof i) || (i.has_path != 0) == (i.has_classid != 0))
        return false;
    if (i.has_path != 0) {
        fw_xt_option(out, i.invert_path != 0, "--path ");
        fw_xt_string(out, i.path, strnlen(i.path, sizeof i.path));
    } else {
        fw_xt_option(out, i.invert_classid != 0, "--cgroup");
        buf_printf(out, " %" PRIu32, i.classid);
    }
    return true;
}

bool fw_xt_devgroup(struct buf *out, const struct fw_xt *x)
{
    struct xt_devgroup_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    if ((i.flags & XT_DEVGROUP_MATCH_SRC) != 0) {
        fw_xt_option(out, (i.flags & XT_DEVGROUP_INVERT_SRC) != 0, "--src-group");
        fw_xt_masked(out, i.src_group, i.src_mask);
    }
    if ((i.flags & XT_DEVGROUP_MATCH_DST) != 0) {
        fw_xt_option(out, (i.flags & XT_DEVGROUP_INVERT_DST) != 0, "--dst-group");
        fw_xt_masked(out, i.dst_group, i.dst_mask);
    }
    return true;
}

/* esp, and ah of IPv4, which has the same struct. */
bool fw_xt_spi(struct buf *out, const struct fw_xt *x)
{
    struct xt_esp i;
    const bool esp = x->name[0] == 'e';
    if (!fw_xt_copy(x, &i, sizeof i) || (!esp && x->family == NFPROTO_IPV6))
        return false;
    const bool inverted = (i.invflags & XT_ESP_INV_SPI) != 0;
    if (i.spis[0] == 0 && i.spis[1] == UINT32_MAX && !inverted)
        return true;
    fw_xt_option(out, inverted, esp ? "--espspi" : "--ahspi");
    buf_printf(out, i.spis[0] == i.spis[1] ? " %" PRIu32 : " %" PRIu32 ":%" PRIu32, i.spis[0], i.spis[1]);
    return true;
}

static bool put_words(struct buf *out, const struct fw_xt *x, const char *const *words, unsigned count)
{
    uint8_t flags;
    if (!fw_xt_copy(x, &flags, sizeof flags) || flags >> count != 0)
        return false;
    for (unsigned i = 0; i < count; i++)
        if ((flags >> i & 1) == 1)
            buf_puts(out, words[i]);
    return true;
}

/* XT_RPFILTER_*, in their order */
bool fw_xt_rpfilter(struct buf *out, const struct fw_xt *x)
{
    static const char *const words[] = { " --loose", " --validmark", " --accept-local", " --invert" };
    return put_words(out, x, words, 4);
}

/* XT_SOCKET_* */
bool fw_xt_socket(struct buf *out, const struct fw_xt *x)
{
    static const char *const words[] = { " --transparent", " --nowildcard", " --restore-skmark" };
    return put_words(out, x, words, 3);
}
