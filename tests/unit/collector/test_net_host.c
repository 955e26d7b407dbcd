#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "collector/network/net_conntrack.h"
#include "collector/network/net_diag.h"
#include "collector/network/net_modules.h"
#include "collector/network/net_mounts.h"
#include "collector/network/net_scan.h"
#include "tests/unit/base/folder.h"

static bool ready_for(unsigned kind)
{
    static const struct collect_options options;
    static struct run run; /* too large for a stack */
    struct net_modules m;
    bool ready[NET_KINDS];
    run.options = &options;
    run.root = open(".", O_PATH);
    stop_begin(&run.stop, 0, NULL);
    net_modules_read(&run, &m);
    net_diag_ready(&m, ready);
    net_modules_free(&m);
    close(run.root);
    assert_false(ready[NET_UNLISTED] && kind == NET_UNLISTED);
    return ready[kind];
}

static void test_modules(void **state)
{
    (void)state;
    mkdir("proc", 0700);
    mkdir("proc/sys", 0700);
    mkdir("proc/sys/kernel", 0700);
    assert_true(ready_for(NET_TCP)); /* a kernel without modules loads none */
    folder_write("proc/modules",
                 "af_packet_diag 16384 0 - Live 0x0\nxtcp_diag 1 0 - Live 0x0\ninet_diag 1 0 - Live 0x0\n");
    assert_true(ready_for(NET_PACKET));
    assert_false(ready_for(NET_TCP)); /* another module ends like it */
    assert_false(ready_for(NET_UNIX));
    folder_write("proc/sys/kernel/modprobe", "/sbin/modprobe\n");
    assert_false(ready_for(NET_UNIX));
    folder_write("proc/sys/kernel/modprobe", "\n");
    assert_true(ready_for(NET_UNIX));
    folder_write("proc/sys/kernel/modprobe", "/sbin/modprobe\n");
    folder_write("proc/sys/kernel/modules_disabled", "0\n");
    assert_false(ready_for(NET_UNIX));
    folder_write("proc/sys/kernel/modules_disabled", "1\n");
    assert_true(ready_for(NET_UNIX));
}

static void test_builtin(void **state)
{
    (void)state;
    mkdir("proc", 0700);
    mkdir("proc/sys", 0700);
    mkdir("proc/sys/kernel", 0700);
    mkdir("lib", 0700);
    mkdir("lib/modules", 0700);
    mkdir("lib/modules/6.1.0", 0700);
    folder_write("proc/modules", "ext4 1 0 - Live 0x0\n");
    folder_write("proc/sys/kernel/osrelease", "6.1.0\n");
    folder_write("lib/modules/6.1.0/modules.builtin", "kernel/net/ipv4/inet_diag.ko\nkernel/net/ipv4/tcp_diag.ko\n");
    assert_true(ready_for(NET_TCP));
    assert_false(ready_for(NET_UDP));
    folder_write("proc/sys/kernel/osrelease", "../../../lib/modules/6.1.0\n");
    assert_false(ready_for(NET_TCP));
}

struct mounts {
    size_t count;
    uint64_t inode;
    char path[100];
};

static int note_mount(void *context, uint64_t inode, const char *path, struct hz_error *err)
{
    struct mounts *m = context;
    (void)err;
    m->count++;
    m->inode = inode;
    snprintf(m->path, sizeof m->path, "%s", path);
    return HZ_OK;
}

static struct mounts parse(const char *text)
{
    struct mounts m = { 0 };
    struct hz_error err;
    size_t len = strlen(text);
    char *copy = malloc(len == 0 ? 1 : len);
    assert_non_null(copy);
    memcpy(copy, text, len);
    assert_int_equal(net_mounts_parse(copy, len, note_mount, &m, &err), HZ_OK);
    free(copy);
    return m;
}

static void test_mounts(void **state)
{
    (void)state;
    const char *one = "22 1 0:21 / /sys rw - sysfs sysfs rw\n"
                      "36 35 0:4 net:[4026532008] /run/netns/a\\040b\\134 rw shared:1 - nsfs nsfs rw\n"
                      "37 35 0:4 mnt:[4026532009] /run/other rw - nsfs nsfs rw\n";
    struct mounts m = parse(one);
    assert_int_equal(m.count, 1);
    assert_int_equal(m.inode, 4026532008);
    assert_string_equal(m.path, "/run/netns/a b\\");
    assert_int_equal(parse("36 35 0:4 net:[1] /x rw - tmpfs nsfs rw").count, 0);
    assert_int_equal(parse("36 35 0:4 net:[] /x rw - nsfs nsfs rw").count, 0);
    assert_int_equal(parse("36 35 0:4 net:[1 /x rw - nsfs nsfs rw").count, 0);
    assert_int_equal(parse("36 35 0:4 net:[1] /x rw -").count, 0);
    assert_int_equal(parse("").count, 0);
    m = parse("36 35 0:4 net:[1] /x\\9\\04 rw a b c d e f g - nsfs n rw");
    assert_int_equal(m.count, 1);
    assert_string_equal(m.path, "/x\\9\\04");
}

static uint64_t inode_of(const char *target)
{
    struct buf text = BUF_INIT(100);
    buf_puts(&text, target);
    uint64_t inode = net_scan_inode(&text, "socket");
    buf_free(&text);
    return inode;
}

static void test_inode(void **state)
{
    (void)state;
    assert_int_equal(inode_of("socket:[4711]"), 4711);
    assert_int_equal(inode_of("socket:[]"), 0);
    assert_int_equal(inode_of("socket:[4711"), 0);
    assert_int_equal(inode_of("socket:[47x]"), 0);
    assert_int_equal(inode_of("socket:[18446744073709551616]"), 0);
    assert_int_equal(inode_of("sockets:[4711]"), 0);
    assert_int_equal(inode_of("/socket:[4711]"), 0);
    assert_int_equal(inode_of(""), 0);
}

static void test_holders(void **state)
{
    (void)state;
    struct net_held list[] = { { 3, 1, 4, 0 }, { 7, 1, 5, 0 }, { 7, 2, 5, 0 }, { 9, 1, 6, 0 } };
    const struct net_scan scan = { .sockets = { .list = list, .count = 4 } };
    const struct net_held *end = NULL;
    assert_ptr_equal(net_scan_holders(&scan, 7, &end), list + 1);
    assert_ptr_equal(end, list + 3);
    assert_ptr_equal(net_scan_holders(&scan, 9, &end), list + 3);
    assert_ptr_equal(end, list + 4);
    assert_null(net_scan_holders(&scan, 8, &end));
    assert_null(net_scan_holders(&scan, 10, &end));
    assert_null(net_scan_holders(&scan, 0, &end));
}

static void test_rows(void **state)
{
    (void)state;
    struct net_rows rows;
    struct hz_error err;
    static const char *const names[] = { "b", "a", "c" };
    size_t len;
    net_rows_init(&rows, NULL);
    for (size_t i = 0; i < 3; i++) {
        struct net_line line;
        net_line_begin(&line, &rows, names[i], 1);
        json_member_string(&line.json, "n", names[i]);
        buf_printf(&line.text, "%s\n", names[i]);
        assert_int_equal(net_line_end(&line, &err), HZ_OK);
    }
    net_rows_sort(&rows);
    assert_memory_equal(net_row_json(&rows, 0, &len), "{\"n\":\"a\"}\n", 10);
    assert_int_equal(len, 10);
    assert_memory_equal(net_row_text(&rows, 2, &len), "c\n", 2);
    assert_int_equal(len, 2);
    struct net_line wrong;
    net_line_begin(&wrong, &rows, "d", 1);
    json_member_string(&wrong.json, "z", "");
    json_member_string(&wrong.json, "a", "");
    assert_int_equal(net_line_end(&wrong, &err), HZ_E_FORMAT);
    net_rows_free(&rows);
}

static void test_connection(void **state)
{
    (void)state;
    struct net_rows rows;
    struct hz_error err;
    size_t len;
    const struct net_connection c = { .original = { .known = true,
                                                    .family = 2,
                                                    .source = { 10, 0, 0, 1 },
                                                    .destination = { 10, 0, 0, 2 },
                                                    .protocol = 1,
                                                    .icmp_type = 8,
                                                    .icmp_id = 77,
                                                    .has_icmp = true,
                                                    .counted = true,
                                                    .packets = 3,
                                                    .bytes = 252 },
                                      .status = 8,
                                      .timeout = 29,
                                      .helper = { 'h', '\033' },
                                      .helper_len = 2 };
    net_rows_init(&rows, NULL);
    assert_int_equal(net_conntrack_row(&rows, 5, &c, &err), HZ_OK);
    const char *text = (const char *)net_row_text(&rows, 0, &len);
    const char *wanted =
        "icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=77 packets=3 bytes=252 [UNREPLIED] helper=h\\x1b\n";
    assert_int_equal(len, strlen(wanted));
    assert_memory_equal(text, wanted, len);
    net_rows_free(&rows);
}

TEST_MAIN(cmocka_unit_test_setup_teardown(test_modules, folder_enter, folder_leave),
          cmocka_unit_test_setup_teardown(test_builtin, folder_enter, folder_leave), cmocka_unit_test(test_mounts),
          cmocka_unit_test(test_inode), cmocka_unit_test(test_holders), cmocka_unit_test(test_rows),
          cmocka_unit_test(test_connection))
