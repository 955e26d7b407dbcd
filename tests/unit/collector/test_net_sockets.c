#include <linux/inet_diag.h>
#include <linux/packet_diag.h>
#include <linux/tcp.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "collector/network/net_diag.h"
#include "collector/network/net_proc.h"
#include "collector/network/net_socket_row.h"
#include "tests/unit/test.h"

#define ESTABLISHED 1

static bool reads(unsigned kind, const struct buf *body, size_t len, struct net_socket *out)
{
    unsigned char *copy = malloc(len == 0 ? 1 : len);
    assert_non_null(copy);
    memcpy(copy, body->data, len);
    const struct netlink_message m = { .body = copy, .len = len };
    bool sound = kind <= NET_RAW ? net_inet_read(kind, &m, out) : net_local_read(kind, &m, out);
    free(copy);
    return sound;
}

static void put_inet(struct buf *body)
{
    const struct inet_diag_msg head = { .idiag_family = AF_INET6,
                                        .idiag_state = ESTABLISHED,
                                        .idiag_timer = 2,
                                        .idiag_retrans = 3,
                                        .id = { .idiag_sport = htons(22),
                                                .idiag_dport = htons(50000),
                                                .idiag_src = { htonl(0x20010db8), 0, 0, htonl(1) },
                                                .idiag_if = 4,
                                                .idiag_cookie = { 1, 2 } },
                                        .idiag_expires = 1500,
                                        .idiag_uid = 1000,
                                        .idiag_inode = 4711 };
    const struct tcp_info info = { .tcpi_rtt = 250, .tcpi_bytes_received = 77 };
    uint32_t mark = 9;
    buf_put(body, &head, sizeof head);
    netlink_put(body, INET_DIAG_CONG, "cubic", 6);
    netlink_put(body, INET_DIAG_INFO, &info, sizeof info);
    netlink_put(body, INET_DIAG_MARK, &mark, sizeof mark);
    netlink_put(body, INET_DIAG_CONG, "a name that is far longer than any", 34);
}

static void test_inet(void **state)
{
    (void)state;
    struct buf body = BUF_INIT(4096);
    struct net_socket s;
    put_inet(&body);
    assert_true(reads(NET_TCP, &body, body.len, &s));
    assert_int_equal(s.local_port, 22);
    assert_int_equal(s.remote_port, 50000);
    assert_int_equal(s.inode, 4711);
    assert_int_equal(s.uid, 1000);
    assert_int_equal(s.mark, 9);
    assert_int_equal(s.cookie, (uint64_t)2 << 32 | 1);
    assert_string_equal(s.congestion, "cubic");
    assert_int_equal(s.tcp.rtt_us, 250);
    assert_int_equal(s.tcp.bytes_received, 77);
    for (size_t len = 0; len < body.len; len++) /* cut anywhere: no byte behind is looked at */
        assert_int_equal(reads(NET_TCP, &body, len, &s), len >= sizeof(struct inet_diag_msg));
    assert_true(reads(NET_UDP, &body, body.len, &s));
    assert_int_equal(s.known & NET_HAS_TCP, 0);
    buf_free(&body);
}

static void test_local(void **state)
{
    (void)state;
    struct buf body = BUF_INIT(4096);
    struct net_socket s;
    char longer[200];
    uint32_t peer = 12, uid = 33;
    memset(longer, 'n', sizeof longer);
    const struct unix_diag_msg head = {
        .udiag_family = AF_UNIX, .udiag_type = SOCK_STREAM, .udiag_state = 10, .udiag_ino = 5
    };
    buf_put(&body, &head, sizeof head);
    netlink_put(&body, UNIX_DIAG_NAME, longer, sizeof longer);
    netlink_put(&body, UNIX_DIAG_PEER, &peer, sizeof peer);
    netlink_put(&body, UNIX_DIAG_UID, &uid, sizeof uid);
    assert_true(reads(NET_UNIX, &body, body.len, &s));
    assert_int_equal(s.path_len, NET_PATH_MAX);
    assert_int_equal(s.peer, 12);
    assert_int_equal(s.uid, 33);
    for (size_t len = 0; len < body.len; len++)
        for (unsigned kind = NET_UNIX; kind <= NET_VSOCK; kind++)
            (void)reads(kind, &body, len, &s);
    assert_false(reads(NET_UNIX, &body, sizeof head - 1, &s));
    assert_false(reads(NET_PACKET, &body, sizeof(struct packet_diag_msg) - 1, &s));
    assert_false(reads(NET_UNLISTED, &body, body.len, &s));
    buf_free(&body);
}

static bool line(unsigned kind, int family, const char *text, struct net_socket *s)
{
    size_t len = strlen(text);
    char *copy = malloc(len == 0 ? 1 : len);
    assert_non_null(copy);
    memcpy(copy, text, len);
    bool sound = net_proc_line(kind, family, copy, len, s);
    free(copy);
    return sound;
}

static void cut_everywhere(unsigned kind, int family, const char *text, size_t least)
{
    struct net_socket s;
    char part[300];
    for (size_t len = 0; len < strlen(text); len++) {
        memcpy(part, text, len);
        part[len] = '\0';
        bool sound = line(kind, family, part, &s);
        assert_true(!sound || len >= least);
    }
}

static void test_proc_inet(void **state)
{
    (void)state;
    const char *four = "   0: 0100007F:0016 00000000:0000 0A 00000001:00000002 01:00000064 00000003  1000        0 "
                       "4711 1 0 100 0 0 10 0";
    const char *six =
        "  12: B80D0120000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000 "
        "00:00000000 00000000     0        0 99 2 0 0";
    struct net_socket s;
    unsigned char one[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
    assert_true(line(NET_TCP, AF_INET, four, &s));
    assert_memory_equal(s.local, "\x7f\0\0\1", 4);
    assert_int_equal(s.local_port, 22);
    assert_int_equal(s.state, 10);
    assert_int_equal(s.send_queue, 1);
    assert_int_equal(s.receive_queue, 2);
    assert_int_equal(s.timer, 1);
    assert_int_equal(s.timer_ms, 1000);
    assert_int_equal(s.retransmits, 3);
    assert_int_equal(s.uid, 1000);
    assert_int_equal(s.inode, 4711);
    assert_true(s.from_proc);
    assert_true(line(NET_UDP, AF_INET6, six, &s));
    assert_memory_equal(s.local, one, 16);
    assert_int_equal(s.inode, 99);
    assert_false(line(NET_TCP, AF_INET6, four, &s));
    assert_false(line(NET_TCP, AF_INET, six, &s));
    assert_false(
        line(NET_TCP, AF_INET,
             "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", &s));
    assert_false(line(NET_TCP, AF_INET,
                      "   0: 0100007G:0016 00000000:0000 0A 00000001:00000002 01:00000064 00000003  1000        0 4711",
                      &s));
    assert_false(
        line(NET_TCP, AF_INET,
             "   0: 0100007F:10016 00000000:0000 0A 00000001:00000002 01:00000064 00000003  1000        0 4711", &s));
    assert_false(line(NET_TCP, AF_INET,
                      "   0: 0100007F:0016 00000000:0000 0A 00000001 01:00000064 00000003  1000        0 4711", &s));
    assert_false(line(
        NET_TCP, AF_INET,
        "   0: 0100007F:0016 00000000:0000 0A 00000001:00000002 01:00000064 00000003  4294967296        0 4711", &s));
    cut_everywhere(NET_TCP, AF_INET, four, (size_t)(strstr(four, "4711") - four) + 1);
    cut_everywhere(NET_UDP, AF_INET6, six, (size_t)(strstr(six, " 99 ") - six) + 1);
}

static void test_proc_others(void **state)
{
    (void)state;
    struct net_socket s;
    const char *unix_line = "0000000000000000: 00000002 00000000 00010000 0001 01 4711 @a b";
    assert_true(line(NET_UNIX, AF_UNSPEC, unix_line, &s));
    assert_int_equal(s.state, 10);
    assert_int_equal(s.inode, 4711);
    assert_int_equal(s.path_len, 4);
    assert_memory_equal(s.path, "\0a b", 4);
    assert_true(line(NET_UNIX, AF_UNSPEC, "0000000000000000: 00000002 00000000 00000000 0002 03 8", &s));
    assert_int_equal(s.state, ESTABLISHED);
    assert_int_equal(s.path_len, 0);
    cut_everywhere(NET_UNIX, AF_UNSPEC, unix_line, (size_t)(strstr(unix_line, "4711") - unix_line) + 1);
    assert_true(line(NET_PACKET, AF_UNSPEC, "0000000000000000 3      3    0003   2     1 0      7      4711  ", &s));
    assert_int_equal(s.protocol, 3);
    assert_int_equal(s.interface, 2);
    assert_int_equal(s.uid, 7);
    assert_int_equal(s.inode, 4711);
    assert_true(line(NET_NETLINK, AF_UNSPEC,
                     "0000000000000000 15  12         00000002 5        6        0     2        0        41", &s));
    assert_int_equal(s.protocol, 15);
    assert_int_equal(s.local_port, 12);
    assert_int_equal(s.groups, 2);
    assert_int_equal(s.inode, 41);
    assert_false(line(NET_NETLINK, AF_UNSPEC,
                      "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode", &s));
    assert_false(line(NET_VSOCK, AF_UNSPEC, "1 2 3 4 5 6 7 8 9 10", &s));
}

static void test_order(void **state)
{
    (void)state;
    struct net_socket a = { .kind = NET_TCP, .local_port = 300 }, b = { .kind = NET_TCP, .local_port = 20 };
    assert_true(net_socket_compare(&a, &b) > 0);
    b.kind = NET_UDP;
    assert_true(net_socket_compare(&a, &b) < 0);
    b = a;
    b.inode = 1;
    assert_true(net_socket_compare(&a, &b) < 0);
    b = a;
    assert_int_equal(net_socket_compare(&a, &b), 0);
    assert_string_equal(net_socket_state(99), "?");
    assert_string_equal(net_socket_kind(99), "?");
    assert_null(net_socket_timer(0));
    assert_null(net_socket_type(99));
}

static void test_row(void **state)
{
    (void)state;
    struct net_process processes[] = { { .pid = 7, .name = BUF_INIT(99), .exe = BUF_INIT(99) } };
    const struct net_held held[] = { { 4711, 7, 3, 0 }, { 4711, 7, 5, 0 } };
    const struct net_scan scan = { .processes = processes, .count = 1 };
    struct buf body = BUF_INIT(4096), out = BUF_INIT(8192);
    struct net_socket s;
    struct hz_error err;
    put_inet(&body);
    assert_true(reads(NET_TCP, &body, body.len, &s));
    buf_puts(&processes[0].name, "ss\033hd");
    const struct net_socket_row row = {
        .socket = &s, .netns = 42, .interface = "eth\0330", .scan = &scan, .holders = held, .holders_end = held + 2
    };
    assert_int_equal(net_socket_json(&out, &row, &err), HZ_OK);
    assert_non_null(strstr(buf_text(&out), "\"owners\":[{\"fds\":[3,5],\"name\":\"ss\\u001bhd\",\"pid\":7}]"));
    buf_reset(&out);
    assert_int_equal(net_socket_text(&out, &row), HZ_OK);
    assert_string_equal(
        buf_text(&out),
        "tcp     ESTAB       0      0      [2001:db8::1]%eth\\x1b0:22    [::]:50000                   "
        "users:((\"ss\\x1bhd\",pid=7,fd=3),(\"ss\\x1bhd\",pid=7,fd=5)) timer:(keepalive,1.500s,3) uid:1000 ino:4711\n");
    buf_reset(&out);
    assert_int_equal(net_socket_key(&out, &row), HZ_OK);
    assert_string_equal(buf_text(&out), "42 0 10 4711");
    buf_free(&processes[0].name);
    buf_free(&body);
    buf_free(&out);
}

TEST_MAIN(cmocka_unit_test(test_inet), cmocka_unit_test(test_local), cmocka_unit_test(test_proc_inet),
          cmocka_unit_test(test_proc_others), cmocka_unit_test(test_order), cmocka_unit_test(test_row))
