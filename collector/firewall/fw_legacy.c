#include "collector/firewall/fw_legacy.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp/arp_tables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/firewall/fw_bridge.h"
#include "collector/firewall/fw_table.h"
#include "collector/firewall/fw_words.h"
#include "formats/write/name.h"

#define NAMES_MAX ((size_t)64 << 10)
#define ENTRIES_MAX ((size_t)64 << 20) /* of one table */
#define TRIES 3                        /* while a table changes its size */

struct kind {
    enum fw_part part;
    uint8_t family;
    int domain, level, get_info, get_entries;
    const char *names; /* below /proc */
    size_t hooks;
};

static const struct kind kinds[] = {
    { FW_IPTABLES, NFPROTO_IPV4, AF_INET, IPPROTO_IP, IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES,
      "thread-self/net/ip_tables_names", NF_INET_NUMHOOKS },
    { FW_IP6TABLES, NFPROTO_IPV6, AF_INET6, IPPROTO_IPV6, IP6T_SO_GET_INFO, IP6T_SO_GET_ENTRIES,
      "thread-self/net/ip6_tables_names", NF_INET_NUMHOOKS },
    { FW_ARPTABLES, NFPROTO_ARP, AF_INET, IPPROTO_IP, ARPT_SO_GET_INFO, ARPT_SO_GET_ENTRIES,
      "thread-self/net/arp_tables_names", NF_ARP_NUMHOOKS },
};

struct info { /* struct ipt_getinfo, ip6t_getinfo, arpt_getinfo: as many hooks as there are, then two numbers */
    char name[XT_TABLE_MAXNAMELEN];
    uint32_t words[1 + 2 * NF_INET_NUMHOOKS + 2];
};

struct reading {
    const struct kind *kind;
    int fd;
    struct fw_table table;
    char name[XT_TABLE_MAXNAMELEN];
    unsigned char *answer; /* owned: a struct ipt_get_entries and the entries */
};

/* English, as all that becomes a record. */
static int failed(const struct reading *r, const char *what, struct hz_error *err)
{
    const int sys_errno = errno;
    hz_error_set(err, hz_error_class(sys_errno), "table %s: %s: %s", r->name, what, absence_reason(sys_errno));
    err->sys_errno = sys_errno;
    return err->code;
}

static int ask_info(struct reading *r, struct hz_error *err)
{
    struct info info;
    const size_t hooks = r->kind->hooks;
    socklen_t len = (socklen_t)(sizeof info.name + (1 + 2 * hooks + 2) * sizeof info.words[0]);
    memset(&info, 0, sizeof info);
    memcpy(info.name, r->name, sizeof info.name);
    if (getsockopt(r->fd, r->kind->level, r->kind->get_info, &info, &len) != 0)
        return failed(r, "the kernel does not tell its size", err);
    r->table.valid_hooks = info.words[0] & ((1U << hooks) - 1);
    for (size_t i = 0; i < hooks; i++) {
        r->table.hook_entry[i] = info.words[1 + i];
        r->table.underflow[i] = info.words[1 + hooks + i];
    }
    r->table.size = info.words[1 + 2 * hooks + 1];
    return HZ_OK;
}

static int ask_entries(struct reading *r, struct hz_error *err)
{
    struct ipt_get_entries head = { .size = (unsigned)r->table.size };
    if (r->table.size > ENTRIES_MAX)
        return hz_error_set(err, HZ_E_LIMIT, "table %s: more than %zu bytes", r->name, ENTRIES_MAX);
    free(r->answer);
    r->answer = calloc(1, sizeof head + r->table.size);
    if (r->answer == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    memcpy(head.name, r->name, sizeof head.name);
    memcpy(r->answer, &head, sizeof head);
    socklen_t len = (socklen_t)(sizeof head + r->table.size);
    if (getsockopt(r->fd, r->kind->level, r->kind->get_entries, r->answer, &len) != 0)
        return failed(r, "the kernel does not give its rules", err);
    r->table.entries = r->answer + sizeof head;
    return HZ_OK;
}

static int ask(struct reading *r, struct hz_error *err)
{
    int rc = HZ_E_IO;
    for (int i = 0; i < TRIES && rc != HZ_OK; i++) {
        rc = ask_info(r, err);
        if (rc == HZ_OK)
            rc = ask_entries(r, err);
        if (rc != HZ_OK && err->sys_errno != EAGAIN) /* the size is another by now */
            break;
    }
    return rc;
}

int fw_legacy_keep(struct fw_space *s, enum fw_part part, const char *table, const void *bytes, size_t len,
                   struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(256);
    buf_printf(&s->tables, "%s %s\n",
               part == FW_EBTABLES    ? "bridge"
               : part == FW_ARPTABLES ? "arp"
               : part == FW_IP6TABLES ? "ip6"
                                      : "ip",
               table);
    buf_printf(&name, "%s/", s->name[part]);
    w_name_component(&name, table, strlen(table), err);
    buf_puts(&name, ".bin");
    return buf_text(&name) == NULL ? buf_check(&name, err)
                                   : sheet_extra(&s->part[part], buf_text(&name), "getsockopt", bytes, len, err);
}

/* The bytes first: they stay, whatever is made of them. */
static int keep(struct fw_space *s, const struct reading *r, struct hz_error *err)
{
    struct sheet *out = &s->part[r->kind->part];
    size_t rules = 0;
    int rc = fw_legacy_keep(s, r->kind->part, r->name, r->table.entries, r->table.size, err);
    if (rc == HZ_OK && out->json.len == 0)
        rc = sheet_first(out, err);
    if (rc == HZ_OK)
        rc = fw_table_write(&r->table, out, &rules, err);
    s->rows[r->kind->part] += rules;
    return rc;
}

int fw_legacy_absent(struct fw_space *s, enum fw_part part, uint8_t family, const struct hz_error *why, bool failure,
                     struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(1200);
    if (why->code == HZ_E_NOMEM || absence_is_ours(why->sys_errno)) {
        *err = *why;
        return why->code;
    }
    buf_printf(&reason, "network namespace %" PRIu64 ", family %s: %s", s->ns.inode, fw_words_family(family),
               why->text);
    const enum w_absent_status status = why->code == HZ_E_LIMIT         ? W_OVER_BUDGET
                                        : why->code == HZ_E_UNSUPPORTED ? W_UNAVAILABLE
                                        : why->sys_errno == 0           ? W_IO_ERROR
                                                                        : absence_status(why->sys_errno);
    return sheet_absent(&s->part[part], (struct w_bytes) { NULL, 0 }, status, why->sys_errno, buf_text(&reason),
                        failure, err);
}

static int take_table(struct fw_space *s, const struct kind *kind, int fd, const char *name, size_t len,
                      struct hz_error *err)
{
    struct reading r = { .kind = kind, .fd = fd };
    struct hz_error why = { .code = HZ_OK };
    memcpy(r.name, name, len < sizeof r.name ? len : sizeof r.name - 1);
    r.table.family = kind->family;
    r.table.name = r.name;
    r.table.sets = &s->sets;
    int rc = ask(&r, &why);
    if (rc == HZ_OK)
        rc = keep(s, &r, &why);
    if (rc != HZ_OK)
        rc = fw_legacy_absent(s, kind->part, kind->family, &why, true, err);
    free(r.answer);
    return rc;
}

/* Only tables that stand in the namespace's own list: asking for any other would make it. */
static int take_kind(struct fw_space *s, const struct kind *kind, int proc, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf names = BUF_INIT(NAMES_MAX);
    struct hz_error why = { .code = HZ_OK };
    const struct reading none = { .kind = kind, .name = "all" };
    int rc = io_proc_read(proc, kind->names, NAMES_MAX, &names, NULL, &why);
    if (rc != HZ_OK && why.sys_errno == ENOENT)
        return HZ_OK;
    if (rc != HZ_OK) {
        errno = why.sys_errno;
        failed(&none, "their list cannot be read", &why);
        return fw_legacy_absent(s, kind->part, kind->family, &why, true, err);
    }
    if (names.len == 0)
        return HZ_OK;
    HZ_CLEANUP(io_close) int fd = socket(kind->domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (fd < 0) {
        failed(&none, "no raw socket", &why);
        return fw_legacy_absent(s, kind->part, kind->family, &why, true, err);
    }
    for (size_t at = 0; rc == HZ_OK && at < names.len;) {
        const char *line = (const char *)names.data + at;
        const char *end = memchr(line, '\n', names.len - at);
        const size_t len = end == NULL ? names.len - at : (size_t)(end - line);
        if (len > 0)
            rc = take_table(s, kind, fd, line, len, err);
        at += len + 1;
    }
    return rc;
}

int fw_legacy_take(struct fw_space *s, int proc, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof kinds / sizeof kinds[0]; i++)
        rc = take_kind(s, &kinds[i], proc, err);
    return rc == HZ_OK ? fw_bridge_take(s, err) : rc;
}
