#include "collector/read.h"

#include <errno.h>
#include <fcntl.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

static unsigned char bytes[3 * READ_BLOCK];

static struct read_part part_of(int fd, uint64_t offset, size_t len)
{
    struct hz_error err;
    struct read_part part;
    assert_int_equal(read_part(fd, NULL, offset, bytes, len, &part, &err), HZ_OK);
    return part;
}

static void parts(void **state)
{
    (void)state;
    folder_write("f", "0123456789");
    int fd = open("f", O_RDONLY);
    struct read_part p = part_of(fd, 2, 8);
    assert_true(p.got == 8 && !p.ended && p.sys_errno == 0);
    assert_memory_equal(bytes, "23456789", 8);
    p = part_of(fd, 8, 8);
    assert_true(p.got == 2 && p.ended && p.sys_errno == 0);
    p = part_of(fd, 100, 8);
    assert_true(p.got == 0 && p.ended && p.sys_errno == 0);
    close(fd);
}

static void failures_are_said(void **state)
{
    (void)state;
    int fd = open(".", O_RDONLY | O_DIRECTORY);
    struct read_part p = part_of(fd, 0, sizeof bytes);
    assert_true(p.got == 0 && !p.ended && p.sys_errno == EISDIR);
    close(fd);
}

static struct read_rest rest_of(int fd, size_t room)
{
    struct hz_error err;
    struct read_rest rest;
    assert_int_equal(read_whole(fd, NULL, bytes, room, &rest, &err), HZ_OK);
    return rest;
}

static void whole_files(void **state)
{
    (void)state;
    folder_write("f", "0123456789");
    int fd = open("f", O_RDONLY);
    struct read_rest r = rest_of(fd, 4);
    assert_true(r.got == 4 && r.full && !r.limited);
    r = rest_of(fd, sizeof bytes); /* goes on from there */
    assert_true(r.got == 6 && !r.full && !r.limited && r.sys_errno == 0);
    assert_memory_equal(bytes, "456789", 6);
    close(fd);
    fd = open(".", O_RDONLY | O_DIRECTORY);
    r = rest_of(fd, sizeof bytes);
    assert_true(r.got == 0 && r.sys_errno == EISDIR);
    close(fd);
}

#define READ_TEST(f) cmocka_unit_test_setup_teardown(f, folder_enter, folder_leave)
TEST_MAIN(READ_TEST(parts), READ_TEST(failures_are_said), READ_TEST(whole_files))
