#include "base/io_proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io_count.h"
#include "base/io_open.h"
#include "tests/unit/test.h"

static char folder[64];
static int at = -1;

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/hozen-proc-XXXXXX");
    assert_non_null(mkdtemp(folder));
    at = open(folder, O_RDONLY | O_DIRECTORY);
    int fd = openat(at, "ten", O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "0123456789", 10), 10);
    close(fd);
    assert_int_equal(symlinkat("ten", at, "link"), 0);
    assert_int_equal(mkfifoat(at, "pipe", 0600), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlinkat(at, "ten", 0);
    unlinkat(at, "link", 0);
    unlinkat(at, "pipe", 0);
    close(at);
    return rmdir(folder);
}

static void a_file_is_read_up_to_its_bound(void **state)
{
    struct buf out = BUF_INIT(100);
    struct hz_error err;
    bool more;
    (void)state;
    assert_int_equal(io_proc_read(at, "ten", 10, &out, &more, &err), HZ_OK);
    assert_false(more);
    assert_int_equal(out.len, 10);
    assert_int_equal(io_proc_read(at, "ten", 4, &out, &more, &err), HZ_OK);
    assert_true(more);
    assert_int_equal(out.len, 14);
    assert_memory_equal(out.data, "01234567890123", 14);
    buf_free(&out);
}

static void nothing_else_is_read(void **state)
{
    struct buf out = BUF_INIT(100);
    struct hz_error err;
    (void)state;
    assert_int_equal(io_proc_read(at, "pipe", 10, &out, NULL, &err), HZ_E_UNSUPPORTED);
    assert_int_equal(err.sys_errno, EINVAL);
    assert_int_not_equal(io_proc_read(at, "link", 10, &out, NULL, &err), HZ_OK);
    assert_int_equal(err.sys_errno, ELOOP);
    assert_int_equal(io_proc_read(at, "nothing", 10, &out, NULL, &err), HZ_E_NOTFOUND);
    assert_int_equal(out.len, 0);
}

static void links_are_read_and_followed(void **state)
{
    struct buf out = BUF_INIT(100);
    struct hz_error err;
    int fd = -1;
    struct stat st;
    (void)state;
    assert_int_equal(io_proc_link(at, "link", &out, &err), HZ_OK);
    assert_int_equal(out.len, 3);
    assert_memory_equal(out.data, "ten", 3);
    assert_int_equal(io_proc_follow(at, "link", &fd, &err), HZ_OK);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_size, 10);
    io_close(&fd);
    assert_int_equal(io_proc_follow(at, "pipe", &fd, &err), HZ_E_UNSUPPORTED);
    assert_int_equal(fd, -1);
    buf_free(&out);
}

/* What is no regular file is not even opened: a writer that waits for a reader of its pipe goes on waiting. */
static void only_files_are_opened_behind_links(void **state)
{
    struct hz_error err;
    char path[64];
    int fd = -1, noatime = -1;
    struct stat st;
    (void)state;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY);
    int file = openat(at, "ten", O_RDONLY), pipe = openat(at, "pipe", O_PATH);
    snprintf(path, sizeof path, "%d/fd/%d", (int)getpid(), file);
    assert_int_equal(io_proc_file(proc, path, &fd, &noatime, &err), HZ_OK);
    assert_int_equal(noatime, 1);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_size, 10);
    io_close(&fd);
    uint64_t before = io_count_now().opened;
    snprintf(path, sizeof path, "%d/fd/%d", (int)getpid(), pipe);
    assert_int_equal(io_proc_file(proc, path, &fd, &noatime, &err), HZ_E_UNSUPPORTED);
    assert_int_equal(fd, -1);
    assert_int_equal(io_count_now().opened, before + 1);
    assert_int_equal(openat(at, "pipe", O_WRONLY | O_NONBLOCK), -1);
    assert_int_equal(errno, ENXIO);
    assert_int_equal(io_proc_file(proc, "4294967295/exe", &fd, &noatime, &err), HZ_E_NOTFOUND);
    close(pipe);
    close(file);
    close(proc);
}

static int count(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    (void)name;
    (void)type;
    unsigned *n = context;
    return ++*n == 2 ? hz_error_set(err, HZ_E_LIMIT, "enough") : HZ_OK;
}

static void a_listing_ends_when_told(void **state)
{
    struct hz_error err;
    unsigned n = 0;
    (void)state;
    assert_int_equal(io_proc_list(at, ".", count, &n, &err), HZ_E_LIMIT);
    assert_int_equal(n, 2);
    n = 10;
    assert_int_equal(io_proc_list(at, ".", count, &n, &err), HZ_OK);
    assert_int_equal(n, 13);
}

static void what_is_opened_is_counted(void **state)
{
    struct buf out = BUF_INIT(100);
    struct hz_error err;
    struct io_count before = io_count_now();
    (void)state;
    assert_int_equal(io_proc_read(at, "ten", 10, &out, NULL, &err), HZ_OK);
    assert_int_equal(io_proc_read(at, "nothing", 10, &out, NULL, &err), HZ_E_NOTFOUND);
    assert_int_equal(io_count_now().opened, before.opened + 1);
    buf_free(&out);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

TEST_MAIN(EACH(a_file_is_read_up_to_its_bound), EACH(nothing_else_is_read), EACH(links_are_read_and_followed),
          EACH(only_files_are_opened_behind_links), EACH(a_listing_ends_when_told), EACH(what_is_opened_is_counted))
