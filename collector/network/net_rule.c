/* Rules of policy routing: rtnetlink(7) RTM_GETRULE, linux/fib_rules.h. */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "collector/network/net_place.h"
#include "collector/network/net_text.h"
#include "formats/write/fields.h"

#define OTHERS 8
#define SPORT_MASK 28 /* FRA_SPORT_MASK and the next two, of newer kernels */
#define DPORT_MASK 29
#define DSCP_MASK 30

struct rule {
    struct fib_rule_hdr head;
    char source[NET_ADDRESS_SIZE], destination[NET_ADDRESS_SIZE];
    struct w_bytes input, output;
    uint32_t priority, table, mark, mask, target, suppress, uid[2];
    uint16_t source_port[2], destination_port[2];
    uint8_t protocol, ip_protocol, l3mdev;
    struct netlink_attr others[OTHERS]; /* conditions that have no member here */
    size_t other_count;
    bool has_mark, has_suppress, has_uid, has_source_port, has_destination_port;
};

/* What is not known narrows the rule all the same, but for masks that take every bit. */
static void keep_other(const struct netlink_attr *a, struct rule *r)
{
    const size_t whole = a->type == SPORT_MASK || a->type == DPORT_MASK ? 2 : a->type == DSCP_MASK ? 1 : 0;
    if (a->type == FRA_PAD || (whole == 2 && a->len == 2 && a->data[0] == 0xff && a->data[1] == 0xff) ||
        (whole == 1 && a->len == 1 && a->data[0] == 0x3f))
        return;
    if (r->other_count < OTHERS)
        r->others[r->other_count++] = *a;
}

static void put_hex(struct buf *out, const struct netlink_attr *a)
{
    for (size_t i = 0; i < a->len && i < 64; i++)
        buf_printf(out, "%02x", a->data[i]);
}

static void put_others(struct json_out *j, const struct rule *r)
{
    if (r->other_count == 0)
        return;
    json_key(j, "others");
    json_array(j);
    for (size_t i = 0; i < r->other_count; i++) {
        HZ_CLEANUP(buf_free) struct buf hex = BUF_INIT(256);
        put_hex(&hex, &r->others[i]);
        json_object(j);
        json_member_int(j, "attribute", r->others[i].type);
        json_member_string(j, "data", hex.len == 0 ? "" : buf_text(&hex));
        json_object_end(j);
    }
    json_array_end(j);
}

static void read_more(const struct netlink_attr *a, struct rule *r)
{
    switch (a->type) {
    case FRA_SUPPRESS_PREFIXLEN:
        r->has_suppress = netlink_u32(a, &r->suppress) && r->suppress != UINT32_MAX;
        break;
    case FRA_UID_RANGE:
        r->has_uid = netlink_copy(a->data, a->len, r->uid, sizeof r->uid) == sizeof r->uid;
        break;
    case FRA_SPORT_RANGE:
        r->has_source_port = netlink_copy(a->data, a->len, r->source_port, sizeof r->source_port) == 4;
        break;
    case FRA_DPORT_RANGE:
        r->has_destination_port = netlink_copy(a->data, a->len, r->destination_port, sizeof r->destination_port) == 4;
        break;
    case FRA_PROTOCOL:
        (void)netlink_u8(a, &r->protocol);
        break;
    case FRA_IP_PROTO:
        (void)netlink_u8(a, &r->ip_protocol);
        break;
    case FRA_L3MDEV:
        (void)netlink_u8(a, &r->l3mdev);
        break;
    default:
        keep_other(a, r);
    }
}

static void read_attribute(const struct netlink_attr *a, struct rule *r)
{
    switch (a->type) {
    case FRA_DST:
        net_text_address(r->destination, r->head.family, a->data, a->len);
        break;
    case FRA_SRC:
        net_text_address(r->source, r->head.family, a->data, a->len);
        break;
    case FRA_IIFNAME:
        r->input = (struct w_bytes) { a->data, netlink_text(a) };
        break;
    case FRA_OIFNAME:
        r->output = (struct w_bytes) { a->data, netlink_text(a) };
        break;
    case FRA_GOTO:
        (void)netlink_u32(a, &r->target);
        break;
    case FRA_PRIORITY:
        (void)netlink_u32(a, &r->priority);
        break;
    case FRA_TABLE:
        (void)netlink_u32(a, &r->table);
        break;
    case FRA_FWMARK:
        r->has_mark = netlink_u32(a, &r->mark);
        break;
    case FRA_FWMASK:
        (void)netlink_u32(a, &r->mask);
        break;
    default:
        read_more(a, r);
    }
}

static const char *action_of(uint8_t action)
{
    static const char *const names[] = { "unspecified", "lookup",    "goto",        "nop",     NULL,
                                         NULL,          "blackhole", "unreachable", "prohibit" };
    return action < sizeof names / sizeof names[0] ? names[action] : NULL;
}

static const char *family_of(uint8_t family)
{
    return family == AF_INET             ? "inet"
           : family == AF_INET6          ? "inet6"
           : family == RTNL_FAMILY_IPMR  ? "ipmr"
           : family == RTNL_FAMILY_IP6MR ? "ip6mr"
                                         : "other";
}

static void put_prefix(struct json_out *j, const char *key, const char *address, uint8_t len)
{
    char text[NET_ADDRESS_SIZE + 8];
    snprintf(text, sizeof text, "%s/%u", address, len);
    json_member_string(j, key, address[0] == '\0' ? NULL : text);
}

static void put_range(struct json_out *j, const char *key, bool known, uint32_t from, uint32_t to)
{
    if (!known)
        return;
    json_key(j, key);
    json_array(j);
    json_int(j, from);
    json_int(j, to);
    json_array_end(j);
}

static void put_json(struct json_out *j, const struct net_place *p, const struct rule *r)
{
    json_member_string(j, "action", action_of(r->head.action));
    put_prefix(j, "destination", r->destination, r->head.dst_len);
    put_range(j, "destination_ports", r->has_destination_port, r->destination_port[0], r->destination_port[1]);
    json_member_string(j, "family", family_of(r->head.family));
    net_json_count(j, "goto", r->target);
    if (r->input.len > 0)
        w_fields_bytes(j, "input_interface", "input_interface_b64", r->input);
    json_member_bool(j, "inverted", (r->head.flags & FIB_RULE_INVERT) != 0);
    net_json_count(j, "ip_protocol", r->ip_protocol);
    if (r->l3mdev != 0)
        json_member_bool(j, "l3mdev", true);
    if (r->has_mark) {
        json_member_int(j, "mark", r->mark);
        json_member_int(j, "mark_mask", r->mask);
    }
    net_json_some(j, "netns", p->ns.inode);
    put_others(j, r);
    if (r->output.len > 0)
        w_fields_bytes(j, "output_interface", "output_interface_b64", r->output);
    json_member_int(j, "priority", r->priority);
    net_json_count(j, "protocol", r->protocol);
    put_prefix(j, "source", r->source, r->head.src_len);
    put_range(j, "source_ports", r->has_source_port, r->source_port[0], r->source_port[1]);
    if (r->has_suppress)
        json_member_int(j, "suppress_prefix", r->suppress);
    net_json_count(j, "table", r->table);
    net_json_count(j, "tos", r->head.tos);
    put_range(j, "uids", r->has_uid, r->uid[0], r->uid[1]);
}

static void put_matches(struct buf *out, const struct rule *r)
{
    if (r->head.tos != 0)
        buf_printf(out, " tos 0x%02x", r->head.tos);
    if (r->has_mark)
        buf_printf(out, " fwmark 0x%x/0x%x", r->mark, r->mask);
    if (r->input.len > 0) {
        buf_puts(out, " iif ");
        escape_terminal(out, r->input.data, r->input.len);
    }
    if (r->output.len > 0) {
        buf_puts(out, " oif ");
        escape_terminal(out, r->output.data, r->output.len);
    }
    if (r->has_uid)
        buf_printf(out, " uidrange %u-%u", r->uid[0], r->uid[1]);
    if (r->ip_protocol != 0)
        buf_printf(out, " ipproto %u", r->ip_protocol);
    if (r->has_source_port)
        buf_printf(out, " sport %u-%u", r->source_port[0], r->source_port[1]);
    if (r->has_destination_port)
        buf_printf(out, " dport %u-%u", r->destination_port[0], r->destination_port[1]);
    for (size_t i = 0; i < r->other_count; i++) {
        buf_printf(out, " [ attribute %u ", r->others[i].type);
        put_hex(out, &r->others[i]);
        buf_puts(out, " ]");
    }
}

static void put_text(struct buf *out, const struct rule *r)
{
    const char *action = action_of(r->head.action);
    buf_printf(out, "%-6s %u:%s from ", family_of(r->head.family), r->priority,
               (r->head.flags & FIB_RULE_INVERT) != 0 ? " not" : "");
    if (r->source[0] != '\0')
        buf_printf(out, "%s/%u", r->source, r->head.src_len);
    else
        buf_puts(out, "all");
    if (r->destination[0] != '\0')
        buf_printf(out, " to %s/%u", r->destination, r->head.dst_len);
    put_matches(out, r);
    if (r->head.action == FR_ACT_TO_TBL && r->l3mdev != 0)
        buf_puts(out, " lookup [l3mdev-table]");
    else if (r->head.action == FR_ACT_TO_TBL)
        buf_printf(out, " lookup %u", r->table);
    else if (r->head.action == FR_ACT_GOTO)
        buf_printf(out, " goto %u", r->target);
    else
        buf_printf(out, " %s", action == NULL ? "?" : action);
    if (r->has_suppress)
        buf_printf(out, " suppress_prefixlength %u", r->suppress);
    buf_putc(out, '\n');
}

static int read_rule(void *context, const struct netlink_message *m, struct hz_error *err)
{
    struct net_place *p = context;
    struct rule r = { .has_mark = false };
    unsigned char key[8] = { 0 };
    if (m->type != RTM_NEWRULE || netlink_copy(m->body, m->len, &r.head, sizeof r.head) < sizeof r.head)
        return HZ_OK;
    r.table = r.head.table;
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof r.head);
    struct netlink_attr a;
    while (netlink_next(&list, &a))
        read_attribute(&a, &r);
    net_key_u32(key, r.head.family);
    net_key_u32(key + 4, r.priority);
    struct net_line line;
    net_line_begin(&line, &p->rows[NET_RULES], key, sizeof key);
    put_json(&line.json, p, &r);
    put_text(&line.text, &r);
    return net_line_end(&line, err);
}

static void forget(void *context)
{
    net_rows_empty(&((struct net_place *)context)->rows[NET_RULES]);
}

int net_rule_take(struct net_place *p, struct netlink *route, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(64);
    const struct fib_rule_hdr head = { .family = AF_UNSPEC };
    if (buf_put(&body, &head, sizeof head) != HZ_OK)
        return buf_check(&body, err);
    const struct netlink_dump dump = {
        .type = RTM_GETRULE, .body = &body, .each = read_rule, .again = forget, .context = p
    };
    return net_place_dump(p, route, &dump, "routing rules", err);
}
