#include <errno.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_bridge/ebtables.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/firewall/fw_bridge.h"
#include "collector/firewall/fw_legacy.h"

#define ENTRIES_MAX ((size_t)64 << 20)

static const char *const tables[] = { "broute", "filter", "nat" };

/* English, as all that becomes a record. */
static int failed(const char *table, const char *what, struct hz_error *err)
{
    const int sys_errno = errno;
    hz_error_set(err, hz_error_class(sys_errno), "table %s: %s: %s", table, what, absence_reason(sys_errno));
    err->sys_errno = sys_errno;
    return err->code;
}

/* Entries, and the counters behind them, where struct ebt_replace says that they go. */
static int ask(int fd, const char *table, struct ebt_replace *r, unsigned char **bytes, struct hz_error *err)
{
    socklen_t len = sizeof *r;
    memset(r, 0, sizeof *r);
    memcpy(r->name, table, strlen(table));
    if (getsockopt(fd, IPPROTO_IP, EBT_SO_GET_INFO, r, &len) != 0)
        return failed(table, "the kernel does not tell its size", err);
    const size_t counters = r->nentries * sizeof(struct ebt_counter);
    if (r->entries_size > ENTRIES_MAX || r->nentries > ENTRIES_MAX / sizeof(struct ebt_counter))
        return hz_error_set(err, HZ_E_LIMIT, "table %s: more than %zu bytes", table, ENTRIES_MAX);
    *bytes = calloc(1, r->entries_size + counters + 1);
    if (*bytes == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    r->entries = (char *)*bytes;
    r->counters = (struct ebt_counter *)(void *)(*bytes + r->entries_size); /* a multiple of 8, as the kernel has it */
    r->num_counters = r->nentries;
    len = (socklen_t)(sizeof *r + r->entries_size + counters);
    if (getsockopt(fd, IPPROTO_IP, EBT_SO_GET_ENTRIES, r, &len) != 0)
        return failed(table, "the kernel does not give its rules", err);
    return HZ_OK;
}

static int take_table(struct fw_space *s, int fd, const char *table, struct hz_error *err)
{
    struct sheet *out = &s->part[FW_EBTABLES];
    struct ebt_replace r;
    unsigned char *bytes = NULL;
    struct hz_error why = { .code = HZ_OK };
    size_t rules = 0;
    int rc = ask(fd, table, &r, &bytes, &why);
    if (rc == HZ_OK)
        rc = fw_legacy_keep(s, FW_EBTABLES, table, bytes, r.entries_size + r.nentries * sizeof(struct ebt_counter),
                            &why);
    if (rc == HZ_OK && out->json.len == 0)
        rc = sheet_first(out, &why);
    if (rc == HZ_OK) {
        const struct fw_bridge t = { table, r.valid_hooks, bytes, r.entries_size, bytes + r.entries_size, r.nentries };
        rc = fw_bridge_write(&t, out, &rules, &why);
    }
    s->rows[FW_EBTABLES] += rules;
    free(bytes);
    return rc == HZ_OK ? rc : fw_legacy_absent(s, FW_EBTABLES, NFPROTO_BRIDGE, &why, true, err);
}

static int unasked(struct fw_space *s, const char *table, struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    hz_error_set(&why, HZ_E_UNSUPPORTED,
                 "table %s: its module is loaded; asking for its rules would make the table where it is not there",
                 table);
    return fw_legacy_absent(s, FW_EBTABLES, NFPROTO_BRIDGE, &why, false, err);
}

int fw_bridge_take(struct fw_space *s, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < 3; i++) {
        if (!s->gate.ebtables[i])
            continue;
        if (s->gate.templates) {
            rc = unasked(s, tables[i], err);
            continue;
        }
        if (fd < 0)
            fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
        struct hz_error why = { .code = HZ_OK };
        if (fd >= 0)
            rc = take_table(s, fd, tables[i], err);
        else {
            failed(tables[i], "no raw socket", &why);
            rc = fw_legacy_absent(s, FW_EBTABLES, NFPROTO_BRIDGE, &why, true, err);
        }
    }
    return rc;
}
