#include "collector/network/netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "tests/unit/base/folder.h"

/* In a block of exactly that size, so that a byte too far is seen. */
static unsigned char *exactly(const void *bytes, size_t len)
{
    unsigned char *copy = malloc(len == 0 ? 1 : len);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    return copy;
}

static size_t count_attributes(const void *bytes, size_t len, bool *bad)
{
    unsigned char *copy = exactly(bytes, len);
    struct netlink_attrs list = netlink_attrs(copy, len);
    struct netlink_attr a;
    size_t count = 0;
    while (netlink_next(&list, &a)) {
        for (size_t i = 0; i < a.len; i++)
            assert_true(a.data[i] != 0xEE); /* padding is never given */
        count++;
    }
    *bad = list.bad;
    free(copy);
    return count;
}

static void test_attributes(void **state)
{
    (void)state;
    bool bad;
    const unsigned char two[] = { 5, 0, 1, 0, 9, 0xEE, 0xEE, 0xEE, 8, 0, 2, 0x80, 1, 2, 3, 4 };
    assert_int_equal(count_attributes(two, sizeof two, &bad), 2);
    assert_false(bad);
    assert_int_equal(count_attributes(two, 0, &bad), 0);
    assert_false(bad);
    assert_int_equal(count_attributes(two, 5, &bad), 1); /* the padding of the last one may be missing */
    assert_false(bad);
    for (size_t len = 9; len < sizeof two; len++) {
        assert_int_equal(count_attributes(two, len, &bad), 1);
        assert_true(bad);
    }
    const unsigned char shorter[] = { 3, 0, 1, 0 }, nothing[] = { 0, 0, 0, 0 },
                        longer[] = { 0xFF, 0xFF, 1, 0, 1, 2, 3, 4 };
    assert_int_equal(count_attributes(shorter, sizeof shorter, &bad), 0);
    assert_true(bad);
    assert_int_equal(count_attributes(nothing, sizeof nothing, &bad), 0);
    assert_true(bad);
    assert_int_equal(count_attributes(longer, sizeof longer, &bad), 0);
    assert_true(bad);
}

static void test_behind(void **state)
{
    (void)state;
    unsigned char *body = exactly("\1\2\3\0\5\0\1\0\7\0\0", 11);
    const struct netlink_message m = { .body = body, .len = 11 }, cut = { .body = body, .len = 2 };
    struct netlink_attrs list = netlink_attrs_behind(&m, 3);
    struct netlink_attr a;
    uint8_t value = 0;
    assert_true(netlink_next(&list, &a));
    assert_true(netlink_u8(&a, &value));
    assert_int_equal(value, 7);
    assert_false(netlink_next(&list, &a));
    list = netlink_attrs_behind(&cut, 3);
    assert_true(list.bad);
    assert_false(netlink_next(&list, &a));
    free(body);
}

static void test_numbers(void **state)
{
    (void)state;
    unsigned char *bytes = exactly("\1\2\3\4\5\6\7\10", 8);
    struct netlink_attr a = { .data = bytes, .len = 4 };
    uint32_t number = 77;
    uint64_t large = 77;
    uint16_t half = 77;
    assert_true(netlink_be32(&a, &number));
    assert_int_equal(number, 0x01020304);
    assert_false(netlink_u64(&a, &large));
    assert_false(netlink_be64(&a, &large));
    assert_false(netlink_u16(&a, &half));
    assert_int_equal(large, 77);
    assert_int_equal(half, 77);
    a.len = 3;
    assert_false(netlink_u32(&a, &number));
    assert_int_equal(number, 0x01020304);
    a.len = 8;
    assert_true(netlink_be64(&a, &large));
    assert_int_equal(large, 0x0102030405060708);
    free(bytes);
}

static void test_text(void **state)
{
    (void)state;
    unsigned char *bytes = exactly("lo", 2);
    const struct netlink_attr open = { .data = bytes, .len = 2 }, none = { .data = bytes, .len = 0 };
    assert_int_equal(netlink_text(&open), 2);
    assert_int_equal(netlink_text(&none), 0);
    char out[8];
    memset(out, 'x', sizeof out);
    assert_int_equal(netlink_copy(bytes, 2, out, sizeof out), 2);
    assert_memory_equal(out, "lo\0\0\0\0\0\0", 8);
    assert_int_equal(netlink_copy(bytes, 2, out, 1), 1);
    free(bytes);
}

static void test_put(void **state)
{
    (void)state;
    struct buf body = BUF_INIT(64);
    assert_int_equal(netlink_put(&body, 3, "abcde", 5), HZ_OK);
    assert_int_equal(body.len, 12);
    assert_memory_equal(body.data, "\11\0\3\0abcde\0\0\0", 12);
    assert_true(netlink_put(&body, 3, "", 1 << 20) != HZ_OK);
    buf_free(&body);
}

static void test_offered(void **state)
{
    (void)state;
    mkdir("thread-self", 0700);
    mkdir("thread-self/net", 0700);
    int proc = open(".", O_PATH);
    assert_false(netlink_offered(proc, NETLINK_NETFILTER)); /* no file */
    folder_write("thread-self/net/netlink", "sk               Eth Pid        Groups   Rmem\n"
                                            "0000000000000000 0   0          00000000 0\n"
                                            "0000000000000000 12  4711       00000000 0\n"
                                            "0000000000000000 4   0          00000000 0\n"
                                            "0000000000000000 120 0          00000000 0\n"
                                            "0000000000000000 16  0");
    assert_true(netlink_offered(proc, NETLINK_ROUTE));
    assert_true(netlink_offered(proc, NETLINK_SOCK_DIAG));
    assert_false(netlink_offered(proc, NETLINK_NETFILTER)); /* a process has one, the kernel has not */
    assert_false(netlink_offered(proc, NETLINK_GENERIC));   /* a line that ends too early */
    close(proc);
}

static int count_links(void *context, const struct netlink_message *m, struct hz_error *err)
{
    (void)err;
    *(size_t *)context += m->type == RTM_NEWLINK && m->len >= sizeof(struct ifinfomsg);
    return HZ_OK;
}

static int refuse(void *context, const struct netlink_message *m, struct hz_error *err)
{
    (void)m;
    ++*(size_t *)context;
    return hz_error_set(err, HZ_E_LIMIT, "enough");
}

static void start_again(void *context)
{
    *(size_t *)context = 0;
}

static void test_kernel(void **state)
{
    (void)state;
    struct netlink n = { .fd = -1 };
    struct hz_error err;
    struct buf body = BUF_INIT(64);
    const struct ifinfomsg head = { .ifi_family = AF_UNSPEC };
    size_t links = 0, refused = 0;
    bool torn = true;
    buf_put(&body, &head, sizeof head);
    assert_int_equal(netlink_open(&n, NETLINK_ROUTE, 500, &err), HZ_OK);
    const struct netlink_dump dump = {
        .type = RTM_GETLINK, .body = &body, .each = count_links, .again = start_again, .context = &links
    };
    assert_int_equal(netlink_dump(&n, &dump, &torn, &err), HZ_OK);
    assert_true(links >= 1);
    assert_int_equal(netlink_ask(&n, RTM_GETLINK, NLM_F_DUMP, &body, refuse, &refused, NULL, &err), HZ_E_LIMIT);
    assert_string_equal(err.text, "enough");
    assert_int_equal(refused, 1);
    links = 0; /* what was left of the answers before does not come now */
    assert_int_equal(netlink_dump(&n, &dump, &torn, &err), HZ_OK);
    assert_true(links >= 1);
    /* no family header: the kernel says nothing at all, and is not waited for without end */
    assert_int_equal(netlink_ask(&n, RTM_GETLINK, NLM_F_DUMP, NULL, count_links, &links, NULL, &err), HZ_E_TIMEOUT);
    assert_int_equal(netlink_ask(&n, 0x7FF, 0, &body, count_links, &links, NULL, &err), HZ_E_UNSUPPORTED);
    assert_int_equal(err.sys_errno, EOPNOTSUPP);
    assert_int_equal(netlink_ask(&n, NLMSG_MIN_TYPE + 3, NLM_F_ACK, &body, count_links, &links, NULL, &err) < 0, true);
    netlink_close(&n);
    netlink_close(&n);
    struct netlink none = { 0 };
    netlink_close(&none);
    assert_int_equal(fcntl(0, F_GETFD) >= 0, true);
    assert_int_equal(netlink_open(&n, 99, 0, &err), HZ_E_UNSUPPORTED);
    buf_free(&body);
}

TEST_MAIN(cmocka_unit_test(test_attributes), cmocka_unit_test(test_behind), cmocka_unit_test(test_numbers),
          cmocka_unit_test(test_text), cmocka_unit_test(test_put),
          cmocka_unit_test_setup_teardown(test_offered, folder_enter, folder_leave), cmocka_unit_test(test_kernel))
