#include "collector/network/net_proc.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/io_proc.h"

#define TEXT_MAX ((size_t)256 << 20)
#define WORDS 16
#define ACCEPTS 0x10000 /* __SO_ACCEPTCON in the flags of a unix socket: it listens */

struct words {
    const char *at[WORDS];
    size_t len[WORDS];
    size_t count;
    const char *rest; /* behind the blank that ends the last word that was asked for */
    size_t rest_len;
};

static void split(const char *line, size_t len, size_t max, struct words *w)
{
    size_t at = 0;
    w->count = 0;
    while (w->count < max) {
        while (at < len && line[at] == ' ')
            at++;
        size_t from = at;
        while (at < len && line[at] != ' ')
            at++;
        if (at == from)
            break;
        w->at[w->count] = line + from;
        w->len[w->count++] = at - from;
    }
    at += at < len;
    w->rest = line + at;
    w->rest_len = len - at;
}

/* Digits of this base only, at most 16 of them. */
static bool number(const char *text, size_t len, unsigned base, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                                : 16;
        if (digit >= base)
            return false;
        value = value * base + digit;
    }
    if (len == 0 || len > 16 || value > max)
        return false;
    *out = value;
    return true;
}

static bool word_u32(const struct words *w, size_t i, unsigned base, uint32_t *out)
{
    uint64_t value = 0;
    if (i >= w->count || !number(w->at[i], w->len[i], base, UINT32_MAX, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool word_u64(const struct words *w, size_t i, uint64_t *out)
{
    return i < w->count && number(w->at[i], w->len[i], 10, UINT64_MAX, out);
}

/* "0100007F:0016": groups of four bytes in the machine's order. Two numbers joined by a colon. */
static bool read_end(const struct words *w, size_t i, size_t bytes, unsigned char *address, uint32_t *port)
{
    uint64_t value = 0;
    if (i >= w->count || w->len[i] <= 2 * bytes + 1 || w->at[i][2 * bytes] != ':')
        return false;
    for (size_t k = 0; k < bytes; k += 4) {
        if (!number(w->at[i] + 2 * k, 8, 16, UINT32_MAX, &value))
            return false;
        uint32_t group = (uint32_t)value;
        memcpy(address + k, &group, sizeof group);
    }
    bool sound = number(w->at[i] + 2 * bytes + 1, w->len[i] - 2 * bytes - 1, 16, UINT16_MAX, &value);
    *port = sound ? (uint32_t)value : 0;
    return sound;
}

static bool read_pair(const struct words *w, size_t i, uint32_t *first, uint32_t *second)
{
    uint64_t value = 0;
    if (i >= w->count || w->len[i] < 3)
        return false;
    const char *colon = memchr(w->at[i], ':', w->len[i]);
    if (colon == NULL || !number(w->at[i], (size_t)(colon - w->at[i]), 16, UINT32_MAX, &value))
        return false;
    *first = (uint32_t)value;
    if (!number(colon + 1, w->len[i] - (size_t)(colon + 1 - w->at[i]), 16, UINT32_MAX, &value))
        return false;
    *second = (uint32_t)value;
    return true;
}

/* sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode */
static bool read_inet(unsigned kind, int family, const char *line, size_t len, struct net_socket *s)
{
    struct words w;
    size_t bytes = family == AF_INET6 ? 16 : 4;
    uint32_t timer = 0, state = 0, retransmits = 0, ticks = 0;
    split(line, len, 10, &w);
    *s = (struct net_socket) { .kind = (uint8_t)kind,
                               .family = (uint8_t)family,
                               .from_proc = true,
                               .known = NET_HAS_STATE | NET_HAS_UID | NET_HAS_QUEUES };
    if (w.count < 10 || !read_end(&w, 1, bytes, s->local, &s->local_port) ||
        !read_end(&w, 2, bytes, s->remote, &s->remote_port) || !word_u32(&w, 3, 16, &state) || state > UINT8_MAX ||
        !read_pair(&w, 4, &s->send_queue, &s->receive_queue) || !read_pair(&w, 5, &timer, &ticks) ||
        !word_u32(&w, 6, 16, &retransmits) || !word_u32(&w, 7, 10, &s->uid) || !word_u64(&w, 9, &s->inode))
        return false;
    s->state = (uint8_t)state;
    s->timer = timer <= UINT8_MAX ? (uint8_t)timer : 0;
    s->timer_ms = ticks <= UINT32_MAX / 10 ? ticks * 10 : UINT32_MAX; /* USER_HZ is 100 */
    s->retransmits = retransmits <= UINT8_MAX ? (uint8_t)retransmits : UINT8_MAX;
    if (kind == NET_RAW)
        s->protocol = s->local_port;
    return true;
}

/* Num: RefCount Protocol Flags Type St Inode [Path] */
static bool read_unix(const char *line, size_t len, struct net_socket *s)
{
    struct words w;
    uint32_t flags = 0, type = 0, state = 0;
    split(line, len, 7, &w);
    *s = (struct net_socket) { .kind = NET_UNIX, .family = AF_UNIX, .from_proc = true, .known = NET_HAS_STATE };
    if (w.count < 7 || !word_u32(&w, 3, 16, &flags) || !word_u32(&w, 4, 16, &type) || type > UINT16_MAX ||
        !word_u32(&w, 5, 16, &state) || !word_u64(&w, 6, &s->inode) || w.rest_len > sizeof s->path)
        return false;
    s->type = (uint16_t)type;
    s->state = (flags & ACCEPTS) != 0 ? TCP_LISTEN : state == 3 /* SS_CONNECTED */ ? TCP_ESTABLISHED : TCP_CLOSE;
    s->path_len = (uint8_t)w.rest_len;
    memcpy(s->path, w.rest, w.rest_len);
    if (s->path_len > 0 && s->path[0] == '@')
        s->path[0] = '\0';
    return true;
}

/* sk RefCnt Type Proto Iface R Rmem User Inode */
static bool read_packet(const char *line, size_t len, struct net_socket *s)
{
    struct words w;
    uint32_t type = 0;
    split(line, len, 9, &w);
    *s = (struct net_socket) {
        .kind = NET_PACKET, .family = AF_PACKET, .from_proc = true, .known = NET_HAS_UID | NET_HAS_QUEUES
    };
    if (w.count < 9 || !word_u32(&w, 2, 10, &type) || type > UINT16_MAX || !word_u32(&w, 3, 16, &s->protocol) ||
        !word_u32(&w, 4, 10, &s->interface) || !word_u32(&w, 6, 10, &s->receive_queue) ||
        !word_u32(&w, 7, 10, &s->uid) || !word_u64(&w, 8, &s->inode))
        return false;
    s->type = (uint16_t)type;
    return true;
}

/* sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode */
static bool read_netlink(const char *line, size_t len, struct net_socket *s)
{
    struct words w;
    split(line, len, 10, &w);
    *s = (struct net_socket) { .kind = NET_NETLINK, .family = AF_NETLINK, .from_proc = true, .known = NET_HAS_QUEUES };
    return w.count == 10 && word_u32(&w, 1, 10, &s->protocol) && word_u32(&w, 2, 10, &s->local_port) &&
           word_u32(&w, 3, 16, &s->groups) && word_u32(&w, 4, 10, &s->receive_queue) &&
           word_u32(&w, 5, 10, &s->send_queue) && word_u64(&w, 9, &s->inode);
}

bool net_proc_line(unsigned kind, int family, const char *line, size_t len, struct net_socket *out)
{
    switch (kind) {
    case NET_TCP:
    case NET_UDP:
    case NET_UDPLITE:
    case NET_RAW:
        return read_inet(kind, family, line, len, out);
    case NET_UNIX:
        return read_unix(line, len, out);
    case NET_PACKET:
        return read_packet(line, len, out);
    case NET_NETLINK:
        return read_netlink(line, len, out);
    default:
        return false;
    }
}

/* The heading is no line of its grammar and is left out like anything else that is none. */
static int read_lines(const struct buf *text, unsigned kind, int family, struct net_sockets *out, struct hz_error *err)
{
    for (size_t at = 0; at < text->len;) {
        const char *line = (const char *)text->data + at;
        const char *end = memchr(line, '\n', text->len - at);
        size_t len = end == NULL ? text->len - at : (size_t)(end - line);
        struct net_socket found, *s = NULL;
        at += len + 1;
        if (!net_proc_line(kind, family, line, len, &found))
            continue;
        int rc = net_sockets_add(out, &s, err);
        if (rc != HZ_OK)
            return rc;
        if (s != NULL)
            *s = found;
        else
            rc = net_inodes_add(&out->passed, found.inode, err);
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

int net_proc_read(int root, unsigned kind, int family, struct net_sockets *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(TEXT_MAX);
    char path[64];
    snprintf(path, sizeof path, "proc/thread-self/net/%s%s", net_socket_kind(kind), family == AF_INET6 ? "6" : "");
    int rc = io_proc_read(root, path, TEXT_MAX, &text, NULL, err);
    return rc == HZ_OK ? read_lines(&text, kind, family, out, err) : rc;
}
