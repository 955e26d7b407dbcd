/* Attributes of netlink messages, and which protocols are there. */
#include <endian.h>
#include <linux/netlink.h>
#include <string.h>

#include "base/io_proc.h"
#include "collector/network/netlink.h"

#define LISTING_MAX ((size_t)16 << 20) /* of netlink sockets; a line takes about 90 bytes */

static size_t aligned(size_t len)
{
    return (len + NLA_ALIGNTO - 1) & ~(size_t)(NLA_ALIGNTO - 1);
}

struct netlink_attrs netlink_attrs(const void *data, size_t len)
{
    return (struct netlink_attrs) { .at = data, .left = len };
}

struct netlink_attrs netlink_attrs_behind(const struct netlink_message *m, size_t header)
{
    size_t skip = aligned(header);
    return m->len < skip ? (struct netlink_attrs) { .bad = m->len < header }
                         : netlink_attrs(m->body + skip, m->len - skip);
}

bool netlink_next(struct netlink_attrs *list, struct netlink_attr *out)
{
    struct nlattr head;
    if (list->bad || list->left == 0)
        return false;
    if (list->left < sizeof head) {
        list->bad = true;
        return false;
    }
    memcpy(&head, list->at, sizeof head);
    if (head.nla_len < sizeof head || head.nla_len > list->left) {
        list->bad = true;
        return false;
    }
    *out = (struct netlink_attr) { .type = (uint16_t)(head.nla_type & 0x3FFF) /* NLA_TYPE_MASK */,
                                   .nested = (head.nla_type & NLA_F_NESTED) != 0,
                                   .data = list->at + sizeof head,
                                   .len = head.nla_len - sizeof head };
    size_t step = aligned(head.nla_len);
    step = step < list->left ? step : list->left;
    list->at += step;
    list->left -= step;
    return true;
}

static bool number(const struct netlink_attr *a, void *out, size_t size)
{
    if (a->len != size)
        return false;
    memcpy(out, a->data, size);
    return true;
}

bool netlink_u8(const struct netlink_attr *a, uint8_t *out)
{
    return number(a, out, sizeof *out);
}

bool netlink_u16(const struct netlink_attr *a, uint16_t *out)
{
    return number(a, out, sizeof *out);
}

bool netlink_u32(const struct netlink_attr *a, uint32_t *out)
{
    return number(a, out, sizeof *out);
}

bool netlink_u64(const struct netlink_attr *a, uint64_t *out)
{
    return number(a, out, sizeof *out);
}

bool netlink_be16(const struct netlink_attr *a, uint16_t *out)
{
    uint16_t wire;
    if (!number(a, &wire, sizeof wire))
        return false;
    *out = be16toh(wire);
    return true;
}

bool netlink_be32(const struct netlink_attr *a, uint32_t *out)
{
    uint32_t wire;
    if (!number(a, &wire, sizeof wire))
        return false;
    *out = be32toh(wire);
    return true;
}

bool netlink_be64(const struct netlink_attr *a, uint64_t *out)
{
    uint64_t wire;
    if (!number(a, &wire, sizeof wire))
        return false;
    *out = be64toh(wire);
    return true;
}

size_t netlink_text(const struct netlink_attr *a)
{
    return a->len == 0 ? 0 : strnlen((const char *)a->data, a->len);
}

size_t netlink_copy(const void *data, size_t len, void *out, size_t size)
{
    size_t got = len < size ? len : size;
    memset(out, 0, size);
    if (got > 0)
        memcpy(out, data, got);
    return got;
}

int netlink_put(struct buf *body, uint16_t type, const void *data, size_t len)
{
    const unsigned char padding[NLA_ALIGNTO] = { 0 };
    if (len > UINT16_MAX - sizeof(struct nlattr))
        body->failed = HZ_E_LIMIT;
    const struct nlattr head = { .nla_len = (uint16_t)(sizeof head + len), .nla_type = type };
    buf_put(body, &head, sizeof head);
    buf_put(body, data, len);
    return buf_put(body, padding, aligned(len) - len);
}

/* A line of /proc/net/netlink: "sk Eth Pid ..."; the kernel's own sockets have no port ("Pid" 0). */
static bool is_kernel_socket(const char *line, size_t len, unsigned protocol)
{
    size_t at = 0;
    uint64_t field[2] = { 0, 1 };
    while (at < len && line[at] != ' ')
        at++;
    for (unsigned i = 0; i < 2; i++) {
        while (at < len && line[at] == ' ')
            at++;
        size_t digits = at;
        for (field[i] = 0; at < len && line[at] >= '0' && line[at] <= '9' && at - digits < 12; at++)
            field[i] = field[i] * 10 + (uint64_t)(line[at] - '0');
        if (at == digits || at >= len || line[at] != ' ')
            return false;
    }
    return field[0] == protocol && field[1] == 0;
}

bool netlink_offered(int proc, int protocol)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(LISTING_MAX);
    struct hz_error ignored;
    if (io_proc_read(proc, "thread-self/net/netlink", LISTING_MAX, &text, NULL, &ignored) != HZ_OK)
        return false;
    for (size_t at = 0; at < text.len;) {
        const char *line = (const char *)text.data + at;
        const char *end = memchr(line, '\n', text.len - at);
        size_t len = end == NULL ? text.len - at : (size_t)(end - line);
        if (is_kernel_socket(line, len, (unsigned)protocol))
            return true;
        at += len + 1;
    }
    return false;
}
