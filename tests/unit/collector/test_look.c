#include "collector/look.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

static int root = -1;
static char here[4096];

static int begin(void **state)
{
    struct hz_error err;
    if (folder_enter(state) != 0 || getcwd(here, sizeof here) == NULL)
        return -1;
    return io_open_directory("/", &root, &err);
}

static int end(void **state)
{
    io_close(&root);
    return folder_leave(state);
}

static const char *full(const char *name)
{
    static char path[8192];
    snprintf(path, sizeof path, "%s/%s", here, name);
    return path;
}

static void reads_small_files(void **state)
{
    (void)state;
    struct hz_error err;
    struct buf text = BUF_INIT(8);
    folder_write("file", "1234");
    assert_int_equal(symlink("file", "link"), 0);
    assert_int_equal(symlink("link", "chain"), 0);
    assert_int_equal(look_read(root, full("chain"), &text, &err), HZ_OK);
    assert_int_equal(text.len, 4);
    assert_memory_equal(text.data, "1234", 4);
    buf_reset(&text);
    folder_write("file", "123456789");
    assert_int_equal(look_read(root, full("file"), &text, &err), HZ_OK); /* the first bytes only */
    assert_int_equal(text.len, 8);
    buf_reset(&text);
    assert_int_equal(look_read(root, full("gone"), &text, &err), HZ_E_NOTFOUND);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(look_read(root, full("fifo"), &text, &err), HZ_E_UNSUPPORTED);
    assert_int_equal(text.len, 0);
    buf_free(&text);
}

static void opens_paths_without_following(void **state)
{
    (void)state;
    struct hz_error err;
    struct statx st;
    int fd = -1;
    assert_int_equal(mkdir("d", 0755), 0);
    folder_write("d/f", "");
    assert_int_equal(symlink("d", "link"), 0);
    assert_int_equal(look_path(root, full("d/f"), strlen(full("d/f")), &fd, &err), HZ_OK);
    io_close(&fd);
    assert_int_not_equal(look_path(root, full("link/f"), strlen(full("link/f")), &fd, &err), HZ_OK);
    assert_int_equal(err.sys_errno, ENOTDIR);
    assert_int_equal(look_path(root, full("link"), strlen(full("link")), &fd, &err), HZ_OK);
    assert_int_equal(io_statx(fd, &st, &err), HZ_OK);
    assert_true(S_ISLNK(st.stx_mode));
    io_close(&fd);
    assert_int_equal(look_path(root, "/", 1, &fd, &err), HZ_OK);
    io_close(&fd);
}

#define LOOK_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
TEST_MAIN(LOOK_TEST(reads_small_files), LOOK_TEST(opens_paths_without_following))
