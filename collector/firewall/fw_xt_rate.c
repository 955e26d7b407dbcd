/* Matches that count, choose or look at the clock: linux/netfilter/xt_*.h, in the words of iptables-extensions(8). */
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/xt_connbytes.h>
#include <linux/netfilter/xt_connlimit.h>
#include <linux/netfilter/xt_hashlimit.h>
#include <linux/netfilter/xt_quota.h>
#include <linux/netfilter/xt_statistic.h>
#include <linux/netfilter/xt_time.h>
#include <string.h>

#include "base/stamp.h"
#include "collector/firewall/fw_xt_words.h"

#define GC_INTERVAL 1000 /* milliseconds; what iptables(8) takes where nothing is said */

bool fw_xt_statistic(struct buf *out, const struct fw_xt *x)
{
    struct xt_statistic_info i;
    if (!fw_xt_copy(x, &i, sizeof i) || i.mode > XT_STATISTIC_MODE_MAX)
        return false;
    const bool inverted = (i.flags & XT_STATISTIC_INVERT) != 0;
    if (i.mode == XT_STATISTIC_MODE_RANDOM) {
        buf_puts(out, " --mode random");
        fw_xt_option(out, inverted, "--probability");
        buf_printf(out, " %.11f", (double)i.u.random.probability / 0x80000000U);
        return true;
    }
    buf_puts(out, " --mode nth");
    fw_xt_option(out, inverted, "--every");
    buf_printf(out, " %" PRIu64 " --packet %" PRIu32, (uint64_t)i.u.nth.every + 1, i.u.nth.packet);
    return true;
}

bool fw_xt_connlimit(struct buf *out, const struct fw_xt *x)
{
    struct xt_connlimit_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    const int prefix = fw_xt_prefix((const unsigned char *)&i.mask, x->family == NFPROTO_IPV6 ? 16 : 4);
    if (prefix < 0)
        return false;
    buf_printf(out, " --connlimit-%s %u --connlimit-mask %d --connlimit-%s",
               (i.flags & XT_CONNLIMIT_INVERT) != 0 ? "upto" : "above", i.limit, prefix,
               (i.flags & XT_CONNLIMIT_DADDR) != 0 ? "daddr" : "saddr");
    return true;
}

bool fw_xt_connbytes(struct buf *out, const struct fw_xt *x)
{
    static const char *const modes[] = { "packets", "bytes", "avgpkt" };
    static const char *const directions[] = { "original", "reply", "both" };
    struct xt_connbytes_info i;
    if (!fw_xt_copy(x, &i, sizeof i) || i.what > XT_CONNBYTES_AVGPKT || i.direction > XT_CONNBYTES_DIR_BOTH)
        return false;
    const bool inverted = i.count.from > i.count.to; /* that is how it is kept */
    const uint64_t from = inverted ? i.count.to : i.count.from, to = inverted ? i.count.from : i.count.to;
    fw_xt_option(out, inverted, "--connbytes");
    buf_printf(out, to == UINT64_MAX ? " %" PRIu64 : " %" PRIu64 ":%" PRIu64, from, to);
    buf_printf(out, " --connbytes-mode %s --connbytes-dir %s", modes[i.what], directions[i.direction]);
    return true;
}

bool fw_xt_quota(struct buf *out, const struct fw_xt *x)
{
    struct xt_quota_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    fw_xt_option(out, (i.flags & XT_QUOTA_INVERT) != 0, "--quota");
    buf_printf(out, " %" PRIu64, (uint64_t)i.quota);
    return true;
}

/* "5/sec"; returns the milliseconds of that unit, the largest in which the rate is a whole number. */
static uint32_t put_rate(struct buf *out, uint64_t period)
{
    static const struct {
        const char *name;
        uint32_t seconds;
    } units[] = { { "day", 86400 }, { "hour", 3600 }, { "min", 60 }, { "sec", 1 } };
    size_t k = 1;
    for (; k < 4; k++) {
        const uint64_t unit = XT_HASHLIMIT_SCALE_v2 * units[k].seconds;
        if (period > unit || unit / period < unit % period)
            break;
    }
    const uint64_t unit = XT_HASHLIMIT_SCALE_v2 * units[k - 1].seconds;
    buf_printf(out, " %" PRIu64 "/%s", unit / period, units[k - 1].name);
    return units[k - 1].seconds * 1000;
}

bool fw_xt_hashlimit(struct buf *out, const struct fw_xt *x)
{
    static const struct fw_xt_bit modes[] = { { XT_HASHLIMIT_HASH_SIP, "srcip" },
                                              { XT_HASHLIMIT_HASH_SPT, "srcport" },
                                              { XT_HASHLIMIT_HASH_DIP, "dstip" },
                                              { XT_HASHLIMIT_HASH_DPT, "dstport" } };
    const uint32_t known = XT_HASHLIMIT_HASH_SIP | XT_HASHLIMIT_HASH_SPT | XT_HASHLIMIT_HASH_DIP |
                           XT_HASHLIMIT_HASH_DPT | XT_HASHLIMIT_INVERT;
    struct xt_hashlimit_mtinfo3 i;
    if (!fw_xt_copy(x, &i, sizeof i) || i.cfg.avg == 0 || (i.cfg.mode & ~known) != 0)
        return false; /* by bytes, or as a rate over an interval */
    const unsigned whole = x->family == NFPROTO_IPV6 ? 128 : 32;
    buf_puts(out, (i.cfg.mode & XT_HASHLIMIT_INVERT) != 0 ? " --hashlimit-above" : " --hashlimit-upto");
    const uint32_t unit = put_rate(out, i.cfg.avg);
    buf_printf(out, " --hashlimit-burst %" PRIu64, (uint64_t)i.cfg.burst);
    if ((i.cfg.mode & known & ~(uint32_t)XT_HASHLIMIT_INVERT) != 0) {
        buf_puts(out, " --hashlimit-mode");
        fw_xt_bits(out, modes, 4, i.cfg.mode & ~(uint32_t)XT_HASHLIMIT_INVERT);
    }
    buf_puts(out, " --hashlimit-name ");
    fw_xt_string(out, i.name, strnlen(i.name, sizeof i.name));
    if (i.cfg.size != 0)
        buf_printf(out, " --hashlimit-htable-size %" PRIu32, i.cfg.size);
    if (i.cfg.max != 0)
        buf_printf(out, " --hashlimit-htable-max %" PRIu32, i.cfg.max);
    if (i.cfg.gc_interval != GC_INTERVAL)
        buf_printf(out, " --hashlimit-htable-gcinterval %" PRIu32, i.cfg.gc_interval);
    if (i.cfg.expire != unit)
        buf_printf(out, " --hashlimit-htable-expire %" PRIu32, i.cfg.expire);
    if (i.cfg.srcmask != whole)
        buf_printf(out, " --hashlimit-srcmask %u", i.cfg.srcmask);
    if (i.cfg.dstmask != whole)
        buf_printf(out, " --hashlimit-dstmask %u", i.cfg.dstmask);
    return true;
}

static void put_clock(struct buf *out, const char *option, uint32_t seconds)
{
    buf_printf(out, " %s %02u:%02u:%02u", option, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

static void put_date(struct buf *out, const char *option, uint32_t seconds)
{
    char text[STAMP_SIZE];
    stamp_format(text, (struct stamp) { .seconds = seconds });
    buf_printf(out, " %s %.19s", option, text);
}

bool fw_xt_time(struct buf *out, const struct fw_xt *x)
{
    static const struct fw_xt_bit days[] = { { 1 << 1, "Mon" }, { 1 << 2, "Tue" }, { 1 << 3, "Wed" }, { 1 << 4, "Thu" },
                                             { 1 << 5, "Fri" }, { 1 << 6, "Sat" }, { 1 << 7, "Sun" } };
    struct xt_time_info i;
    if (!fw_xt_copy(x, &i, sizeof i))
        return false;
    if (i.daytime_start != XT_TIME_MIN_DAYTIME || i.daytime_stop != XT_TIME_MAX_DAYTIME) {
        put_clock(out, "--timestart", i.daytime_start);
        put_clock(out, "--timestop", i.daytime_stop);
    }
    if (i.monthdays_match != XT_TIME_ALL_MONTHDAYS) {
        const char *gap = " --monthdays ";
        for (unsigned day = 1; day < 32; day++)
            if ((i.monthdays_match >> day & 1) == 1) {
                buf_printf(out, "%s%u", gap, day);
                gap = ",";
            }
    }
    if (i.weekdays_match != XT_TIME_ALL_WEEKDAYS) {
        buf_puts(out, " --weekdays");
        fw_xt_bits(out, days, 7, i.weekdays_match);
    }
    if (i.date_start != 0)
        put_date(out, "--datestart", i.date_start);
    if (i.date_stop != 0)
        put_date(out, "--datestop", i.date_stop);
    buf_puts(out, (i.flags & XT_TIME_LOCAL_TZ) != 0 ? " --kerneltz" : "");
    buf_puts(out, (i.flags & XT_TIME_CONTIGUOUS) != 0 ? " --contiguous" : "");
    return true;
}
