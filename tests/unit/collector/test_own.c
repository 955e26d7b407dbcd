#include "collector/own.h"

#include <fcntl.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

static void knows_files_by_device_and_inode(void **state)
{
    (void)state;
    struct hz_error err;
    struct own own = { .count = 0 };
    struct statx st;
    folder_write("mine", "");
    folder_write("other", "");
    assert_int_equal(link("mine", "same"), 0);
    int mine = open("mine", O_RDONLY), other = open("other", O_RDONLY), same = open("same", O_RDONLY);
    assert_int_equal(own_add(&own, mine, &err), HZ_OK);
    assert_int_equal(io_statx(same, &st, &err), HZ_OK);
    assert_true(own_has(&own, &st));
    assert_int_equal(io_statx(other, &st, &err), HZ_OK);
    assert_false(own_has(&own, &st));
    st = own.files[0];
    st.stx_dev_minor++;
    assert_false(own_has(&own, &st));
    close(mine);
    close(other);
    close(same);
}

TEST_MAIN(FOLDER_TEST(knows_files_by_device_and_inode))
