/* Addresses of interfaces: rtnetlink(7) RTM_GETADDR. */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "collector/network/net_place.h"
#include "collector/network/net_text.h"
#include "formats/write/fields.h"

struct address {
    struct ifaddrmsg head;
    char local[NET_ADDRESS_SIZE], peer[NET_ADDRESS_SIZE], broadcast[NET_ADDRESS_SIZE];
    struct w_bytes label;
    uint32_t flags;
    uint8_t protocol;
    bool has_lifetime;
    struct ifa_cacheinfo lifetime;
    unsigned char key[25]; /* index, family, address, prefix */
};

static void read_attribute(const struct netlink_attr *a, struct address *x)
{
    int family = x->head.ifa_family;
    switch (a->type) {
    case IFA_ADDRESS:
        net_text_address(x->peer, family, a->data, a->len);
        netlink_copy(a->data, a->len, x->key + 5, 16);
        break;
    case IFA_LOCAL:
        net_text_address(x->local, family, a->data, a->len);
        break;
    case IFA_BROADCAST:
        net_text_address(x->broadcast, family, a->data, a->len);
        break;
    case IFA_LABEL:
        x->label = (struct w_bytes) { a->data, netlink_text(a) };
        break;
    case IFA_FLAGS:
        (void)netlink_u32(a, &x->flags);
        break;
    case IFA_PROTO:
        (void)netlink_u8(a, &x->protocol);
        break;
    case IFA_CACHEINFO:
        x->has_lifetime = netlink_copy(a->data, a->len, &x->lifetime, sizeof x->lifetime) == sizeof x->lifetime;
        break;
    default:
        break;
    }
}

static const char *const flag_names[] = { "secondary",   "nodad",         "optimistic", "dadfailed",
                                          "homeaddress", "deprecated",    "tentative",  "permanent",
                                          "mngtmpaddr",  "noprefixroute", "mcautojoin", "stable-privacy" };

static void put_json(struct json_out *j, const struct net_place *p, const struct address *x)
{
    const char *name = net_place_interface(p, x->head.ifa_index);
    json_member_string(j, "address", x->local[0] != '\0' ? x->local : x->peer);
    json_member_string(j, "broadcast", x->broadcast[0] != '\0' ? x->broadcast : NULL);
    json_member_string(j, "family", x->head.ifa_family == AF_INET6 ? "inet6" : "inet");
    json_key(j, "flags");
    json_array(j);
    for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++)
        if ((x->flags >> i & 1) != 0)
            json_string(j, flag_names[i]);
    json_array_end(j);
    json_member_int(j, "interface", x->head.ifa_index);
    if (name != NULL)
        w_fields_bytes(j, "interface_name", "interface_name_b64", (struct w_bytes) { name, strlen(name) });
    if (x->label.len > 0)
        w_fields_bytes(j, "label", "label_b64", x->label);
    net_json_some(j, "netns", p->ns.inode);
    if (x->local[0] != '\0' && strcmp(x->local, x->peer) != 0)
        json_member_string(j, "peer", x->peer[0] != '\0' ? x->peer : NULL);
    if (x->has_lifetime && x->lifetime.ifa_prefered != UINT32_MAX)
        json_member_int(j, "preferred_seconds", x->lifetime.ifa_prefered);
    json_member_int(j, "prefix", x->head.ifa_prefixlen);
    net_json_count(j, "protocol", x->protocol);
    json_member_int(j, "scope", x->head.ifa_scope);
    if (x->has_lifetime && x->lifetime.ifa_valid != UINT32_MAX)
        json_member_int(j, "valid_seconds", x->lifetime.ifa_valid);
}

static void put_text(struct buf *out, const struct net_place *p, const struct address *x)
{
    const char *name = net_place_interface(p, x->head.ifa_index);
    bool v6 = x->head.ifa_family == AF_INET6;
    buf_printf(out, "%u: ", x->head.ifa_index);
    if (name != NULL)
        escape_terminal(out, name, strlen(name));
    buf_printf(out, "    %s %s", v6 ? "inet6" : "inet", x->local[0] != '\0' ? x->local : x->peer);
    if (x->local[0] != '\0' && strcmp(x->local, x->peer) != 0)
        buf_printf(out, " peer %s", x->peer);
    buf_printf(out, "/%u", x->head.ifa_prefixlen);
    if (x->broadcast[0] != '\0')
        buf_printf(out, " brd %s", x->broadcast);
    buf_printf(out, " scope %u", x->head.ifa_scope);
    for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++)
        if ((x->flags >> i & 1) != 0)
            buf_printf(out, " %s", flag_names[i]);
    if (x->label.len > 0) {
        buf_putc(out, ' ');
        escape_terminal(out, x->label.data, x->label.len);
    }
    if (x->has_lifetime && x->lifetime.ifa_valid != UINT32_MAX)
        buf_printf(out, " valid_lft %usec preferred_lft %usec", x->lifetime.ifa_valid, x->lifetime.ifa_prefered);
    buf_putc(out, '\n');
}

static int read_address(void *context, const struct netlink_message *m, struct hz_error *err)
{
    struct net_place *p = context;
    struct address x = { .has_lifetime = false };
    if (m->type != RTM_NEWADDR || netlink_copy(m->body, m->len, &x.head, sizeof x.head) < sizeof x.head ||
        (x.head.ifa_family != AF_INET && x.head.ifa_family != AF_INET6))
        return HZ_OK;
    x.flags = x.head.ifa_flags;
    net_key_u32(x.key, x.head.ifa_index);
    x.key[4] = x.head.ifa_family;
    x.key[24] = x.head.ifa_prefixlen;
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof x.head);
    struct netlink_attr a;
    while (netlink_next(&list, &a))
        read_attribute(&a, &x);
    struct net_line line;
    net_line_begin(&line, &p->rows[NET_ADDRESSES], x.key, sizeof x.key);
    put_json(&line.json, p, &x);
    put_text(&line.text, p, &x);
    return net_line_end(&line, err);
}

static void forget(void *context)
{
    net_rows_empty(&((struct net_place *)context)->rows[NET_ADDRESSES]);
}

int net_address_take(struct net_place *p, struct netlink *route, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(64);
    const struct ifaddrmsg head = { .ifa_family = AF_UNSPEC };
    if (buf_put(&body, &head, sizeof head) != HZ_OK)
        return buf_check(&body, err);
    const struct netlink_dump dump = {
        .type = RTM_GETADDR, .body = &body, .each = read_address, .again = forget, .context = p
    };
    return net_place_dump(p, route, &dump, "addresses", err);
}
