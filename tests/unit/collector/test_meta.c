#include "collector/meta.h"

#include <fcntl.h>
#include <sys/xattr.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

static void read_one(struct meta *m, const char *name)
{
    struct hz_error err;
    struct statx st;
    int at = -1, fd = -1;
    assert_int_equal(io_open_directory(".", &at, &err), HZ_OK);
    assert_int_equal(io_evidence_look(at, name, &fd, &err), HZ_OK);
    assert_int_equal(io_statx(fd, &st, &err), HZ_OK);
    assert_int_equal(meta_read(m, fd, &st, &err), HZ_OK);
    io_close(&fd);
    io_close(&at);
}

static const struct w_xattr *find(const struct meta *m, const char *name)
{
    for (size_t i = 0; i < m->stat.xattr_count; i++)
        if (m->stat.xattrs[i].name.len == strlen(name) && memcmp(m->stat.xattrs[i].name.data, name, strlen(name)) == 0)
            return &m->stat.xattrs[i];
    fail_msg("there is no attribute %s", name);
    abort();
}

static void reads_attributes(void **state)
{
    (void)state;
    struct meta m;
    meta_init(&m);
    folder_write("file", "12345");
    assert_int_equal(setxattr("file", "user.one", "\0\xff", 2, 0), 0);
    assert_int_equal(setxattr("file", "user.none", "", 0, 0), 0);
    assert_int_equal(symlink("file", "link"), 0);
    read_one(&m, "file");
    assert_int_equal(m.stat.xattr_count, 2);
    assert_false(m.stat.xattrs_incomplete);
    assert_memory_equal(find(&m, "user.one")->value.data, "\0\xff", 2);
    assert_int_equal(find(&m, "user.none")->value.len, 0);
    assert_non_null(find(&m, "user.none")->value.data);
    assert_true(m.stat.known && m.stat.links == 1 && S_ISREG(m.stat.mode));
    read_one(&m, "link"); /* its own, not the file's */
    assert_int_equal(m.stat.xattr_count, 0);
    assert_false(m.stat.xattrs_incomplete);
    assert_true(S_ISLNK(m.stat.mode));
    meta_free(&m);
}

static void carries_every_field(void **state)
{
    (void)state;
    struct w_stat s;
    struct statx st = { .stx_mask = STATX_BASIC_STATS | STATX_BTIME,
                        .stx_mode = S_IFCHR | 04751,
                        .stx_uid = 1,
                        .stx_gid = 2,
                        .stx_nlink = 3,
                        .stx_ino = UINT64_MAX,
                        .stx_dev_major = 4,
                        .stx_dev_minor = 5,
                        .stx_rdev_major = 6,
                        .stx_rdev_minor = 7,
                        .stx_atime = { .tv_sec = -1, .tv_nsec = 999999999 },
                        .stx_mtime = { .tv_sec = 8 },
                        .stx_ctime = { .tv_sec = 9 },
                        .stx_btime = { .tv_sec = 10 } };
    meta_from_statx(&s, &st);
    assert_true(s.known && s.has_btime);
    assert_int_equal(s.mode, S_IFCHR | 04751);
    assert_true(s.uid == 1 && s.gid == 2 && s.links == 3 && s.inode == UINT64_MAX && s.device_major == 4);
    assert_true(s.device_minor == 5 && s.rdevice_major == 6 && s.rdevice_minor == 7);
    assert_true(s.atime.seconds == -1 && s.atime.nanoseconds == 999999999 && s.mtime.seconds == 8);
    assert_true(s.ctime.seconds == 9 && s.btime.seconds == 10);
    st.stx_mask = STATX_BASIC_STATS;
    meta_from_statx(&s, &st);
    assert_false(s.has_btime);
}

static void notices_each_change(void **state)
{
    (void)state;
    struct statx before = { .stx_size = 1 }, after = before;
    assert_true(meta_same(&before, &after));
    after.stx_atime.tv_sec = 5; /* our own reading, at worst */
    assert_true(meta_same(&before, &after));
    after.stx_size = 2;
    assert_false(meta_same(&before, &after));
    after = before;
    after.stx_mtime.tv_nsec = 1;
    assert_false(meta_same(&before, &after));
    after = before;
    after.stx_ctime.tv_sec = 1;
    assert_false(meta_same(&before, &after));
}

TEST_MAIN(FOLDER_TEST(reads_attributes), cmocka_unit_test(carries_every_field), cmocka_unit_test(notices_each_change))
