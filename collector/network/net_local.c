/* Sockets of the machine itself: unix, packet, netlink and vsock (linux/unix_diag.h and its likes). */
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <linux/vm_sockets_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "collector/network/net_diag.h"

int net_local_request(unsigned kind, struct buf *out)
{
    const struct unix_diag_req unix_request = { .sdiag_family = AF_UNIX,
                                                .udiag_states = UINT32_MAX,
                                                .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER |
                                                              UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID | UDIAG_SHOW_MEMINFO };
    const struct packet_diag_req packet_request = { .sdiag_family = AF_PACKET,
                                                    .pdiag_show =
                                                        PACKET_SHOW_INFO | PACKET_SHOW_MEMINFO | PACKET_SHOW_FILTER };
    const struct netlink_diag_req netlink_request = { .sdiag_family = AF_NETLINK,
                                                      .sdiag_protocol = NDIAG_PROTO_ALL,
                                                      .ndiag_show = NDIAG_SHOW_GROUPS | NDIAG_SHOW_MEMINFO };
    const struct vsock_diag_req vsock_request = { .sdiag_family = AF_VSOCK, .vdiag_states = UINT32_MAX };
    switch (kind) {
    case NET_UNIX:
        return buf_put(out, &unix_request, sizeof unix_request);
    case NET_PACKET:
        return buf_put(out, &packet_request, sizeof packet_request);
    case NET_NETLINK:
        return buf_put(out, &netlink_request, sizeof netlink_request);
    default:
        return buf_put(out, &vsock_request, sizeof vsock_request);
    }
}

static uint64_t cookie_of(const uint32_t cookie[2])
{
    return (uint64_t)cookie[1] << 32 | cookie[0];
}

static void read_memory(const struct netlink_attr *a, struct net_socket *s)
{
    if (netlink_copy(a->data, a->len, s->memory, sizeof s->memory) > 0)
        s->known |= NET_HAS_MEMORY;
}

/* These two tell of no queue but in what their memory is used for. */
static void read_memory_and_queue(const struct netlink_attr *a, struct net_socket *s)
{
    read_memory(a, s);
    if ((s->known & NET_HAS_MEMORY) == 0)
        return;
    s->known |= NET_HAS_QUEUES;
    s->receive_queue = s->memory[SK_MEMINFO_RMEM_ALLOC];
    s->send_queue = s->memory[SK_MEMINFO_WMEM_ALLOC];
}

static void read_unix_attribute(const struct netlink_attr *a, struct net_socket *s)
{
    struct unix_diag_vfs file;
    struct unix_diag_rqlen queues;
    uint32_t peer = 0;
    switch (a->type) {
    case UNIX_DIAG_NAME:
        s->path_len = (uint8_t)netlink_copy(a->data, a->len, s->path, sizeof s->path);
        if (s->path_len > 0 && s->path[0] != '\0')
            s->path_len = (uint8_t)strnlen(s->path, s->path_len);
        break;
    case UNIX_DIAG_VFS:
        if (netlink_copy(a->data, a->len, &file, sizeof file) == sizeof file) {
            s->known |= NET_HAS_FILE;
            s->file_inode = file.udiag_vfs_ino;
            s->file_device = file.udiag_vfs_dev;
        }
        break;
    case UNIX_DIAG_PEER:
        if (netlink_u32(a, &peer)) {
            s->known |= NET_HAS_PEER;
            s->peer = peer;
        }
        break;
    case UNIX_DIAG_RQLEN:
        if (netlink_copy(a->data, a->len, &queues, sizeof queues) == sizeof queues) {
            s->known |= NET_HAS_QUEUES;
            s->receive_queue = queues.udiag_rqueue;
            s->send_queue = queues.udiag_wqueue;
        }
        break;
    case UNIX_DIAG_MEMINFO:
        read_memory(a, s);
        break;
    case UNIX_DIAG_SHUTDOWN:
        (void)netlink_u8(a, &s->shutdown);
        break;
    case UNIX_DIAG_UID:
        s->known |= netlink_u32(a, &s->uid) ? NET_HAS_UID : 0;
        break;
    default:
        break;
    }
}

static bool read_unix(const struct netlink_message *m, struct net_socket *s)
{
    struct unix_diag_msg head;
    if (netlink_copy(m->body, m->len, &head, sizeof head) < sizeof head)
        return false;
    *s = (struct net_socket) { .kind = NET_UNIX,
                               .family = AF_UNIX,
                               .state = head.udiag_state,
                               .type = head.udiag_type,
                               .known = NET_HAS_STATE | NET_HAS_COOKIE,
                               .inode = head.udiag_ino,
                               .cookie = cookie_of(head.udiag_cookie) };
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof head);
    struct netlink_attr a;
    while (netlink_next(&list, &a))
        read_unix_attribute(&a, s);
    return true;
}

static bool read_packet(const struct netlink_message *m, struct net_socket *s)
{
    struct packet_diag_msg head;
    struct packet_diag_info info;
    if (netlink_copy(m->body, m->len, &head, sizeof head) < sizeof head)
        return false;
    *s = (struct net_socket) { .kind = NET_PACKET,
                               .family = AF_PACKET,
                               .type = head.pdiag_type,
                               .protocol = head.pdiag_num,
                               .known = NET_HAS_COOKIE,
                               .inode = head.pdiag_ino,
                               .cookie = cookie_of(head.pdiag_cookie) };
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof head);
    struct netlink_attr a;
    while (netlink_next(&list, &a)) {
        if (a.type == PACKET_DIAG_INFO && netlink_copy(a.data, a.len, &info, sizeof info) == sizeof info)
            s->interface = info.pdi_index;
        if (a.type == PACKET_DIAG_UID && netlink_u32(&a, &s->uid))
            s->known |= NET_HAS_UID;
        if (a.type == PACKET_DIAG_MEMINFO)
            read_memory_and_queue(&a, s);
        if (a.type == PACKET_DIAG_FILTER && a.len > 0)
            s->known |= NET_IS_FILTERED;
    }
    return true;
}

static bool read_netlink(const struct netlink_message *m, struct net_socket *s)
{
    struct netlink_diag_msg head;
    if (netlink_copy(m->body, m->len, &head, sizeof head) < sizeof head)
        return false;
    *s = (struct net_socket) { .kind = NET_NETLINK,
                               .family = AF_NETLINK,
                               .type = head.ndiag_type,
                               .protocol = head.ndiag_protocol,
                               .known = NET_HAS_COOKIE,
                               .local_port = head.ndiag_portid,
                               .remote_port = head.ndiag_dst_portid,
                               .inode = head.ndiag_ino,
                               .cookie = cookie_of(head.ndiag_cookie) };
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof head);
    struct netlink_attr a;
    while (netlink_next(&list, &a)) {
        if (a.type == NETLINK_DIAG_MEMINFO)
            read_memory_and_queue(&a, s);
        if (a.type == NETLINK_DIAG_GROUPS)
            netlink_copy(a.data, a.len, &s->groups, sizeof s->groups);
    }
    return true;
}

static bool read_vsock(const struct netlink_message *m, struct net_socket *s)
{
    struct vsock_diag_msg head;
    if (netlink_copy(m->body, m->len, &head, sizeof head) < sizeof head)
        return false;
    *s = (struct net_socket) { .kind = NET_VSOCK,
                               .family = AF_VSOCK,
                               .state = head.vdiag_state,
                               .type = head.vdiag_type,
                               .shutdown = head.vdiag_shutdown,
                               .known = NET_HAS_STATE | NET_HAS_COOKIE,
                               .local_port = head.vdiag_src_port,
                               .remote_port = head.vdiag_dst_port,
                               .inode = head.vdiag_ino,
                               .cookie = cookie_of(head.vdiag_cookie) };
    memcpy(s->local, &head.vdiag_src_cid, sizeof head.vdiag_src_cid);
    memcpy(s->remote, &head.vdiag_dst_cid, sizeof head.vdiag_dst_cid);
    return true;
}

bool net_local_read(unsigned kind, const struct netlink_message *m, struct net_socket *out)
{
    switch (kind) {
    case NET_UNIX:
        return read_unix(m, out);
    case NET_PACKET:
        return read_packet(m, out);
    case NET_NETLINK:
        return read_netlink(m, out);
    case NET_VSOCK:
        return read_vsock(m, out);
    default:
        return false;
    }
}
