#include "collector/db_lock.h"

#include <errno.h>
#include <fcntl.h>

#include "tests/unit/base/folder.h"

#define MILLISECOND INT64_C(1000000)

static int open_it(void)
{
    int fd = open("db", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static bool lock(int fd, short type, off_t start, off_t len)
{
    struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };
    return fcntl(fd, F_OFD_SETLK, &l) == 0;
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static bool at_once(void *context)
{
    (void)context;
    return true;
}

static struct db_patience patience(int64_t ns)
{
    return (struct db_patience) { .until = db_lock_now() + ns, .stopped = never };
}

/* What we hold of the database keeps writers out and readers in, and leaves PENDING and RESERVED to them. */
static void holds_shared_alone(void **state)
{
    (void)state;
    struct hz_error err;
    struct db_patience p = patience(100 * MILLISECOND);
    int ours = open_it(), theirs = open_it();
    assert_int_equal(db_lock_database(ours, &p, &err), HZ_OK);
    assert_false(lock(theirs, F_WRLCK, 0x40000002, 510));
    assert_true(lock(theirs, F_RDLCK, 0x40000002, 510));
    assert_true(lock(theirs, F_WRLCK, 0x40000000, 2));
    assert_true(db_lock_reserved(ours));
    assert_true(lock(theirs, F_UNLCK, 0, 0));
    assert_false(db_lock_reserved(ours));
    db_lock_release(ours);
    assert_true(lock(theirs, F_WRLCK, 0, 0));
    close(ours);
    close(theirs);
}

/* Refused anywhere: nothing of it stays behind. */
static void a_refused_lock_leaves_none(void **state)
{
    (void)state;
    static const off_t places[] = { 0x40000000, 0x40000002, 0x40000002 + 509 };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct hz_error err;
        struct db_patience p = patience(10 * MILLISECOND), q = { .until = INT64_MAX, .stopped = at_once };
        int ours = open_it(), theirs = open_it(), third = open_it();
        assert_true(lock(theirs, F_WRLCK, places[i], 1));
        assert_int_equal(db_lock_database(ours, &p, &err), HZ_E_TIMEOUT);
        assert_int_equal(db_lock_database(ours, &q, &err), HZ_E_TIMEOUT);
        close(theirs);
        assert_true(lock(third, F_WRLCK, 0, 0));
        close(third);
        close(ours);
    }
}

/* wal.c: 120 write, 121 checkpoint, 122 recover, 123 to 127 reading marks, 128 in use. */
static void an_index_keeps_checkpoints_out(void **state)
{
    (void)state;
    struct hz_error err;
    struct db_patience p = patience(100 * MILLISECOND);
    int ours = open_it(), theirs = open_it();
    assert_false(db_lock_index_used(ours));
    assert_true(lock(theirs, F_RDLCK, 128, 1));
    assert_true(db_lock_index_used(ours));
    assert_int_equal(db_lock_index(ours, &p, &err), HZ_OK);
    for (off_t at = 120; at <= 128; at++) {
        bool free_byte = at == 120 || at == 122 || (at >= 124 && at <= 126);
        assert_int_equal(lock(theirs, F_WRLCK, at, 1), free_byte);
    }
    db_lock_release(ours);
    assert_true(lock(theirs, F_WRLCK, 0, 0));
    p = patience(10 * MILLISECOND);
    for (off_t at = 121; at <= 128; at++) {
        assert_true(lock(theirs, F_UNLCK, 0, 0));
        assert_true(lock(theirs, F_WRLCK, at, 1));
        bool free_byte = at == 122 || (at >= 124 && at <= 126);
        assert_int_equal(db_lock_index(ours, &p, &err), free_byte ? HZ_OK : HZ_E_TIMEOUT);
        if (!free_byte)
            assert_true(lock(theirs, F_WRLCK, 0, 0)); /* nothing stayed */
        db_lock_release(ours);
        p = patience(10 * MILLISECOND);
    }
    close(ours);
    close(theirs);
}

static void what_cannot_be_locked_is_told(void **state)
{
    (void)state;
    struct hz_error err;
    struct db_patience p = patience(10 * MILLISECOND);
    assert_int_equal(db_lock_database(-1, &p, &err), HZ_E_IO);
    assert_int_equal(err.sys_errno, EBADF);
    assert_int_equal(db_lock_index(-1, &p, &err), HZ_E_IO);
    assert_false(db_lock_index_used(-1));
    assert_false(db_lock_reserved(-1));
}

TEST_MAIN(FOLDER_TEST(holds_shared_alone), FOLDER_TEST(a_refused_lock_leaves_none),
          FOLDER_TEST(an_index_keeps_checkpoints_out), FOLDER_TEST(what_cannot_be_locked_is_told))
