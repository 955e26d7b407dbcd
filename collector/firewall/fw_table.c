#include "collector/firewall/fw_table.h"

#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp/arp_tables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/lang.h"
#include "collector/firewall/fw_entry.h"
#include "collector/firewall/fw_words.h"
#include "formats/write/fields.h"

#define NO_HOOK FW_TABLE_HOOKS

struct chain {
    size_t at;     /* of its first rule: where a jump leads */
    size_t end;    /* of its policy, or of the return that ends it */
    unsigned hook; /* NO_HOOK: one that people made */
    char name[XT_FUNCTION_MAXNAMELEN];
};

struct chains {
    struct chain *list; /* owned */
    size_t count;
};

static const char *hook_name(const struct fw_table *t, unsigned hook)
{
    static const char *const ip[] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING" };
    static const char *const arp[] = { "INPUT", "OUTPUT", "FORWARD" };
    return t->family != NFPROTO_ARP ? ip[hook] : hook < 3 ? arp[hook] : "?";
}

static int broken(const struct fw_table *t, size_t at, struct hz_error *err)
{
    /* English: it becomes a record */
    return hz_error_set(err, HZ_E_FORMAT, "table %s: the entry at %zu does not hold together", t->name, at);
}

/* Does a chain begin at this entry? Then it is named; an ERROR target stands before those that people made. */
static bool begins(const struct fw_table *t, const struct fw_entry *e, struct chain *out)
{
    memset(out, 0, sizeof *out);
    out->hook = NO_HOOK;
    if (strcmp(e->target, XT_ERROR_TARGET) == 0) {
        size_t len = e->target_len < sizeof out->name - 1 ? e->target_len : sizeof out->name - 1;
        memcpy(out->name, e->target_data, strnlen((const char *)e->target_data, len));
        out->at = e->at + e->size;
        return true;
    }
    for (unsigned i = 0; i < FW_TABLE_HOOKS; i++)
        if ((t->valid_hooks >> i & 1) == 1 && t->hook_entry[i] == e->at) {
            out->hook = i;
            out->at = e->at;
            memcpy(out->name, hook_name(t, i), strlen(hook_name(t, i)));
            return true;
        }
    return false;
}

/* The last entry is an ERROR too, and begins nothing. */
static int find_chains(const struct fw_table *t, struct chains *c, struct hz_error *err)
{
    struct fw_entry e;
    size_t before = 0;
    for (size_t at = 0; at < t->size; at += e.size) {
        struct chain chain;
        if (!fw_entry_read(t->family, t->entries, t->size, at, &e))
            return broken(t, at, err);
        if (c->count > 0)
            c->list[c->count - 1].end = before;
        before = at;
        if (at + e.size == t->size && strcmp(e.target, XT_ERROR_TARGET) == 0)
            return HZ_OK;
        if (!begins(t, &e, &chain)) {
            if (c->count == 0)
                return broken(t, at, err);
            continue;
        }
        if (c->count > 0 && c->list[c->count - 1].hook == NO_HOOK &&
            c->list[c->count - 1].end < c->list[c->count - 1].at)
            return broken(t, at, err);
        struct chain *list = reallocarray(c->list, c->count + 1, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        c->list = list;
        chain.end = at;
        c->list[c->count++] = chain;
    }
    return broken(t, t->size, err); /* it has no end */
}

static const struct chain *chain_at(const struct chains *c, size_t at)
{
    size_t low = 0, high = c->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->list[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->count && c->list[low].at == at ? &c->list[low] : NULL;
}

static const char *verdict_name(int32_t verdict)
{
    return verdict == -NF_ACCEPT - 1  ? "ACCEPT"
           : verdict == -NF_DROP - 1  ? "DROP"
           : verdict == -NF_QUEUE - 1 ? "QUEUE"
           : verdict == XT_RETURN     ? "RETURN"
                                      : NULL;
}

static void put_name(struct buf *out, const char *name)
{
    escape_terminal(out, name, strlen(name));
}

static void put_target(const struct fw_table *t, const struct chains *c, const struct fw_entry *e, struct buf *out)
{
    int32_t verdict = 0;
    if (e->target[0] != '\0') {
        const struct fw_xt x = { e->target, e->target_revision, e->target_data, e->target_len, t->family, t->sets };
        buf_puts(out, " -j ");
        put_name(out, e->target);
        if (!fw_xt_target(out, &x))
            fw_xt_unknown(out, &x);
        return;
    }
    if (e->target_len < sizeof verdict) {
        buf_puts(out, " [ no verdict ]");
        return;
    }
    memcpy(&verdict, e->target_data, sizeof verdict);
    const char *word = verdict_name(verdict);
    const struct chain *to = verdict < 0 ? NULL : chain_at(c, (size_t)verdict);
    if (verdict >= 0 && (size_t)verdict == e->at + e->size) /* it goes on: the rule has no target */
        return;
    buf_puts(out, e->is_goto ? " -g " : " -j ");
    if (word != NULL)
        buf_puts(out, word);
    else if (to != NULL)
        put_name(out, to->name);
    else
        buf_printf(out, "[ verdict %" PRId32 " ]", verdict);
}

static void put_rule(const struct fw_table *t, const struct chains *c, const struct chain *chain, struct fw_entry *e,
                     struct buf *out)
{
    struct fw_xt x;
    buf_puts(out, "-A ");
    put_name(out, chain->name);
    fw_entry_head(t->family, e, out);
    for (size_t at = e->matches; fw_entry_match(t->family, e, &at, &x);) {
        const bool alias = strcmp(x.name, "conntrack") == 0 && fw_entry_is_state(&x);
        buf_puts(out, " -m ");
        put_name(out, alias ? "state" : x.name);
        x.sets = t->sets;
        if (!fw_xt_match(out, &x))
            fw_xt_unknown(out, &x);
    }
    put_target(t, c, e, out);
}

struct row {
    const char *kind, *chain, *policy;
    const struct fw_entry *e; /* counters and place; NULL: none */
    size_t offset;
    struct buf *text;
};

static int put_row(const struct fw_table *t, const struct row *r, struct sheet *out, struct hz_error *err)
{
    struct json_out j;
    sheet_row(out, &j);
    if (r->e != NULL)
        json_member_decimal(&j, "bytes", r->e->bytes_counted);
    w_fields_bytes(&j, "chain", "chain_b64", (struct w_bytes) { r->chain, strlen(r->chain) });
    json_member_string(&j, "family", fw_words_family(t->family));
    json_member_string(&j, "kind", r->kind);
    json_member_int(&j, "offset", (int64_t)r->offset);
    if (r->e != NULL)
        json_member_decimal(&j, "packets", r->e->packets);
    json_member_string(&j, "policy", r->policy);
    w_fields_bytes(&j, "table", "table_b64", (struct w_bytes) { t->name, strlen(t->name) });
    if (r->text != NULL)
        json_member_string(&j, "text", buf_text(r->text));
    return sheet_row_end(out, &j, err);
}

static int put_heads(const struct fw_table *t, const struct chains *c, struct sheet *out, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < c->count; i++) {
        const struct chain *chain = &c->list[i];
        struct fw_entry e;
        int32_t verdict = 0;
        if (chain->hook == NO_HOOK) {
            buf_puts(&out->text, ":");
            put_name(&out->text, chain->name);
            buf_puts(&out->text, " - [0:0]\n");
            rc = put_row(t, &(struct row) { "chain", chain->name, NULL, NULL, chain->at, NULL }, out, err);
            continue;
        }
        if (!fw_entry_read(t->family, t->entries, t->size, chain->end, &e) || e.target_len < sizeof verdict)
            return broken(t, chain->end, err);
        memcpy(&verdict, e.target_data, sizeof verdict);
        const char *policy = verdict_name(verdict) == NULL ? "-" : verdict_name(verdict);
        buf_printf(&out->text, ":%s %s [%" PRIu64 ":%" PRIu64 "]\n", chain->name, policy, e.packets, e.bytes_counted);
        rc = put_row(t, &(struct row) { "chain", chain->name, policy, &e, chain->at, NULL }, out, err);
    }
    return rc;
}

static int put_rules(const struct fw_table *t, const struct chains *c, struct sheet *out, size_t *rules,
                     struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < c->count; i++) {
        const struct chain *chain = &c->list[i];
        struct fw_entry e;
        for (size_t at = chain->at; rc == HZ_OK && at < chain->end; at += e.size) {
            if (!fw_entry_read(t->family, t->entries, t->size, at, &e))
                return broken(t, at, err);
            buf_reset(&text);
            put_rule(t, c, chain, &e, &text);
            buf_printf(&out->text, "[%" PRIu64 ":%" PRIu64 "] ", e.packets, e.bytes_counted);
            buf_put(&out->text, text.data, text.len);
            buf_putc(&out->text, '\n');
            rc = buf_check(&text, err);
            if (rc == HZ_OK)
                rc = put_row(t, &(struct row) { "rule", chain->name, NULL, &e, at, &text }, out, err);
            ++*rules;
        }
    }
    return rc;
}

int fw_table_write(const struct fw_table *t, struct sheet *out, size_t *rules, struct hz_error *err)
{
    struct chains c = { NULL, 0 };
    int rc = find_chains(t, &c, err);
    *rules = 0;
    if (rc == HZ_OK) {
        buf_puts(&out->text, "*");
        put_name(&out->text, t->name);
        buf_putc(&out->text, '\n');
        rc = put_heads(t, &c, out, err);
    }
    if (rc == HZ_OK)
        rc = put_rules(t, &c, out, rules, err);
    if (rc == HZ_OK)
        buf_puts(&out->text, "COMMIT\n");
    free(c.list);
    return rc;
}
