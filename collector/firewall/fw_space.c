#include "collector/firewall/fw_space.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/absence.h"
#include "collector/firewall/fw_ipset.h"
#include "collector/firewall/fw_legacy.h"
#include "collector/firewall/fw_nft.h"
#include "collector/firewall/fw_ruleset.h"
#include "collector/take.h"
#include "formats/write/fields.h"

static const struct {
    const char *name, *schema, *method;
} parts[FW_PARTS] = {
    [FW_NFTABLES] = { "nftables", "hozen-nftables/1", "netlink" },
    [FW_IPTABLES] = { "iptables", "hozen-xtables/1", "getsockopt" },
    [FW_IP6TABLES] = { "ip6tables", "hozen-xtables/1", "getsockopt" },
    [FW_ARPTABLES] = { "arptables", "hozen-xtables/1", "getsockopt" },
    [FW_EBTABLES] = { "ebtables", "hozen-xtables/1", "getsockopt" },
    [FW_IPSET] = { "ipset", "hozen-ipset/1", "netlink" },
};

static bool put_name(struct fw_space *s, enum fw_part part)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(sizeof s->name[0] - 1);
    buf_printf(&name, "ns-%" PRIu64 "/%s", s->ns.inode, parts[part].name);
    if (buf_text(&name) == NULL)
        return false;
    memcpy(s->name[part], name.data, name.len + 1);
    return true;
}

int fw_space_new(const struct netns *ns, int root, const struct fw_gate *gate, unsigned timeout_ms,
                 struct fw_space **out, struct hz_error *err)
{
    struct fw_space *s = calloc(1, sizeof *s);
    if (s == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    s->gate = *gate;
    s->timeout_ms = timeout_ms;
    buf_init(&s->tables, (size_t)1 << 20);
    s->root = fcntl(root, F_DUPFD_CLOEXEC, 0);
    int rc = s->root < 0 ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : netns_copy(ns, &s->ns, err);
    for (int i = 0; rc == HZ_OK && i < FW_PARTS; i++) {
        sheet_init(&s->part[i], s->name[i], parts[i].schema, parts[i].method);
        rc = put_name(s, (enum fw_part)i) ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    if (rc != HZ_OK) {
        fw_space_free(s);
        return rc;
    }
    *out = s;
    return HZ_OK;
}

void fw_space_free(struct fw_space *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < FW_PARTS; i++)
        sheet_free(&s->part[i]);
    buf_free(&s->tables);
    free(s->sets.list);
    free(s->ns.path);
    io_close(&s->root);
    free(s);
}

/* Why the kernel was not heard, in English, for a record. */
static const char *meaning(const struct hz_error *why)
{
    return why->code == HZ_E_TIMEOUT   ? N_("no answer within the command timeout")
           : why->code == HZ_E_CHANGED ? N_("the rules changed while they were read")
           : why->code == HZ_E_LIMIT   ? N_("more than is kept")
           : why->sys_errno == 0       ? N_("the kernel's answer does not hold together")
                                       : absence_reason(why->sys_errno);
}

/* What could not be asked becomes an absent row; only our own shortage ends the collection. */
static int absent(struct fw_space *s, enum fw_part part, const struct hz_error *why, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(1000);
    if (why->code == HZ_E_NOMEM || absence_is_ours(why->sys_errno)) {
        *err = *why;
        return why->code;
    }
    buf_printf(&reason, "%s of the network namespace %" PRIu64 ": %s", parts[part].name, s->ns.inode, meaning(why));
    return sheet_absent(&s->part[part], (struct w_bytes) { NULL, 0 },
                        why->code == HZ_E_TIMEOUT ? W_TIMEOUT
                        : why->code == HZ_E_LIMIT ? W_OVER_BUDGET
                        : why->sys_errno == 0     ? W_UNAVAILABLE
                                                  : absence_status(why->sys_errno),
                        why->sys_errno, buf_text(&reason), true, err);
}

static int write_nft(struct fw_space *s, struct fw_model *m, struct hz_error *err)
{
    struct sheet *out = &s->part[FW_NFTABLES];
    static const enum fw_kind kinds[] = { FW_TABLES, FW_CHAINS, FW_RULES, FW_SETS };
    s->asked_nft = true;
    s->generation = m->generation;
    s->changed = m->changed;
    for (size_t i = 0; i < 4; i++)
        s->nft[i] = m->count[kinds[i]];
    s->rows[FW_NFTABLES] = m->count[FW_TABLES];
    int rc = m->count[FW_TABLES] == 0 ? HZ_OK : fw_nft_links(&m->links, err);
    if (rc == HZ_OK && m->count[FW_TABLES] > 0)
        rc = sheet_first(out, err);
    if (rc == HZ_OK)
        rc = fw_ruleset_rows(m, out, err);
    if (rc == HZ_OK)
        rc = fw_ruleset_text(m, &out->text, err);
    if (rc == HZ_E_LIMIT) /* the text: sheet_give ends it with its last whole line */
        rc = HZ_OK;
    out->limited |= m->dropped > 0;
    const struct hz_error torn = { .code = HZ_E_CHANGED }, much = { .code = HZ_E_LIMIT };
    if (rc == HZ_OK && m->dropped > 0)
        rc = absent(s, FW_NFTABLES, &much, err);
    return rc == HZ_OK && m->changed ? absent(s, FW_NFTABLES, &torn, err) : rc;
}

static int take_nft(struct fw_space *s, struct netlink *n, struct hz_error *err)
{
    struct fw_model m;
    struct hz_error why = { .code = HZ_OK };
    if (!s->gate.nf_tables)
        return HZ_OK;
    fw_model_init(&m);
    m.sets = s->sets;
    int rc = fw_nft_take(n, &m, &why);
    if (rc == HZ_E_UNSUPPORTED || (rc != HZ_OK && why.sys_errno == EINVAL)) /* the kernel has no nftables */
        rc = HZ_OK;
    else if (rc != HZ_OK)
        rc = absent(s, FW_NFTABLES, &why, err);
    else
        rc = write_nft(s, &m, err);
    fw_model_free(&m);
    return rc;
}

/* Before the rules, which know sets by number. */
static int take_sets(struct fw_space *s, struct netlink *n, struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    int rc = fw_ipset_take(n, &s->part[FW_IPSET], &s->rows[FW_IPSET], &why);
    if (rc == HZ_OK)
        rc = fw_ipset_names(s->rows[FW_IPSET], &s->sets, &why);
    return rc == HZ_OK ? rc : absent(s, FW_IPSET, &why, err);
}

static int take_netlink(struct fw_space *s, int proc, struct hz_error *err)
{
    struct netlink n = { .fd = -1 };
    struct hz_error why;
    if ((!s->gate.nf_tables && !s->gate.ip_set) || !netlink_offered(proc, NETLINK_NETFILTER))
        return HZ_OK;
    int rc = netlink_open(&n, NETLINK_NETFILTER, s->timeout_ms, &why);
    if (rc == HZ_E_UNSUPPORTED)
        return HZ_OK;
    if (rc != HZ_OK)
        return absent(s, FW_NFTABLES, &why, err);
    rc = s->gate.ip_set ? take_sets(s, &n, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = take_nft(s, &n, err);
    netlink_close(&n);
    return rc;
}

void fw_space_take(void *context)
{
    struct fw_space *s = context;
    HZ_CLEANUP(io_close) int proc = -1;
    s->rc = netns_enter(&s->ns, s->root, &s->err);
    if (s->rc == HZ_OK)
        s->rc = io_proc_directory(s->root, "proc", &proc, &s->err);
    if (s->rc == HZ_OK)
        s->rc = take_netlink(s, proc, &s->err);
    if (s->rc == HZ_OK)
        s->rc = fw_legacy_take(s, proc, &s->err);
}

static void put_tables(struct json_out *j, const struct fw_space *s)
{
    json_key(j, "legacy");
    json_array(j);
    for (size_t at = 0; at < s->tables.len;) {
        const char *line = (const char *)s->tables.data + at;
        const char *end = memchr(line, '\n', s->tables.len - at);
        size_t len = end == NULL ? s->tables.len - at : (size_t)(end - line);
        json_string_n(j, line, len);
        at += len + 1;
    }
    json_array_end(j);
}

static int put_summary(const struct fw_space *s, struct sheet *summary, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf legacy = BUF_INIT((size_t)1 << 20);
    struct json_out j;
    sheet_row(summary, &j);
    json_member_decimal(&j, "inode", s->ns.inode);
    json_member_int(&j, "ipsets", (int64_t)s->rows[FW_IPSET]);
    put_tables(&j, s);
    if (s->asked_nft) {
        json_key(&j, "nftables");
        json_object(&j);
        json_member_int(&j, "chains", (int64_t)s->nft[1]);
        json_member_bool(&j, "changed", s->changed);
        json_member_int(&j, "generation", s->generation);
        json_member_int(&j, "rules", (int64_t)s->nft[2]);
        json_member_int(&j, "sets", (int64_t)s->nft[3]);
        json_member_int(&j, "tables", (int64_t)s->nft[0]);
        json_object_end(&j);
    }
    json_member_bool(&j, "own", s->ns.own);
    if (s->ns.path != NULL)
        w_fields_bytes(&j, "path", "path_b64", (struct w_bytes) { s->ns.path, strlen(s->ns.path) });
    if (s->ns.pid != 0)
        json_member_int(&j, "pid", s->ns.pid);
    sheet_cell_number(&summary->text, 12, s->ns.inode);
    for (size_t i = 0; i < 4; i++)
        if (s->asked_nft)
            sheet_cell_number(&summary->text, 7, s->nft[i]);
        else
            sheet_cell_text(&summary->text, 7, NULL);
    sheet_cell_number(&summary->text, 7, s->rows[FW_IPSET]);
    for (size_t i = 0; i < s->tables.len; i++)
        buf_putc(&legacy, s->tables.data[i] == '\n' ? ' ' : (char)s->tables.data[i]);
    sheet_cell_text(&summary->text, 0, legacy.len == 0 ? NULL : buf_text(&legacy));
    buf_putc(&summary->text, '\n');
    return sheet_row_end(summary, &j, err);
}

int fw_space_give(struct fw_space *s, struct run *run, struct products *p, struct sheet *summary, struct hz_error *err)
{
    if (s->rc != HZ_OK) {
        HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(1000);
        if (s->rc == HZ_E_NOMEM || absence_is_ours(s->err.sys_errno)) {
            *err = s->err;
            return s->rc;
        }
        buf_printf(&reason, "network namespace %" PRIu64 ": %s", s->ns.inode,
                   s->rc == HZ_E_CHANGED ? N_("gone when its rules were to be read") : meaning(&s->err));
        const struct walk_absence row = { .status = s->rc == HZ_E_CHANGED   ? W_VANISHED
                                                    : s->err.sys_errno == 0 ? W_UNAVAILABLE
                                                                            : absence_status(s->err.sys_errno),
                                          .reason = buf_text(&reason),
                                          .sys_errno = s->err.sys_errno,
                                          .failure = s->rc != HZ_E_CHANGED };
        return row.reason == NULL ? buf_check(&reason, err) : take_absence(run, &row, err);
    }
    int rc = put_summary(s, summary, err);
    for (int i = 0; rc == HZ_OK && i < FW_PARTS; i++) {
        struct sheet *part = &s->part[i];
        if (part->json.len == 0 && part->remark_count > 0)
            rc = sheet_first(part, err);
        if (rc == HZ_OK && part->json.len > 0)
            rc = sheet_give(part, run, p, NULL, err);
    }
    return rc;
}
