#include "collector/firewall/fw_bridge.h"

#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_bridge/ebtables.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/lang.h"
#include "collector/firewall/fw_xt_words.h"
#include "formats/write/fields.h"

struct walk { /* through the entries; rules and heads of chains look different in their first number only */
    const struct fw_bridge *t;
    size_t at, next, rule; /* rule: its number among all */
    bool head;
    struct ebt_entries chain; /* the head before */
    size_t chain_at;
    struct ebt_entry e;
};

static bool read_rule(struct walk *w)
{
    const size_t left = w->t->size - w->at;
    struct ebt_entry_target target;
    if (left < sizeof w->e)
        return false;
    memcpy(&w->e, w->t->entries + w->at, sizeof w->e);
    if (w->e.watchers_offset < sizeof w->e || w->e.target_offset < w->e.watchers_offset ||
        w->e.next_offset < w->e.target_offset || w->e.next_offset > left ||
        w->e.next_offset - w->e.target_offset < sizeof target)
        return false;
    memcpy(&target, w->t->entries + w->at + w->e.target_offset, sizeof target);
    return target.target_size <= w->e.next_offset - w->e.target_offset - sizeof target;
}

/* The thing at w->next. false: that was all, or *bad. */
static bool step(struct walk *w, bool *bad)
{
    uint32_t mark;
    if (w->next > 0 && !w->head)
        w->rule++;
    w->at = w->next;
    *bad = false;
    if (w->at == w->t->size)
        return false;
    *bad = true;
    if (w->t->size - w->at < sizeof mark)
        return false;
    memcpy(&mark, w->t->entries + w->at, sizeof mark);
    w->head = mark == 0;
    if (w->head) {
        if (w->t->size - w->at < sizeof w->chain)
            return false;
        memcpy(&w->chain, w->t->entries + w->at, sizeof w->chain);
        w->chain.name[sizeof w->chain.name - 1] = '\0';
        w->chain_at = w->at;
        w->next = w->at + sizeof w->chain;
    } else {
        if (w->at == 0 || !read_rule(w))
            return false;
        w->next = w->at + w->e.next_offset;
    }
    *bad = false;
    return true;
}

static const char *verdict_name(int verdict)
{
    static const char *const names[] = { "ACCEPT", "DROP", "CONTINUE", "RETURN" };
    return verdict < 0 && verdict >= -NUM_STANDARD_TARGETS ? names[-verdict - 1] : NULL;
}

/* Chains are jumped to by the place of their heads. */
static void put_verdict(const struct fw_bridge *t, int verdict, struct buf *out)
{
    const char *name = verdict_name(verdict);
    struct ebt_entries chain;
    if (name == NULL && verdict >= 0 && t->size >= sizeof chain && (size_t)verdict <= t->size - sizeof chain) {
        memcpy(&chain, t->entries + verdict, sizeof chain);
        if (chain.distinguisher == 0) {
            escape_terminal(out, chain.name, strnlen(chain.name, sizeof chain.name));
            return;
        }
    }
    if (name != NULL)
        buf_puts(out, name);
    else
        buf_printf(out, "[ verdict %d ]", verdict);
}

static void put_device(struct buf *out, const char *option, bool inverted, const char *name)
{
    if (name[0] == '\0')
        return;
    fw_xt_option(out, inverted, option);
    buf_putc(out, ' ');
    escape_terminal(out, name, strnlen(name, IFNAMSIZ)); /* 1 stands for '+', the beginning of a name */
}

static void put_address(struct buf *out, const char *option, bool inverted, const unsigned char *a,
                        const unsigned char *mask)
{
    static const unsigned char whole[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    fw_xt_option(out, inverted, option);
    for (size_t i = 0; i < ETH_ALEN; i++)
        buf_printf(out, "%c%02x", i == 0 ? ' ' : ':', a[i]);
    for (size_t i = 0; i < ETH_ALEN && memcmp(mask, whole, ETH_ALEN) != 0; i++)
        buf_printf(out, "%c%02x", i == 0 ? '/' : ':', mask[i]);
}

static void put_head(const struct ebt_entry *e, struct buf *out)
{
    if ((e->bitmask & EBT_NOPROTO) == 0) {
        fw_xt_option(out, (e->invflags & EBT_IPROTO) != 0, "-p");
        if ((e->bitmask & EBT_802_3) != 0)
            buf_puts(out, " Length");
        else
            buf_printf(out, " 0x%04x", __builtin_bswap16(e->ethproto));
    }
    if ((e->bitmask & EBT_SOURCEMAC) != 0)
        put_address(out, "-s", (e->invflags & EBT_ISOURCE) != 0, e->sourcemac, e->sourcemsk);
    if ((e->bitmask & EBT_DESTMAC) != 0)
        put_address(out, "-d", (e->invflags & EBT_IDEST) != 0, e->destmac, e->destmsk);
    put_device(out, "-i", (e->invflags & EBT_IIN) != 0, e->in);
    put_device(out, "--logical-in", (e->invflags & EBT_ILOGICALIN) != 0, e->logical_in);
    put_device(out, "-o", (e->invflags & EBT_IOUT) != 0, e->out);
    put_device(out, "--logical-out", (e->invflags & EBT_ILOGICALOUT) != 0, e->logical_out);
}

/* Matches and watchers have the same shape: a name, the size of their data, and that. */
static void put_extensions(const unsigned char *at, size_t len, const char *option, struct buf *out)
{
    struct ebt_entry_match m;
    while (len >= sizeof m) {
        memcpy(&m, at, sizeof m);
        if (m.match_size > len - sizeof m)
            break;
        const struct fw_xt x = { m.u.name, m.u.revision, at + sizeof m, m.match_size, NFPROTO_BRIDGE, NULL };
        buf_printf(out, " %s ", option);
        escape_terminal(out, m.u.name, strnlen(m.u.name, sizeof m.u.name));
        fw_xt_unknown(out, &x);
        at += sizeof m + m.match_size;
        len -= sizeof m + m.match_size;
    }
    if (len > 0)
        buf_printf(out, " [ %zu bytes ]", len);
}

static void put_rule(const struct walk *w, struct buf *out)
{
    const unsigned char *entry = w->t->entries + w->at;
    struct ebt_entry_target target;
    int verdict;
    buf_puts(out, "-A ");
    escape_terminal(out, w->chain.name, strlen(w->chain.name));
    put_head(&w->e, out);
    put_extensions(entry + sizeof w->e, w->e.watchers_offset - sizeof w->e, "-m", out);
    put_extensions(entry + w->e.watchers_offset, w->e.target_offset - w->e.watchers_offset, "--watcher", out);
    memcpy(&target, entry + w->e.target_offset, sizeof target);
    const unsigned char *data = entry + w->e.target_offset + sizeof target;
    buf_puts(out, " -j ");
    if (strncmp(target.u.name, EBT_STANDARD_TARGET, sizeof target.u.name) == 0 &&
        target.target_size >= sizeof verdict) {
        memcpy(&verdict, data, sizeof verdict);
        put_verdict(w->t, verdict, out);
        return;
    }
    const struct fw_xt x = { target.u.name, target.u.revision, data, target.target_size, NFPROTO_BRIDGE, NULL };
    escape_terminal(out, target.u.name, strnlen(target.u.name, sizeof target.u.name));
    fw_xt_unknown(out, &x);
}

static int put_row(const struct walk *w, const struct ebt_counter *c, struct buf *text, struct sheet *out,
                   struct hz_error *err)
{
    struct json_out j;
    sheet_row(out, &j);
    if (!w->head)
        json_member_decimal(&j, "bytes", c->bcnt);
    w_fields_bytes(&j, "chain", "chain_b64", (struct w_bytes) { w->chain.name, strlen(w->chain.name) });
    json_member_string(&j, "family", "bridge");
    json_member_string(&j, "kind", w->head ? "chain" : "rule");
    json_member_int(&j, "offset", (int64_t)w->at);
    if (!w->head)
        json_member_decimal(&j, "packets", c->pcnt);
    else
        json_member_string(&j, "policy", verdict_name(w->chain.policy));
    w_fields_bytes(&j, "table", "table_b64", (struct w_bytes) { w->t->name, strlen(w->t->name) });
    if (!w->head)
        json_member_string(&j, "text", buf_text(text));
    return sheet_row_end(out, &j, err);
}

static int put_one(const struct walk *w, bool heads, struct sheet *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
    struct ebt_counter c = { 0, 0 };
    if (w->head != heads)
        return HZ_OK;
    if (heads) {
        const char *policy = verdict_name(w->chain.policy);
        buf_puts(&out->text, ":");
        escape_terminal(&out->text, w->chain.name, strlen(w->chain.name));
        buf_printf(&out->text, " %s\n", policy == NULL ? "-" : policy);
        return put_row(w, &c, &text, out, err);
    }
    if (w->rule < w->t->counter_count)
        memcpy(&c, w->t->counters + w->rule * sizeof c, sizeof c);
    put_rule(w, &text);
    buf_printf(&out->text, "[%" PRIu64 ":%" PRIu64 "] ", (uint64_t)c.pcnt, (uint64_t)c.bcnt);
    buf_put(&out->text, text.data, text.len);
    buf_putc(&out->text, '\n');
    int rc = buf_check(&text, err);
    return rc == HZ_OK ? put_row(w, &c, &text, out, err) : rc;
}

int fw_bridge_write(const struct fw_bridge *t, struct sheet *out, size_t *rules, struct hz_error *err)
{
    bool bad = false;
    struct walk check = { .t = t };
    *rules = 0;
    while (step(&check, &bad))
        *rules += !check.head;
    if (bad) /* English: it becomes a record */
        return hz_error_set(err, HZ_E_FORMAT, "table %s: the entry at %zu does not hold together", t->name, check.at);
    buf_puts(&out->text, "*");
    escape_terminal(&out->text, t->name, strlen(t->name));
    buf_putc(&out->text, '\n');
    int rc = HZ_OK;
    for (int heads = 1; heads >= 0; heads--) {
        struct walk w = { .t = t };
        while (rc == HZ_OK && step(&w, &bad))
            rc = put_one(&w, heads == 1, out, err);
    }
    buf_putc(&out->text, '\n');
    return rc;
}
