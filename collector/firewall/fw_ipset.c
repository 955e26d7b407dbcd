#include "collector/firewall/fw_ipset.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/firewall/fw_nft.h"
#include "collector/firewall/fw_type.h"
#include "collector/firewall/fw_xt_words.h"
#include "formats/write/fields.h"

#define PROTOCOL 6 /* spoken by every kernel that has ipset in it */
#define HEADERS (IPSET_ATTR_INDEX + 1)

struct listing {
    struct sheet *out;
    size_t *count;
};

static void put_address(struct buf *out, const struct netlink_attr *nested)
{
    struct netlink_attr a[IPSET_ATTR_IPADDR_IPV6 + 1];
    fw_attr_nested(nested, a, IPSET_ATTR_IPADDR_IPV6 + 1);
    const struct netlink_attr *v =
        a[IPSET_ATTR_IPADDR_IPV4].data != NULL ? &a[IPSET_ATTR_IPADDR_IPV4] : &a[IPSET_ATTR_IPADDR_IPV6];
    fw_type_address(out, v->data == NULL ? (const unsigned char *)"" : v->data, v->len);
}

static void put_net(struct buf *out, const struct netlink_attr *a, unsigned ip, unsigned to, unsigned cidr)
{
    put_address(out, &a[ip]);
    if (a[to].data != NULL) {
        buf_putc(out, '-');
        put_address(out, &a[to]);
    }
    if (a[cidr].data != NULL)
        buf_printf(out, "/%u", fw_attr_u8(&a[cidr], 0));
}

static void put_port(struct buf *out, const struct netlink_attr *a)
{
    if (a[IPSET_ATTR_PROTO].data != NULL) {
        fw_xt_protocol(out, fw_attr_u8(&a[IPSET_ATTR_PROTO], 0));
        buf_putc(out, ':');
    }
    buf_printf(out, "%u", fw_attr_u16(&a[IPSET_ATTR_PORT], 0));
    if (a[IPSET_ATTR_PORT_TO].data != NULL)
        buf_printf(out, "-%u", fw_attr_u16(&a[IPSET_ATTR_PORT_TO], 0));
}

static void put_mac(struct buf *out, const struct netlink_attr *a)
{
    for (size_t i = 0; i < a->len; i++)
        buf_printf(out, i == 0 ? "%02X" : ":%02X", a->data[i]);
}

/* In the order that the type's name gives: "hash:ip,port,ip". */
static void put_key(struct buf *out, const char *type, size_t len, const struct netlink_attr *a)
{
    const char *colon = memchr(type, ':', len);
    const char *at = colon == NULL ? type : colon + 1, *end = type + len, *gap = "";
    bool second = false;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const size_t size = comma == NULL ? (size_t)(end - at) : (size_t)(comma - at);
        buf_puts(out, gap);
        if ((size == 2 && memcmp(at, "ip", 2) == 0) || (size == 3 && memcmp(at, "net", 3) == 0)) {
            if (second)
                put_net(out, a, IPSET_ATTR_IP2, IPSET_ATTR_IP2_TO, IPSET_ATTR_CIDR2);
            else
                put_net(out, a, IPSET_ATTR_IP, IPSET_ATTR_IP_TO, IPSET_ATTR_CIDR);
            second = true;
        } else if (size == 4 && memcmp(at, "port", 4) == 0)
            put_port(out, a);
        else if (size == 3 && memcmp(at, "mac", 3) == 0)
            put_mac(out, &a[IPSET_ATTR_ETHER]);
        else if (size == 4 && memcmp(at, "mark", 4) == 0)
            buf_printf(out, "0x%08" PRIx32, fw_attr_u32(&a[IPSET_ATTR_MARK], 0));
        else if (size == 5 && memcmp(at, "iface", 5) == 0)
            fw_type_word(out, a[IPSET_ATTR_IFACE].data, netlink_text(&a[IPSET_ATTR_IFACE]));
        else
            fw_type_word(out, a[IPSET_ATTR_NAME].data, netlink_text(&a[IPSET_ATTR_NAME]));
        gap = ",";
        at += size + 1;
    }
}

static void put_element(struct buf *out, const struct netlink_attr *head, const struct netlink_attr *nested)
{
    struct netlink_attr a[IPSET_ATTR_PAD];
    fw_attr_nested(nested, a, IPSET_ATTR_PAD);
    buf_puts(out, "add ");
    fw_type_word(out, head[IPSET_ATTR_SETNAME].data, netlink_text(&head[IPSET_ATTR_SETNAME]));
    buf_putc(out, ' ');
    if (head[IPSET_ATTR_TYPENAME].data != NULL)
        put_key(out, (const char *)head[IPSET_ATTR_TYPENAME].data, netlink_text(&head[IPSET_ATTR_TYPENAME]), a);
    if (a[IPSET_ATTR_TIMEOUT].data != NULL)
        buf_printf(out, " timeout %" PRIu32, fw_attr_u32(&a[IPSET_ATTR_TIMEOUT], 0));
    if ((fw_attr_u32(&a[IPSET_ATTR_CADT_FLAGS], 0) & IPSET_FLAG_NOMATCH) != 0)
        buf_puts(out, " nomatch");
    if (a[IPSET_ATTR_PACKETS].data != NULL)
        buf_printf(out, " packets %" PRIu64 " bytes %" PRIu64, fw_attr_u64(&a[IPSET_ATTR_PACKETS], 0),
                   fw_attr_u64(&a[IPSET_ATTR_BYTES], 0));
    if (a[IPSET_ATTR_COMMENT].data != NULL) {
        buf_puts(out, " comment ");
        fw_type_quoted(out, a[IPSET_ATTR_COMMENT].data, netlink_text(&a[IPSET_ATTR_COMMENT]));
    }
    buf_putc(out, '\n');
}

static void put_head(struct buf *out, const struct netlink_attr *head)
{
    struct netlink_attr a[IPSET_ATTR_MEMSIZE + 1];
    const bool hash =
        netlink_text(&head[IPSET_ATTR_TYPENAME]) > 4 && memcmp(head[IPSET_ATTR_TYPENAME].data, "hash", 4) == 0;
    fw_attr_nested(&head[IPSET_ATTR_DATA], a, IPSET_ATTR_MEMSIZE + 1);
    buf_puts(out, "create ");
    fw_type_word(out, head[IPSET_ATTR_SETNAME].data, netlink_text(&head[IPSET_ATTR_SETNAME]));
    buf_putc(out, ' ');
    escape_terminal(out, head[IPSET_ATTR_TYPENAME].data, netlink_text(&head[IPSET_ATTR_TYPENAME]));
    if (hash)
        buf_puts(out, fw_attr_u8(&head[IPSET_ATTR_FAMILY], 0) == NFPROTO_IPV6 ? " family inet6" : " family inet");
    if (a[IPSET_ATTR_IP].data != NULL) {
        buf_puts(out, " range ");
        put_net(out, a, IPSET_ATTR_IP, IPSET_ATTR_IP_TO, IPSET_ATTR_CIDR);
    } else if (a[IPSET_ATTR_PORT].data != NULL && a[IPSET_ATTR_PORT_TO].data != NULL) {
        buf_puts(out, " range ");
        put_port(out, a);
    }
    if (a[IPSET_ATTR_HASHSIZE].data != NULL)
        buf_printf(out, " hashsize %" PRIu32 " maxelem %" PRIu32, fw_attr_u32(&a[IPSET_ATTR_HASHSIZE], 0),
                   fw_attr_u32(&a[IPSET_ATTR_MAXELEM], 0));
    if (a[IPSET_ATTR_TIMEOUT].data != NULL)
        buf_printf(out, " timeout %" PRIu32, fw_attr_u32(&a[IPSET_ATTR_TIMEOUT], 0));
    const uint32_t flags = fw_attr_u32(&a[IPSET_ATTR_CADT_FLAGS], 0);
    buf_puts(out, (flags & IPSET_FLAG_WITH_COUNTERS) != 0 ? " counters" : "");
    buf_puts(out, (flags & IPSET_FLAG_WITH_COMMENT) != 0 ? " comment" : "");
    buf_puts(out, (flags & IPSET_FLAG_WITH_SKBINFO) != 0 ? " skbinfo" : "");
    buf_puts(out, (flags & IPSET_FLAG_WITH_FORCEADD) != 0 ? " forceadd" : "");
    buf_putc(out, '\n');
}

static int put_row(struct sheet *out, const void *attrs, size_t len, const struct netlink_attr *head, size_t from,
                   struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf raw = BUF_INIT((size_t)64 << 20);
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)64 << 20);
    struct json_out j;
    text_base64(&raw, attrs, len);
    if (out->text.failed == HZ_OK)
        buf_put(&text, out->text.data + from, out->text.len - from);
    if (buf_text(&raw) == NULL || buf_text(&text) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    sheet_row(out, &j);
    w_fields_bytes(&j, "name", "name_b64",
                   (struct w_bytes) { head[IPSET_ATTR_SETNAME].data, netlink_text(&head[IPSET_ATTR_SETNAME]) });
    json_member_string(&j, "raw", buf_text(&raw));
    json_member_string(&j, "text", buf_text(&text));
    w_fields_bytes(&j, "type", "type_b64",
                   (struct w_bytes) { head[IPSET_ATTR_TYPENAME].data, netlink_text(&head[IPSET_ATTR_TYPENAME]) });
    return sheet_row_end(out, &j, err);
}

int fw_ipset_message(struct sheet *out, const void *attrs, size_t len, size_t *count, struct hz_error *err)
{
    struct netlink_attr head[HEADERS], one;
    const size_t from = out->text.len;
    fw_attr_table(attrs, len, head, HEADERS);
    if (head[IPSET_ATTR_SETNAME].data == NULL)
        return HZ_OK;
    if (head[IPSET_ATTR_DATA].data != NULL) {
        put_head(&out->text, head);
        ++*count;
    }
    struct netlink_attrs all = fw_attr_list(&head[IPSET_ATTR_ADT]);
    while (netlink_next(&all, &one))
        put_element(&out->text, head, &one);
    int rc = out->json.len > 0 ? HZ_OK : sheet_first(out, err);
    return rc == HZ_OK ? put_row(out, attrs, len, head, from, err) : rc;
}

static int each(void *context, const struct netlink_message *m, struct hz_error *err)
{
    const struct listing *l = context;
    const size_t head = sizeof(struct nfgenmsg);
    if (m->type != fw_nft_type(NFNL_SUBSYS_IPSET, IPSET_CMD_LIST) || m->len < head)
        return HZ_OK;
    return fw_ipset_message(l->out, m->body + head, m->len - head, l->count, err);
}

int fw_ipset_take(struct netlink *n, struct sheet *out, size_t *count, struct hz_error *err)
{
    static const uint8_t protocol = PROTOCOL;
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(256);
    struct listing l = { out, count };
    fw_nft_head(&body, AF_INET);
    netlink_put(&body, IPSET_ATTR_PROTOCOL, &protocol, sizeof protocol);
    int rc = buf_check(&body, err);
    if (rc == HZ_OK)
        rc = netlink_ask(n, fw_nft_type(NFNL_SUBSYS_IPSET, IPSET_CMD_LIST), NLM_F_REQUEST | NLM_F_DUMP, &body, each, &l,
                         NULL, err);
    return rc == HZ_E_UNSUPPORTED || (rc != HZ_OK && err->sys_errno == EINVAL) ? HZ_OK : rc;
}

int fw_ipset_names(size_t count, struct fw_xt_sets *out, struct hz_error *err)
{
    *out = (struct fw_xt_sets) { NULL, 0 };
    if (count == 0)
        return HZ_OK;
    HZ_CLEANUP(io_close) int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (fd < 0)
        return HZ_OK; /* rules show the numbers then */
    out->list = calloc(count, sizeof *out->list);
    if (out->list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (unsigned i = 0; i < IPSET_INVALID_ID && out->count < count; i++) {
        struct ip_set_req_get_set ask = { .op = IP_SET_OP_GET_BYINDEX, .version = PROTOCOL };
        socklen_t len = sizeof ask;
        ask.set.index = (ip_set_id_t)i;
        if (getsockopt(fd, IPPROTO_IP, SO_IP_SET, &ask, &len) != 0)
            break;
        if (ask.set.name[0] == '\0')
            continue;
        struct fw_xt_set *set = &out->list[out->count++];
        set->index = (uint16_t)i;
        memcpy(set->name, ask.set.name, strnlen(ask.set.name, sizeof set->name - 1));
    }
    return HZ_OK;
}
