#include "collector/persistence/pers_mounts.h"

#include "base/buf.h"
#include "tests/unit/test.h"

static struct pers_mount at(const struct pers_mounts *m, const char *path)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->list[i].path, path) == 0)
            return m->list[i];
    fail_msg("%s is missing", path);
    return (struct pers_mount) { 0 };
}

static void which_are_searched(void **state)
{
    (void)state;
    static const char text[] = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
                               "2 1 0:4 / /proc rw,nosuid shared:1 - proc proc rw\n"
                               "3 1 8:2 / /home rw,nosuid,nodev master:2 shared:3 - xfs /dev/sdb rw\n"
                               "4 1 0:30 / /mnt/a\\040b rw - tmpfs x rw\n"
                               "5 1 0:31 / /net rw - nfs4 server:/x rw\n"
                               "6 5 0:32 / /net/deep rw - tmpfs x rw\n"
                               "7 1 8:1 /srv /jail rw - ext4 /dev/sda1 rw\n"
                               "8 1 8:2 / /home2 rw - xfs /dev/sdb rw\n"
                               "9 1 0:33 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw\n"
                               "10 1 0:34 / /fuse rw - fuse.sshfs x rw\n";
    struct pers_mounts m = { 0 };
    struct hz_error err;
    assert_int_equal(pers_mounts_parse(&m, span_of(text), &err), HZ_OK);
    assert_int_equal(m.count, 10);
    assert_true(at(&m, "/").searched);
    assert_false(at(&m, "/proc").searched);
    assert_true(at(&m, "/home").searched);
    assert_true(at(&m, "/home").nosuid);
    assert_false(at(&m, "/").nosuid);
    assert_true(at(&m, "/mnt/a b").searched);
    assert_false(at(&m, "/net").searched);
    assert_false(at(&m, "/net/deep").searched);
    assert_false(at(&m, "/jail").searched);
    assert_false(at(&m, "/home2").searched);
    assert_false(at(&m, "/var/lib/docker/overlay2/x/merged").searched);
    assert_false(at(&m, "/fuse").searched);
    assert_int_equal(at(&m, "/home").major, 8);
    assert_int_equal(at(&m, "/home").minor, 2);
    pers_mounts_free(&m);
}

static void a_part_before_the_whole(void **state)
{
    (void)state;
    struct pers_mounts m = { 0 };
    struct hz_error err;
    assert_int_equal(pers_mounts_parse(&m,
                                       span_of("1 0 8:1 /sub / rw - ext4 x rw\n2 1 8:1 / /whole rw - ext4 x rw\n"
                                               "3 1 8:1 /subject /other rw - ext4 x rw"),
                                       &err),
                     HZ_OK);
    assert_false(at(&m, "/").searched);
    assert_true(at(&m, "/whole").searched);
    assert_false(at(&m, "/other").searched);
    pers_mounts_free(&m);
}

static void other_lines_are_passed_over(void **state)
{
    (void)state;
    static const char *const lines[] = { "",
                                         "\n",
                                         "1 2 3",
                                         "1 0 8:1 / / rw",
                                         "1 0 8 / / rw - ext4 x rw",
                                         "1 0 8:1 / relative rw - ext4 x rw",
                                         "1 0 :1 / / rw - ext4",
                                         "1 0 8:1 / / rw -",
                                         "1 0 8:99999999999 / / rw - ext4 x rw" };
    struct hz_error err;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct pers_mounts m = { 0 };
        assert_int_equal(pers_mounts_parse(&m, span_of(lines[i]), &err), HZ_OK);
        assert_int_equal(m.count, 0);
        pers_mounts_free(&m);
    }
}

static void many_are_bounded(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
    struct pers_mounts m = { 0 };
    struct hz_error err;
    for (unsigned i = 0; i < 3000; i++)
        buf_printf(&text, "%u 0 0:%u / /m%u rw - tmpfs x rw\n", i, i, i);
    assert_int_equal(pers_mounts_parse(&m, (struct span) { (const char *)text.data, text.len }, &err), HZ_OK);
    assert_int_equal(m.count, PERS_MOUNTS_MAX);
    assert_true(m.more);
    pers_mounts_free(&m);
}

TEST_MAIN(cmocka_unit_test(which_are_searched), cmocka_unit_test(a_part_before_the_whole),
          cmocka_unit_test(other_lines_are_passed_over), cmocka_unit_test(many_are_bounded))
