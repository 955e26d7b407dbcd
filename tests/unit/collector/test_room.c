#include "collector/room.h"

#include <fcntl.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "tests/unit/base/folder.h"

static void a_reserve_is_left(void **state)
{
    (void)state;
    struct hz_error err;
    struct room room;
    uint64_t space;
    int fd = -1;
    assert_int_equal(io_open_directory(".", &fd, &err), HZ_OK);
    assert_int_equal(io_free_space(fd, &space, &err), HZ_OK);
    assert_true(space > 0 && space < UINT64_MAX);
    room_begin(&room, fd);
    assert_true(room.reserve > 0 && room.reserve <= ROOM_RESERVE && room.reserve <= space / 8);
    assert_true(room_left(&room) > space / 2 && room_left(&room) < space);
    room.reserve = space / 4 * 3;
    assert_true(room_left(&room) > 0 && room_left(&room) < space / 2);
    room.reserve = UINT64_MAX;
    assert_true(room_left(&room) == 0);
    io_close(&fd);
}

static void where_nothing_is_said_nothing_is_refused(void **state)
{
    (void)state;
    struct room room;
    struct hz_error err;
    uint64_t space = 0;
    int proc = -1;
    assert_int_equal(io_open_directory("/proc", &proc, &err), HZ_OK);
    assert_int_equal(io_free_space(proc, &space, &err), HZ_OK);
    assert_true(space == UINT64_MAX);
    room_begin(&room, proc);
    assert_true(room_left(&room) == UINT64_MAX);
    room_begin(&room, -1);
    assert_true(room_left(&room) == UINT64_MAX);
    io_close(&proc);
}

#define ROOM_TEST(f) cmocka_unit_test_setup_teardown(f, folder_enter, folder_leave)
TEST_MAIN(ROOM_TEST(a_reserve_is_left), ROOM_TEST(where_nothing_is_said_nothing_is_refused))
