#include "base/io_commit.h"

#include <errno.h>
#include <fcntl.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_tree.h"
#include "tests/unit/base/deny.h"
#include "tests/unit/base/folder.h"

static bool there(const char *name)
{
    struct stat st;
    return lstat(name, &st) == 0;
}

static void the_name_appears_at_commit(void **state)
{
    (void)state;
    struct hz_error err;
    struct stat st;
    struct io_partial p;
    umask(022);
    assert_int_equal(io_partial_begin(&p, "out", 0640, &err), HZ_OK);
    assert_true(there("out.partial") && !there("out"));
    assert_int_equal(io_write(p.fd, "abc", 3, &err), HZ_OK);
    assert_int_equal(io_partial_commit(&p, &err), HZ_OK);
    assert_true(!there("out.partial"));
    folder_expect("out", "abc");
    assert_int_equal(stat("out", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(p.fd, -1);
    assert_null(p.name);
    io_partial_abort(&p);
    folder_expect("out", "abc");
}

static void nothing_is_overwritten(void **state)
{
    (void)state;
    struct hz_error err;
    struct io_partial p = { -5, -5, NULL, NULL };
    folder_write("out", "old");
    folder_write("other.partial", "left behind");
    assert_int_equal(symlink("nowhere", "link"), 0);
    assert_int_equal(io_partial_begin(&p, "out", 0600, &err), HZ_E_EXISTS);
    assert_string_equal(err.text, "out is there already and is not overwritten");
    assert_true(!there("out.partial"));
    assert_int_equal(io_partial_begin(&p, "./out", 0600, &err), HZ_E_EXISTS);
    assert_string_equal(err.text, "./out is there already and is not overwritten");
    assert_int_equal(io_partial_begin(&p, "other", 0600, &err), HZ_E_EXISTS);
    assert_int_equal(io_partial_begin(&p, "link", 0600, &err), HZ_E_EXISTS);
    assert_int_equal(p.fd, -5);
    folder_expect("out", "old");
    folder_expect("other.partial", "left behind");
}

static void a_name_taken_meanwhile_is_kept(void **state)
{
    (void)state;
    struct hz_error err;
    struct io_partial p;
    assert_int_equal(io_partial_begin(&p, "./out", 0600, &err), HZ_OK);
    folder_write("out", "somebody else's");
    assert_int_equal(io_partial_commit(&p, &err), HZ_E_EXISTS);
    assert_string_equal(err.text, "out is there already and is not overwritten");
    folder_expect("out", "somebody else's");
    assert_true(there("out.partial"));
    io_partial_abort(&p);
    assert_true(!there("out.partial"));
}

static void keep_and_abort(void **state)
{
    (void)state;
    struct hz_error err;
    struct io_partial p;
    assert_int_equal(io_partial_begin(&p, "out", 0600, &err), HZ_OK);
    assert_int_equal(io_write(p.fd, "half", 4, &err), HZ_OK);
    io_partial_keep(&p);
    folder_expect("out.partial", "half");
    assert_int_equal(remove("out.partial"), 0);
    assert_int_equal(io_partial_begin(&p, "out", 0600, &err), HZ_OK);
    io_partial_abort(&p);
    assert_true(!there("out.partial") && !there("out"));
}

static void paths_that_name_no_file(void **state)
{
    (void)state;
    struct hz_error err;
    struct io_partial p;
    static const char *const bad[] = { "", "/", "dir/", ".", "..", "dir/.." };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(io_partial_begin(&p, bad[i], 0600, &err), HZ_E_USAGE);
    assert_int_equal(io_partial_begin(&p, "missing/out", 0600, &err), HZ_E_NOTFOUND);
}

static void bytes_in_one_go(void **state)
{
    (void)state;
    struct hz_error err;
    char path[4096];
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_non_null(getcwd(path, sizeof path - 16));
    strcat(path, "/dir/out");
    assert_int_equal(io_commit_bytes(path, 0600, "xyz", 3, &err), HZ_OK);
    folder_expect("dir/out", "xyz");
    assert_int_equal(io_commit_bytes("dir/out", 0600, "new", 3, &err), HZ_E_EXISTS);
    folder_expect("dir/out", "xyz");
}

static void trees_are_renamed_once(void **state)
{
    (void)state;
    struct hz_error err;
    assert_int_equal(mkdir("a", 0700), 0);
    assert_int_equal(mkdir("empty", 0700), 0);
    folder_write("a/f", "x");
    folder_write("file", "x");
    int here;
    assert_int_equal(io_open_directory(".", &here, &err), HZ_OK);
    assert_int_equal(io_rename_new(here, "a", "empty", &err), HZ_E_EXISTS);
    assert_int_equal(io_rename_new(here, "a", "file", &err), HZ_E_EXISTS);
    assert_int_equal(symlink("a", "link"), 0);
    assert_int_not_equal(io_rename_new(here, "link", "b", &err), HZ_OK);
    assert_int_equal(io_rename_new(here, "none", "b", &err), HZ_E_NOTFOUND);
    assert_int_equal(io_rename_new(here, "a", "b", &err), HZ_OK);
    folder_expect("b/f", "x");
    assert_true(!there("a"));
    io_close(&here);
}

/* NFS and some FUSE file systems answer EINVAL to RENAME_NOREPLACE. */
static int commit_without_noreplace(void)
{
    struct io_partial p;
    deny(SCMP_SYS(renameat2), EINVAL, DENY_ANY);
    if (io_commit_bytes("out", 0600, "xyz", 3, NULL) != HZ_OK || !there("out") || there("out.partial"))
        return 1;
    if (io_partial_begin(&p, "late", 0600, NULL) != HZ_OK)
        return 2;
    folder_write("late", "somebody else's");
    if (io_partial_commit(&p, NULL) != HZ_E_EXISTS || !there("late.partial"))
        return 3;
    io_partial_abort(&p);
    folder_expect("late", "somebody else's");
    return 0;
}

static int commit_on_old_kernel(void)
{
    deny(SCMP_SYS(renameat2), ENOSYS, DENY_ANY);
    return io_commit_bytes("old", 0600, "xyz", 3, NULL);
}

static void file_systems_without_noreplace(void **state)
{
    (void)state;
    in_child(commit_without_noreplace);
    folder_expect("out", "xyz");
    in_child(commit_on_old_kernel);
    folder_expect("old", "xyz");
}

/* A failed fsync: the final name never appears. */
static int commit_without_sync(void)
{
    struct hz_error err;
    deny(SCMP_SYS(fsync), EIO, DENY_ANY);
    if (io_commit_bytes("out", 0600, "xyz", 3, &err) != HZ_E_IO || err.sys_errno != EIO)
        return 1;
    if (strncmp(err.text, "out.partial: ", 13) != 0)
        return 2;
    return there("out") || there("out.partial") ? 3 : 0;
}

static int rename_without_sync(void)
{
    struct hz_error err;
    deny(SCMP_SYS(syncfs), EIO, DENY_ANY);
    if (mkdir("tree", 0700) != 0 || io_rename_new(AT_FDCWD, "tree", "final", &err) != HZ_E_IO)
        return 1;
    return there("final") ? 2 : 0;
}

/* The directory's fsync comes after the rename, which is taken back. */
static int commit_without_directory_sync(void)
{
    struct hz_error err;
    struct io_partial p;
    if (io_partial_begin(&p, "late", 0600, &err) != HZ_OK)
        return 1;
    deny(SCMP_SYS(fsync), EIO, (struct scmp_arg_cmp) { 0, SCMP_CMP_EQ, (scmp_datum_t)p.directory, 0 });
    if (io_partial_commit(&p, &err) != HZ_E_IO || strncmp(err.text, "late: ", 6) != 0)
        return 2;
    if (there("late") || !there("late.partial"))
        return 3;
    io_partial_abort(&p);
    return there("late.partial") ? 4 : 0;
}

static int rename_without_directory_sync(void)
{
    struct hz_error err;
    deny(SCMP_SYS(fsync), EIO, DENY_ANY);
    int here;
    if (io_open_directory(".", &here, &err) != HZ_OK || mkdir("moved", 0700) != 0)
        return 1;
    if (io_rename_new(here, "moved", "final", &err) != HZ_E_IO)
        return 2;
    return there("final") || !there("moved") ? 3 : 0;
}

/* Neither the folder's fsync nor what would take the rename back: nothing stays under the name. */
static int tree_without_a_way_back(void)
{
    struct hz_error err;
    struct io_tree t;
    int fd = -1;
    if (io_tree_begin(&t, "wood", &err) != HZ_OK || io_create_new(t.fd, "file", 0600, &fd, &err) != HZ_OK)
        return 1;
    io_close(&fd);
    deny(SCMP_SYS(fsync), EIO, (struct scmp_arg_cmp) { 0, SCMP_CMP_EQ, (scmp_datum_t)t.directory, 0 });
    deny(SCMP_SYS(renameat2), EIO, (struct scmp_arg_cmp) { 1, SCMP_CMP_EQ, (scmp_datum_t)(uintptr_t)t.name, 0 });
    if (io_tree_commit(&t, &err) != HZ_E_IO || !there("wood"))
        return 2;
    io_tree_abort(&t);
    return there("wood") || there("wood.partial") ? 3 : 0;
}

static void a_failed_sync_is_final(void **state)
{
    (void)state;
    in_child(commit_without_sync);
    in_child(rename_without_sync);
    in_child(commit_without_directory_sync);
    in_child(rename_without_directory_sync);
    in_child(tree_without_a_way_back);
}

TEST_MAIN(FOLDER_TEST(the_name_appears_at_commit), FOLDER_TEST(nothing_is_overwritten),
          FOLDER_TEST(a_name_taken_meanwhile_is_kept), FOLDER_TEST(keep_and_abort),
          FOLDER_TEST(paths_that_name_no_file), FOLDER_TEST(bytes_in_one_go),
          FOLDER_TEST(file_systems_without_noreplace), FOLDER_TEST(a_failed_sync_is_final),
          FOLDER_TEST(trees_are_renamed_once))
