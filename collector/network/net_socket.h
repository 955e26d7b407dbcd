/* A socket as the kernel describes it, from sock_diag(7) or from /proc/net: one shape for all families. */
#ifndef HZ_COLLECTOR_NETWORK_NET_SOCKET_H
#define HZ_COLLECTOR_NETWORK_NET_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/network/net_room.h"

#define NET_SOCKETS_MAX ((size_t)1 << 20) /* kept of one network namespace */
#define NET_PATH_MAX 108                  /* sun_path, unix(7) */
#define NET_MEMORY 9                      /* SK_MEMINFO_*, linux/sock_diag.h */

enum net_kind {
    NET_TCP,
    NET_UDP,
    NET_UDPLITE,
    NET_RAW,
    NET_UNIX,
    NET_PACKET,
    NET_NETLINK,
    NET_VSOCK,
    NET_UNLISTED /* a process holds it, no list of any namespace has it */
};
#define NET_KINDS (NET_UNLISTED + 1)

enum net_known { /* what of a socket is known; the rest is always */
                 NET_HAS_UID = 1,
                 NET_HAS_QUEUES = 2,
                 NET_HAS_MEMORY = 4,
                 NET_HAS_TCP = 8,
                 NET_HAS_COOKIE = 32,
                 NET_HAS_CGROUP = 64,
                 NET_HAS_FILE = 1024,
                 NET_HAS_STATE = 2048,
                 NET_HAS_PEER = 4096,
                 NET_V6ONLY = 8192,
                 NET_IS_FILTERED = 16384 /* packet: a filter is attached */
};

struct net_tcp { /* of struct tcp_info, linux/tcp.h */
    uint32_t rto_us, rtt_us, rttvar_us, snd_mss, rcv_mss, pmtu, unacked, lost, retransmitted, cwnd;
    uint32_t last_data_sent_ms, last_data_received_ms, last_ack_received_ms, segments_out, segments_in;
    uint64_t bytes_sent, bytes_acked, bytes_received;
};

struct net_socket {
    uint8_t kind, family; /* enum net_kind, AF_* */
    uint8_t state;        /* TCP_*, for all families */
    uint8_t timer, retransmits, tos, traffic_class, shutdown;
    uint16_t type;      /* SOCK_*; 0: as the kind says */
    bool from_proc;     /* /proc/net, not sock_diag */
    uint32_t known;     /* enum net_known */
    uint32_t uid, mark; /* */
    uint32_t interface; /* index; 0: any */
    uint32_t protocol;  /* packet: EtherType; netlink: family; raw: of IP */
    uint32_t receive_queue, send_queue, timer_ms;
    uint32_t local_port, remote_port;     /* netlink: port ids */
    unsigned char local[16], remote[16];  /* network order; vsock: the cid in the machine's order */
    uint64_t inode, cookie, cgroup, peer; /* peer: inode, unix */
    uint32_t file_inode, file_device;     /* unix: of the name in the file system */
    uint32_t groups;                      /* netlink */
    uint32_t memory[NET_MEMORY];
    uint8_t path_len;
    union {
        struct { /* NET_TCP */
            struct net_tcp tcp;
            char congestion[16]; /* "": unknown */
        };
        char path[NET_PATH_MAX]; /* NET_UNIX; an abstract name begins with NUL */
    };
};

struct net_inodes {
    uint64_t *list; /* owned */
    size_t count, room;
};
int net_inodes_add(struct net_inodes *l, uint64_t inode, struct hz_error *err);

struct net_sockets {
    struct net_socket *list; /* owned */
    size_t count, room;
    size_t expected;          /* the caller's guess at the count, so that growing copies little; 0: none */
    uint64_t dropped;         /* beyond NET_SOCKETS_MAX, or what there was room for */
    struct net_inodes passed; /* the inodes of these */
    struct net_claim *claim;  /* the caller's; NULL: no other bound */
};

/* *out: all zero, the list's, valid until the next; NULL when it was dropped, and then its inode goes to passed.
 * HZ_E_NOMEM */
int net_sockets_add(struct net_sockets *l, struct net_socket **out, struct hz_error *err);
/* Forgets all behind the first `count`. */
void net_sockets_cut(struct net_sockets *l, size_t count);
void net_sockets_free(struct net_sockets *l);
/* By kind, family, ends, path, inode, cookie. */
int net_socket_compare(const void *a, const void *b);

/* "tcp"; "ESTAB" as ss(8) has it; "?" for what is none. Static text. */
const char *net_socket_kind(unsigned kind);
const char *net_socket_state(unsigned state);
/* "stream", "dgram", ... or NULL */
const char *net_socket_type(unsigned type);
const char *net_socket_timer(unsigned timer); /* NULL: none */

#endif
