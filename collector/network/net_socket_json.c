#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/json_out.h"
#include "collector/network/net_socket_row.h"
#include "collector/network/net_text.h"
#include "formats/write/fields.h"

static bool knows(const struct net_socket *s, uint32_t what)
{
    return (s->known & what) != 0;
}

static bool is_inet(const struct net_socket *s)
{
    return s->family == AF_INET || s->family == AF_INET6;
}

static void put_end(struct json_out *j, const struct net_socket *s, const char *key, const unsigned char *bytes,
                    uint32_t port)
{
    char address[NET_ADDRESS_SIZE] = "";
    uint32_t cid = 0;
    if (!is_inet(s) && s->family != AF_VSOCK && s->family != AF_NETLINK)
        return;
    net_text_address(address, s->family, bytes, s->family == AF_INET6 ? 16 : 4);
    json_key(j, key);
    json_object(j);
    if (is_inet(s))
        json_member_string(j, "address", address);
    memcpy(&cid, bytes, sizeof cid);
    if (s->family == AF_VSOCK)
        json_member_int(j, "cid", cid);
    if (s->kind != NET_RAW)
        json_member_int(j, "port", port);
    json_object_end(j);
}

static void put_file(struct json_out *j, const struct net_socket *s)
{
    if (knows(s, NET_HAS_FILE)) {
        json_key(j, "file");
        json_object(j);
        json_member_int(j, "device_major", s->file_device >> 20);
        json_member_int(j, "device_minor", s->file_device & 0xFFFFF);
        json_member_int(j, "inode", s->file_inode);
        json_object_end(j);
    }
}

static void put_memory(struct json_out *j, const struct net_socket *s)
{
    static const char *const names[NET_MEMORY] = { "receive",    "receive_limit", "send",    "send_limit", "forward",
                                                   "send_queue", "options",       "backlog", "drops" };
    static const unsigned in_order[NET_MEMORY] = { 7, 8, 4, 6, 0, 1, 2, 3, 5 };
    if (!knows(s, NET_HAS_MEMORY))
        return;
    json_key(j, "memory");
    json_object(j);
    for (unsigned i = 0; i < NET_MEMORY; i++)
        net_json_count(j, names[in_order[i]], s->memory[in_order[i]]);
    json_object_end(j);
}

static void put_raw(struct json_out *j, const char *key, const char *key_b64, const void *data, size_t len)
{
    if (len > 0)
        w_fields_bytes(j, key, key_b64, (struct w_bytes) { data, len });
}

#define FDS_MAX 1024                   /* told of a process */
#define OWNERS_BYTES ((size_t)1 << 20) /* then they are counted only */

/* Behind the descriptors of the same process. */
static const struct net_held *next_owner(const struct net_socket_row *row, const struct net_held *h)
{
    int pid = h->pid;
    while (h < row->holders_end && h->pid == pid)
        h++;
    return h;
}

static const struct net_held *put_owner(struct json_out *j, const struct net_socket_row *row, const struct net_held *h)
{
    const struct net_process *p = &row->scan->processes[h->process];
    const struct net_held *next = next_owner(row, h);
    json_object(j);
    put_raw(j, "exe", "exe_b64", p->exe.data, p->exe.len);
    json_key(j, "fds");
    json_array(j);
    for (size_t i = 0; h + i < next && i < FDS_MAX; i++)
        json_int(j, h[i].fd);
    json_array_end(j);
    if (next - h > FDS_MAX)
        json_member_int(j, "fds_in_all", next - h);
    put_raw(j, "name", "name_b64", p->name.data, p->name.len);
    json_member_int(j, "pid", h->pid);
    json_object_end(j);
    return next;
}

static void put_owners(struct json_out *j, const struct net_socket_row *row)
{
    const size_t begin = j->out->len;
    int64_t count = 0, told = 0;
    if (row->holders == NULL)
        return;
    json_key(j, "owners");
    json_array(j);
    for (const struct net_held *h = row->holders; h < row->holders_end; count++) {
        bool room = j->out->len - begin < OWNERS_BYTES;
        h = room ? put_owner(j, row, h) : next_owner(row, h);
        told += room;
    }
    json_array_end(j);
    if (told < count)
        json_member_int(j, "owners_in_all", count);
}

static void put_tcp(struct json_out *j, const struct net_socket *s)
{
    const struct net_tcp *t = &s->tcp;
    if (!knows(s, NET_HAS_TCP) || s->state == TCP_LISTEN)
        return;
    json_key(j, "tcp");
    json_object(j);
    net_json_some(j, "bytes_acked", t->bytes_acked);
    net_json_some(j, "bytes_received", t->bytes_received);
    net_json_some(j, "bytes_sent", t->bytes_sent);
    net_json_count(j, "congestion_window", t->cwnd);
    net_json_count(j, "last_ack_received_ms", t->last_ack_received_ms);
    net_json_count(j, "last_data_received_ms", t->last_data_received_ms);
    net_json_count(j, "last_data_sent_ms", t->last_data_sent_ms);
    net_json_count(j, "lost", t->lost);
    net_json_count(j, "path_mtu", t->pmtu);
    net_json_count(j, "receive_mss", t->rcv_mss);
    net_json_count(j, "retransmitted", t->retransmitted);
    net_json_count(j, "rto_us", t->rto_us);
    net_json_count(j, "rtt_us", t->rtt_us);
    net_json_count(j, "rtt_variance_us", t->rttvar_us);
    net_json_count(j, "segments_received", t->segments_in);
    net_json_count(j, "segments_sent", t->segments_out);
    net_json_count(j, "send_mss", t->snd_mss);
    net_json_count(j, "unacked", t->unacked);
    json_object_end(j);
}

static void put_timer(struct json_out *j, const struct net_socket *s)
{
    const char *name = net_socket_timer(s->timer);
    if (name == NULL)
        return;
    json_key(j, "timer");
    json_object(j);
    json_member_int(j, "expires_ms", s->timer_ms);
    json_member_string(j, "kind", name);
    json_member_int(j, "retransmits", s->retransmits);
    json_object_end(j);
}

static const char *family_name(int family)
{
    switch (family) {
    case AF_INET:
        return "inet";
    case AF_INET6:
        return "inet6";
    default:
        return NULL;
    }
}

static void put_middle(struct json_out *j, const struct net_socket_row *row)
{
    const struct net_socket *s = row->socket;
    net_json_count(j, "groups", s->groups);
    net_json_some(j, "inode", s->inode);
    net_json_count(j, "interface", s->interface);
    if (row->interface != NULL)
        put_raw(j, "interface_name", "interface_name_b64", row->interface, strlen(row->interface));
    json_member_string(j, "kind", net_socket_kind(s->kind));
    put_end(j, s, "local", s->local, s->local_port);
    net_json_count(j, "mark", s->mark);
    put_memory(j, s);
    if (s->kind != NET_UNLISTED)
        json_member_string(j, "method", s->from_proc ? "procfs" : "netlink");
    net_json_some(j, "netns", row->netns);
    if (row->own)
        json_member_bool(j, "own", true);
    put_owners(j, row);
}

static void put_path(struct json_out *j, const struct net_socket *s)
{
    bool abstract = s->path_len > 0 && s->path[0] == '\0';
    put_raw(j, "path", "path_b64", s->path + abstract, s->path_len - (size_t)abstract);
}

static void put_end_part(struct json_out *j, const struct net_socket_row *row)
{
    const struct net_socket *s = row->socket;
    put_path(j, s);
    if (knows(s, NET_HAS_PEER))
        json_member_decimal(j, "peer_inode", s->peer);
    if (s->kind == NET_PACKET || s->kind == NET_NETLINK || (s->kind == NET_RAW && s->protocol != 0))
        json_member_int(j, "protocol", s->protocol);
    if (knows(s, NET_HAS_QUEUES))
        json_member_int(j, "receive_queue", s->receive_queue);
    put_end(j, s, "remote", s->remote, s->remote_port);
    if (knows(s, NET_HAS_QUEUES))
        json_member_int(j, "send_queue", s->send_queue);
    net_json_count(j, "shutdown", s->shutdown);
    if (knows(s, NET_HAS_STATE))
        json_member_string(j, "state", net_socket_state(s->state));
    put_tcp(j, s);
    put_timer(j, s);
    net_json_count(j, "tos", s->tos);
    net_json_count(j, "traffic_class", s->traffic_class);
    json_member_string(j, "type", net_socket_type(s->type));
    if (knows(s, NET_HAS_UID))
        json_member_int(j, "uid", s->uid);
    if (knows(s, NET_V6ONLY))
        json_member_bool(j, "v6only", true);
}

int net_socket_json(struct buf *out, const struct net_socket_row *row, struct hz_error *err)
{
    const struct net_socket *s = row->socket;
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    if (s->path_len > 0 && s->path[0] == '\0')
        json_member_bool(&j, "abstract", true);
    if (knows(s, NET_HAS_CGROUP))
        json_member_decimal(&j, "cgroup", s->cgroup);
    if (s->kind == NET_TCP && s->congestion[0] != '\0')
        w_fields_member_text(&j, "congestion", s->congestion);
    if (knows(s, NET_HAS_COOKIE))
        json_member_decimal(&j, "cookie", s->cookie);
    json_member_string(&j, "family", family_name(s->family));
    put_file(&j, s);
    if (knows(s, NET_IS_FILTERED))
        json_member_bool(&j, "filtered", true);
    put_middle(&j, row);
    put_end_part(&j, row);
    return w_fields_end(&j, HZ_OK, err);
}
