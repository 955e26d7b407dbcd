#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "collector/network/net_socket_row.h"
#include "collector/network/net_text.h"

static void put_number(struct buf *out, const char *before, uint64_t number)
{
    buf_puts(out, before);
    buf_decimal(out, number);
}

static bool all_zero(const unsigned char *bytes)
{
    static const unsigned char none[16] = { 0 };
    return memcmp(bytes, none, sizeof none) == 0;
}

static void put_inet_end(struct buf *out, const struct net_socket_row *row, const unsigned char *bytes, uint32_t port,
                         bool remote)
{
    const struct net_socket *s = row->socket;
    char address[NET_ADDRESS_SIZE];
    net_text_address(address, s->family, bytes, s->family == AF_INET6 ? 16 : 4);
    buf_puts(out, s->family == AF_INET6 ? "[" : "");
    buf_puts(out, address);
    buf_puts(out, s->family == AF_INET6 ? "]" : "");
    if (!remote && row->interface != NULL) {
        buf_putc(out, '%');
        escape_terminal(out, row->interface, strlen(row->interface));
    }
    buf_putc(out, ':');
    if (s->kind == NET_RAW && !remote && s->protocol != 0)
        buf_decimal(out, s->protocol);
    else if (port == 0 && (remote || all_zero(bytes)))
        buf_putc(out, '*');
    else
        buf_decimal(out, port);
}

static void put_unix_end(struct buf *out, const struct net_socket *s, bool remote)
{
    bool abstract = s->path_len > 0 && s->path[0] == '\0';
    if (remote) {
        buf_puts(out, "* ");
        buf_decimal(out, s->peer);
        return;
    }
    if (s->path_len == 0)
        buf_putc(out, '*');
    if (abstract)
        buf_putc(out, '@');
    escape_terminal(out, s->path + abstract, s->path_len - (size_t)abstract);
    buf_putc(out, ' ');
    buf_decimal(out, s->inode);
}

static void put_packet_end(struct buf *out, const struct net_socket_row *row, bool remote)
{
    const struct net_socket *s = row->socket;
    if (remote) {
        buf_putc(out, '*');
        return;
    }
    if (s->protocol == 3) /* ETH_P_ALL */
        buf_putc(out, '*');
    else
        buf_printf(out, "0x%04x", s->protocol);
    buf_putc(out, ':');
    if (row->interface != NULL)
        escape_terminal(out, row->interface, strlen(row->interface));
    else if (s->interface != 0)
        buf_printf(out, "if%u", s->interface);
    else
        buf_putc(out, '*');
}

void net_socket_end(struct buf *out, const struct net_socket_row *row, bool remote)
{
    const struct net_socket *s = row->socket;
    const unsigned char *bytes = remote ? s->remote : s->local;
    uint32_t port = remote ? s->remote_port : s->local_port, cid;
    switch (s->kind) {
    case NET_UNIX:
        put_unix_end(out, s, remote);
        break;
    case NET_PACKET:
        put_packet_end(out, row, remote);
        break;
    case NET_NETLINK:
        if (remote)
            buf_putc(out, '*');
        else
            buf_printf(out, "%u:%u", s->protocol, port);
        break;
    case NET_VSOCK:
        memcpy(&cid, bytes, sizeof cid);
        buf_printf(out, "%u:%u", cid, port);
        break;
    case NET_UNLISTED:
        buf_printf(out, "%s", remote ? "*" : "?");
        break;
    default:
        put_inet_end(out, row, bytes, port, remote);
    }
}

int net_socket_heading(struct buf *out)
{
    return buf_puts(out, "Netid   State       Recv-Q Send-Q Local Address:Port           Peer Address:Port            "
                         "Process\n");
}

static void put_netid(struct buf *out, const struct net_socket *s)
{
    const char *id = net_socket_kind(s->kind);
    if (s->kind == NET_UNIX)
        id = s->type == SOCK_STREAM ? "u_str" : s->type == SOCK_DGRAM ? "u_dgr" : "u_seq";
    else if (s->kind == NET_PACKET)
        id = s->type == SOCK_RAW ? "p_raw" : "p_dgr";
    else if (s->kind == NET_NETLINK)
        id = "nl";
    else if (s->kind == NET_UNLISTED)
        id = "???";
    buf_puts(out, id);
}

#define USERS_MAX 256 /* descriptors told of a socket */

static void put_processes(struct buf *out, const struct net_socket_row *row)
{
    const struct net_held *h = row->holders;
    if (row->own)
        buf_puts(out, "ours ");
    if (h == NULL)
        return;
    buf_puts(out, "users:(");
    for (size_t i = 0; h < row->holders_end; h++, i++) {
        if (i == USERS_MAX) {
            put_number(out, ",... ", (uint64_t)(row->holders_end - row->holders));
            buf_puts(out, " in all");
            break;
        }
        const struct net_process *p = &row->scan->processes[h->process];
        buf_puts(out, h == row->holders ? "(\"" : ",(\"");
        escape_terminal(out, p->name.data, p->name.len);
        put_number(out, "\",pid=", (uint64_t)h->pid);
        put_number(out, ",fd=", (uint64_t)h->fd);
        buf_putc(out, ')');
    }
    buf_puts(out, ") ");
}

static void put_rest(struct buf *out, const struct net_socket *s)
{
    const char *timer = net_socket_timer(s->timer);
    if (timer != NULL)
        buf_printf(out, "timer:(%s,%u.%03us,%u) ", timer, s->timer_ms / 1000, s->timer_ms % 1000, s->retransmits);
    if ((s->known & NET_HAS_UID) != 0 && s->uid != 0)
        put_number(out, "uid:", s->uid);
    if (s->inode != 0 && s->kind != NET_UNIX)
        put_number(out, (s->known & NET_HAS_UID) != 0 && s->uid != 0 ? " ino:" : "ino:", s->inode);
}

int net_socket_text(struct buf *out, const struct net_socket_row *row)
{
    const struct net_socket *s = row->socket;
    size_t from = out->len;
    put_netid(out, s);
    net_text_pad(out, from, 8);
    buf_puts(out, (s->known & NET_HAS_STATE) != 0 ? net_socket_state(s->state) : "-");
    net_text_pad(out, from, 20);
    buf_decimal(out, s->receive_queue);
    net_text_pad(out, from, 27);
    buf_decimal(out, s->send_queue);
    net_text_pad(out, from, 34);
    from = out->len;
    net_socket_end(out, row, false);
    net_text_pad(out, from, 29);
    net_socket_end(out, row, true);
    net_text_pad(out, from, 58);
    put_processes(out, row);
    put_rest(out, s);
    while (out->failed == HZ_OK && out->len > 0 && out->data[out->len - 1] == ' ')
        out->len--;
    return buf_putc(out, '\n');
}

int net_socket_key(struct buf *out, const struct net_socket_row *row)
{
    const struct net_socket *s = row->socket;
    put_number(out, "", row->netns);
    put_number(out, " ", s->kind);
    put_number(out, " ", s->family);
    put_number(out, " ", s->inode);
    if (s->inode == 0) { /* TIME-WAIT, SYN-RECV, and the kernel's own */
        buf_putc(out, ' ');
        net_socket_end(out, row, false);
        buf_putc(out, ' ');
        net_socket_end(out, row, true);
    }
    return (int)out->failed;
}
