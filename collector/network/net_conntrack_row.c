#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "base/lang.h"
#include "collector/network/net_conntrack.h"
#include "formats/write/fields.h"

static const char *const status_names[] = { "expected",     "seen-reply", "assured",       "confirmed",
                                            "src-nat",      "dst-nat",    "seq-adjust",    "src-nat-done",
                                            "dst-nat-done", "dying",      "fixed-timeout", "template",
                                            "untracked",    "helper",     "offload",       "hw-offload" };
static const char *const tcp_names[] = { "NONE",       "SYN_SENT", "SYN_RECV",  "ESTABLISHED", "FIN_WAIT",
                                         "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",       "SYN_SENT2" };

static const char *tcp_state(const struct net_connection *c)
{
    return c->has_tcp && c->tcp_state < sizeof tcp_names / sizeof tcp_names[0] ? tcp_names[c->tcp_state] : NULL;
}

static size_t address_len(const struct net_tuple *t)
{
    return t->family == AF_INET6 ? 16 : 4;
}

static void put_tuple(struct json_out *j, const char *key, const struct net_tuple *t)
{
    char source[NET_ADDRESS_SIZE], destination[NET_ADDRESS_SIZE];
    if (!t->known)
        return;
    net_text_address(source, t->family, t->source, address_len(t));
    net_text_address(destination, t->family, t->destination, address_len(t));
    json_key(j, key);
    json_object(j);
    if (t->counted)
        json_member_decimal(j, "bytes", t->bytes);
    json_member_string(j, "destination", destination);
    if (!t->has_icmp)
        json_member_int(j, "destination_port", t->destination_port);
    if (t->has_icmp) {
        json_member_int(j, "icmp_code", t->icmp_code);
        json_member_int(j, "icmp_id", t->icmp_id);
        json_member_int(j, "icmp_type", t->icmp_type);
    }
    if (t->counted)
        json_member_decimal(j, "packets", t->packets);
    json_member_string(j, "source", source);
    if (!t->has_icmp)
        json_member_int(j, "source_port", t->source_port);
    json_object_end(j);
}

static void put_json(struct json_out *j, uint64_t netns, const struct net_connection *c)
{
    json_member_string(j, "family", c->original.family == AF_INET6 ? "inet6" : "inet");
    if (c->helper_len > 0)
        w_fields_bytes(j, "helper", "helper_b64", (struct w_bytes) { c->helper, c->helper_len });
    json_member_int(j, "id", c->id);
    if (c->has_mark)
        json_member_int(j, "mark", c->mark);
    net_json_some(j, "netns", netns);
    put_tuple(j, "original", &c->original);
    json_member_int(j, "protocol", c->original.protocol);
    put_tuple(j, "reply", &c->reply);
    if (c->has_start)
        w_fields_time(j, "started",
                      (struct stamp) { .seconds = (int64_t)(c->start / 1000000000),
                                       .nanoseconds = (uint32_t)(c->start % 1000000000) });
    json_member_string(j, "state", tcp_state(c));
    json_key(j, "status");
    json_array(j);
    for (size_t i = 0; i < sizeof status_names / sizeof status_names[0]; i++)
        if ((c->status >> i & 1) != 0)
            json_string(j, status_names[i]);
    json_array_end(j);
    if (c->has_timeout)
        json_member_int(j, "timeout_seconds", c->timeout);
    net_json_count(j, "zone", c->zone);
}

static void put_direction(struct buf *out, const struct net_tuple *t)
{
    char source[NET_ADDRESS_SIZE], destination[NET_ADDRESS_SIZE];
    net_text_address(source, t->family, t->source, address_len(t));
    net_text_address(destination, t->family, t->destination, address_len(t));
    buf_printf(out, " src=%s dst=%s", source, destination);
    if (t->has_icmp)
        buf_printf(out, " type=%u code=%u id=%u", t->icmp_type, t->icmp_code, t->icmp_id);
    else
        buf_printf(out, " sport=%u dport=%u", t->source_port, t->destination_port);
    if (t->counted)
        buf_printf(out, " packets=%llu bytes=%llu", (unsigned long long)t->packets, (unsigned long long)t->bytes);
}

static const char *protocol_name(uint8_t protocol)
{
    switch (protocol) {
    case IPPROTO_ICMP:
        return "icmp";
    case IPPROTO_TCP:
        return "tcp";
    case IPPROTO_UDP:
        return "udp";
    case IPPROTO_ICMPV6:
        return "icmpv6";
    default:
        return "unknown";
    }
}

/* As conntrack(8) lists them. */
static void put_text(struct buf *out, const struct net_connection *c)
{
    const char *state = tcp_state(c);
    buf_printf(out, "%-8s %u %u", protocol_name(c->original.protocol), c->original.protocol, c->timeout);
    if (state != NULL)
        buf_printf(out, " %s", state);
    put_direction(out, &c->original);
    if ((c->status & IPS_SEEN_REPLY) == 0)
        buf_puts(out, " [UNREPLIED]");
    if (c->reply.known)
        put_direction(out, &c->reply);
    if ((c->status & IPS_ASSURED) != 0)
        buf_puts(out, " [ASSURED]");
    if (c->has_mark)
        buf_printf(out, " mark=%u", c->mark);
    if (c->zone != 0)
        buf_printf(out, " zone=%u", c->zone);
    if (c->helper_len > 0) {
        buf_puts(out, " helper=");
        escape_terminal(out, c->helper, c->helper_len);
    }
    buf_putc(out, '\n');
}

int net_connections_add(struct net_connections *l, const struct net_connection *c, struct hz_error *err)
{
    if (l->claim != NULL && !net_claim_take(l->claim, sizeof *c, NET_ROOM_CONNECTIONS)) {
        l->dropped++;
        return HZ_OK;
    }
    if (l->count == l->room) {
        size_t room = l->room == 0 ? 64 : l->room * 2;
        struct net_connection *list = reallocarray(l->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_sys(err, HZ_E_NOMEM, ENOMEM, _("out of memory"));
        l->list = list;
        l->room = room;
    }
    l->list[l->count++] = *c;
    return HZ_OK;
}

void net_connections_cut(struct net_connections *l, size_t count)
{
    if (l->claim != NULL)
        net_claim_give(l->claim, (l->count - count) * sizeof *l->list);
    l->count = count;
    l->dropped = 0;
}

static int order(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare(const void *a, const void *b)
{
    const struct net_connection *left = a, *right = b;
    const struct net_tuple *x = &left->original, *y = &right->original;
    int c = order(x->family, y->family);
    if (c == 0)
        c = order(x->protocol, y->protocol);
    if (c == 0)
        c = memcmp(x->source, y->source, sizeof x->source);
    if (c == 0)
        c = memcmp(x->destination, y->destination, sizeof x->destination);
    if (c == 0)
        c = order(x->source_port, y->source_port);
    if (c == 0)
        c = order(x->destination_port, y->destination_port);
    return c != 0 ? c : order(left->id, right->id);
}

void net_connections_sort(struct net_connections *l)
{
    if (l->count > 1)
        qsort(l->list, l->count, sizeof *l->list, compare);
}

void net_connections_free(struct net_connections *l)
{
    free(l->list);
    *l = (struct net_connections) { .claim = l->claim, .dropped = l->dropped };
}

int net_conntrack_row(struct net_rows *rows, uint64_t netns, const struct net_connection *c, struct hz_error *err)
{
    struct net_line line;
    net_line_begin(&line, rows, "", 0);
    put_json(&line.json, netns, c);
    put_text(&line.text, c);
    return net_line_end(&line, err);
}
