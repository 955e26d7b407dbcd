/* TCP, UDP, UDP-Lite and raw sockets: linux/inet_diag.h. */
#include <linux/inet_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "collector/network/net_diag.h"

#define EXTENSION(attribute) (1U << ((attribute)-1))

int net_inet_request(unsigned kind, int family, struct buf *out)
{
    static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_RAW };
    const struct inet_diag_req_v2 request = {
        .sdiag_family = (uint8_t)family,
        .sdiag_protocol = protocols[kind],
        .idiag_ext = (uint8_t)(EXTENSION(INET_DIAG_INFO) | EXTENSION(INET_DIAG_CONG) | EXTENSION(INET_DIAG_TOS) |
                               EXTENSION(INET_DIAG_TCLASS) | EXTENSION(INET_DIAG_SKMEMINFO)),
        .idiag_states = UINT32_MAX,
    };
    return buf_put(out, &request, sizeof request);
}

static void read_tcp(const struct netlink_attr *a, struct net_socket *s)
{
    struct tcp_info i;
    if (s->kind != NET_TCP || netlink_copy(a->data, a->len, &i, sizeof i) < offsetof(struct tcp_info, tcpi_pacing_rate))
        return;
    s->known |= NET_HAS_TCP;
    s->tcp = (struct net_tcp) { .rto_us = i.tcpi_rto,
                                .rtt_us = i.tcpi_rtt,
                                .rttvar_us = i.tcpi_rttvar,
                                .snd_mss = i.tcpi_snd_mss,
                                .rcv_mss = i.tcpi_rcv_mss,
                                .pmtu = i.tcpi_pmtu,
                                .unacked = i.tcpi_unacked,
                                .lost = i.tcpi_lost,
                                .retransmitted = i.tcpi_total_retrans,
                                .cwnd = i.tcpi_snd_cwnd,
                                .last_data_sent_ms = i.tcpi_last_data_sent,
                                .last_data_received_ms = i.tcpi_last_data_recv,
                                .last_ack_received_ms = i.tcpi_last_ack_recv,
                                .segments_out = i.tcpi_segs_out,
                                .segments_in = i.tcpi_segs_in,
                                .bytes_sent = i.tcpi_bytes_sent,
                                .bytes_acked = i.tcpi_bytes_acked,
                                .bytes_received = i.tcpi_bytes_received };
}

static void read_attribute(const struct netlink_attr *a, struct net_socket *s)
{
    uint8_t byte = 0;
    size_t len;
    switch (a->type) {
    case INET_DIAG_INFO:
        read_tcp(a, s);
        break;
    case INET_DIAG_CONG:
        len = netlink_text(a);
        if (len < sizeof s->congestion)
            memcpy(s->congestion, a->data, len);
        break;
    case INET_DIAG_TOS:
        (void)netlink_u8(a, &s->tos);
        break;
    case INET_DIAG_TCLASS:
        (void)netlink_u8(a, &s->traffic_class);
        break;
    case INET_DIAG_SHUTDOWN:
        (void)netlink_u8(a, &s->shutdown);
        break;
    case INET_DIAG_SKV6ONLY:
        s->known |= netlink_u8(a, &byte) && byte != 0 ? NET_V6ONLY : 0;
        break;
    case INET_DIAG_SKMEMINFO:
        s->known |= netlink_copy(a->data, a->len, s->memory, sizeof s->memory) > 0 ? NET_HAS_MEMORY : 0;
        break;
    case INET_DIAG_MARK:
        (void)netlink_u32(a, &s->mark);
        break;
    case INET_DIAG_CGROUP_ID:
        s->known |= netlink_u64(a, &s->cgroup) ? NET_HAS_CGROUP : 0;
        break;
    case INET_DIAG_PROTOCOL:
        s->protocol = netlink_u8(a, &byte) ? byte : s->protocol;
        break;
    default:
        break;
    }
}

bool net_inet_read(unsigned kind, const struct netlink_message *m, struct net_socket *s)
{
    struct inet_diag_msg head;
    if (netlink_copy(m->body, m->len, &head, sizeof head) < sizeof head)
        return false;
    *s = (struct net_socket) { .kind = (uint8_t)kind,
                               .family = head.idiag_family,
                               .state = head.idiag_state,
                               .timer = head.idiag_timer,
                               .retransmits = head.idiag_retrans,
                               .known = NET_HAS_STATE | NET_HAS_UID | NET_HAS_QUEUES | NET_HAS_COOKIE,
                               .uid = head.idiag_uid,
                               .interface = head.id.idiag_if,
                               .receive_queue = head.idiag_rqueue,
                               .send_queue = head.idiag_wqueue,
                               .timer_ms = head.idiag_expires,
                               .local_port = ntohs(head.id.idiag_sport),
                               .remote_port = ntohs(head.id.idiag_dport),
                               .inode = head.idiag_inode,
                               .cookie = (uint64_t)head.id.idiag_cookie[1] << 32 | head.id.idiag_cookie[0] };
    size_t len = s->family == AF_INET6 ? 16 : 4;
    memcpy(s->local, head.id.idiag_src, len);
    memcpy(s->remote, head.id.idiag_dst, len);
    struct netlink_attrs list = netlink_attrs_behind(m, sizeof head);
    struct netlink_attr a;
    while (netlink_next(&list, &a))
        read_attribute(&a, s);
    return true;
}
