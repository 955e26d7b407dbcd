#include "base/io_commit.h"

#include <fcntl.h>

#include "base/io_open.h"
#include "base/io_rw.h"
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
    assert_int_equal(io_rename_new(here, "none", "b", &err), HZ_E_NOTFOUND);
    assert_int_equal(io_rename_new(here, "a", "b", &err), HZ_OK);
    folder_expect("b/f", "x");
    assert_true(!there("a"));
    io_close(&here);
}

TEST_MAIN(FOLDER_TEST(the_name_appears_at_commit), FOLDER_TEST(nothing_is_overwritten),
          FOLDER_TEST(a_name_taken_meanwhile_is_kept), FOLDER_TEST(keep_and_abort),
          FOLDER_TEST(paths_that_name_no_file), FOLDER_TEST(bytes_in_one_go), FOLDER_TEST(trees_are_renamed_once))
