#include "base/io_open.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "base/io_rw.h"
#include "tests/unit/base/deny.h"
#include "tests/unit/base/folder.h"

static void inputs(void **state)
{
    (void)state;
    struct hz_error err;
    int fd = -7;
    folder_write("file", "x");
    assert_int_equal(symlink("file", "link"), 0);
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_int_equal(io_open_input("link", &fd, &err), HZ_OK);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    io_close(&fd);
    assert_int_equal(fd, -1);
    io_close(&fd);
    fd = -7;
    assert_int_equal(io_open_input("dir", &fd, &err), HZ_E_FORMAT);
    assert_string_equal(err.text, "dir is a directory");
    assert_int_equal(io_open_input("none", &fd, &err), HZ_E_NOTFOUND);
    assert_string_equal(err.text, "cannot open none: No such file or directory");
    assert_int_equal(err.sys_errno, ENOENT);
    assert_int_equal(io_open_input("file/x", &fd, &err), HZ_E_NOTFOUND);
    assert_int_equal(io_open_input("/dev/null", &fd, &err), HZ_E_FORMAT);
    assert_int_equal(fd, -7);
}

static void what_cannot_be_looked_at_is_not_absent(void **state)
{
    (void)state;
    static const char *const absent[] = { "none", "dir", "file/x", "loop", "dangling" };
    struct hz_error err;
    bool there = false;
    folder_write("file", "x");
    assert_int_equal(symlink("file", "link"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(symlink("none", "dangling"), 0);
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_int_equal(io_find_regular(AT_FDCWD, "file", "shown", &there, &err), HZ_OK);
    assert_true(there);
    there = false;
    assert_int_equal(io_find_regular(AT_FDCWD, "link", "shown", &there, &err), HZ_OK);
    assert_true(there);
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_int_equal(io_find_regular(AT_FDCWD, absent[i], "shown", &there, &err), HZ_OK);
        assert_false(there);
    }
    there = true;
    assert_int_not_equal(io_find_regular(-7, "file", "shown", &there, &err), HZ_OK);
    assert_false(there);
    assert_string_equal(err.text, "shown: Bad file descriptor");
}

static void an_input_may_be_a_pipe(void **state)
{
    (void)state;
    int ends[2], fd;
    char path[64];
    struct hz_error err;
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(io_open_input(path, &fd, &err), HZ_OK);
    io_close(&fd);
    close(ends[0]);
    close(ends[1]);
}

static void directories(void **state)
{
    (void)state;
    struct hz_error err;
    int fd;
    folder_write("file", "x");
    assert_int_equal(io_open_directory(".", &fd, &err), HZ_OK);
    io_close(&fd);
    assert_int_equal(io_open_directory("file", &fd, &err), HZ_E_NOTFOUND);
    assert_int_equal(io_make_directory(AT_FDCWD, "new", 0700, &err), HZ_OK);
    assert_int_equal(io_make_directory(AT_FDCWD, "new", 0700, &err), HZ_E_EXISTS);
}

static void new_files_are_new(void **state)
{
    (void)state;
    struct hz_error err;
    struct stat st;
    int fd = -7;
    umask(022);
    assert_int_equal(symlink("elsewhere", "dangling"), 0);
    assert_int_equal(io_create_new(AT_FDCWD, "dangling", 0600, &fd, &err), HZ_E_EXISTS);
    assert_int_equal(fd, -7);
    assert_int_equal(io_create_new(AT_FDCWD, "new", 0600, &fd, &err), HZ_OK);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    io_close(&fd);
    assert_int_equal(io_create_new(AT_FDCWD, "new", 0600, &fd, &err), HZ_E_EXISTS);
    assert_int_equal(err.sys_errno, EEXIST);
}

static void spools_have_no_name(void **state)
{
    (void)state;
    struct hz_error err;
    struct stat st;
    char back[3];
    size_t got;
    int directory, fd;
    assert_int_equal(io_open_directory(".", &directory, &err), HZ_OK);
    assert_int_equal(io_create_spool(directory, &fd, &err), HZ_OK);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_nlink, 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(io_write(fd, "abc", 3, &err), HZ_OK);
    assert_int_equal(io_read_at(fd, 0, back, 3, &got, &err), HZ_OK);
    assert_memory_equal(back, "abc", 3);
    io_close(&fd);
    io_close(&directory);
}

/* Where O_TMPFILE is not known, the file has a name for a moment and none afterwards. */
static int spool_without_tmpfile(int sys_errno)
{
    int directory, fd;
    struct stat st;
    if (io_open_directory(".", &directory, NULL) != HZ_OK)
        return 1;
    deny(SCMP_SYS(openat), sys_errno, SCMP_A2(SCMP_CMP_MASKED_EQ, O_TMPFILE, O_TMPFILE));
    if (io_create_spool(directory, &fd, NULL) != HZ_OK || fstat(fd, &st) != 0)
        return 2;
    if (st.st_nlink != 0 || (st.st_mode & 07777) != 0600 || io_write(fd, "x", 1, NULL) != HZ_OK)
        return 3;
    return 0;
}

static int spool_without_operation(void)
{
    return spool_without_tmpfile(EOPNOTSUPP);
}

static int spool_where_it_is_a_directory(void)
{
    return spool_without_tmpfile(EISDIR); /* kernels before 3.11 */
}

static int spool_with_unknown_flag(void)
{
    return spool_without_tmpfile(EINVAL);
}

static int spool_on_full_disk(void)
{
    int fd = -7;
    struct hz_error err;
    deny(SCMP_SYS(openat), ENOSPC, SCMP_A2(SCMP_CMP_MASKED_EQ, O_TMPFILE, O_TMPFILE));
    if (io_create_spool(AT_FDCWD, &fd, &err) != HZ_E_IO || err.sys_errno != ENOSPC)
        return 1;
    return fd == -7 ? 0 : 2;
}

static void spools_elsewhere(void **state)
{
    (void)state;
    in_child(spool_without_operation);
    in_child(spool_where_it_is_a_directory);
    in_child(spool_with_unknown_flag);
    in_child(spool_on_full_disk);
    assert_int_equal(rmdir(*(char **)state), 0); /* nothing was left behind */
    assert_int_equal(mkdir(*(char **)state, 0700), 0);
}

static void entering_never_follows_a_link(void **state)
{
    (void)state;
    struct hz_error err;
    int fd = -7;
    folder_write("file", "x");
    assert_int_equal(mkdir("real", 0700), 0);
    assert_int_equal(symlink("real", "link"), 0);
    assert_int_equal(io_enter_directory(AT_FDCWD, "made", 0750, &fd, &err), HZ_OK);
    io_close(&fd);
    assert_int_equal(io_enter_directory(AT_FDCWD, "made", 0750, &fd, &err), HZ_OK);
    io_close(&fd);
    fd = -7;
    assert_int_not_equal(io_enter_directory(AT_FDCWD, "link", 0700, &fd, &err), HZ_OK);
    assert_int_not_equal(io_enter_directory(AT_FDCWD, "file", 0700, &fd, &err), HZ_OK);
    static const char *const bad[] = { "", ".", "..", "a/b", "/" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(io_enter_directory(AT_FDCWD, bad[i], 0700, &fd, &err), HZ_E_FORMAT);
    assert_int_equal(fd, -7);
}

static void evidence_is_read_without_following(void **state)
{
    (void)state;
    struct hz_error err;
    struct statx st;
    int look, fd, noatime = -1;
    char byte;
    size_t got;
    folder_write("file", "x");
    assert_int_equal(io_evidence_look(AT_FDCWD, "file", &look, &err), HZ_OK);
    assert_int_equal(rename("file", "renamed"), 0); /* the descriptor stays with the object */
    folder_write("file", "y");
    assert_int_equal(io_evidence_reopen(look, &fd, &noatime, &err), HZ_OK);
    assert_int_equal(noatime, 1);
    assert_int_equal(fcntl(fd, F_GETFL) & (O_NOATIME | O_NONBLOCK | O_ACCMODE), O_NOATIME | O_NONBLOCK | O_RDONLY);
    assert_int_equal(io_read(fd, &byte, 1, &got, &err), HZ_OK);
    assert_int_equal(byte, 'x');
    assert_int_equal(io_statx(look, &st, &err), HZ_OK);
    assert_int_equal(st.stx_size, 1);
    io_close(&fd);
    io_close(&look);
}

static void evidence_of_other_kinds_is_not_opened(void **state)
{
    (void)state;
    struct hz_error err;
    int look, fd = -7, noatime = -7;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_int_equal(symlink("fifo", "link"), 0);
    static const char *const names[] = { "fifo", "dir", "link" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(io_evidence_look(AT_FDCWD, names[i], &look, &err), HZ_OK);
        assert_int_equal(io_evidence_reopen(look, &fd, &noatime, &err), HZ_E_UNSUPPORTED);
        io_close(&look);
    }
    assert_int_equal(fd, -7);
    assert_int_equal(noatime, -7);
    assert_int_equal(io_evidence_look(AT_FDCWD, "dir", &look, &err), HZ_OK);
    assert_int_equal(io_evidence_directory(look, &fd, &noatime, &err), HZ_OK);
    assert_int_equal(noatime, 1);
    io_close(&fd);
    io_close(&look);
    assert_int_equal(io_evidence_look(AT_FDCWD, "fifo", &look, &err), HZ_OK);
    assert_int_not_equal(io_evidence_directory(look, &fd, &noatime, &err), HZ_OK);
    io_close(&look);
    assert_int_equal(io_evidence_look(AT_FDCWD, "none", &look, &err), HZ_E_NOTFOUND);
    assert_int_equal(err.sys_errno, ENOENT);
    assert_int_equal(io_evidence_look(AT_FDCWD, "dir/x", &look, &err), HZ_E_FORMAT);
}

/* An owner who is not us: O_NOATIME gives EPERM, reading goes on and says so. */
static void reading_anothers_file_falls_back(void **state)
{
    (void)state;
    struct hz_error err;
    int look, fd, noatime = -7;
    if (geteuid() != 0)
        return; /* only root can make the case; the run as root covers it */
    folder_write("file", "x");
    assert_int_equal(chmod("file", 0644), 0);
    assert_int_equal(io_evidence_look(AT_FDCWD, "file", &look, &err), HZ_OK);
    assert_int_equal(seteuid(65534), 0);
    int rc = io_evidence_reopen(look, &fd, &noatime, &err);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(rc, HZ_OK);
    assert_int_equal(noatime, 0);
    io_close(&fd);
    io_close(&look);
}

/* A folder of our own in place of /proc, in a mount namespace of our own. 77: not allowed here. */
static int hide_proc(void)
{
    if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return 77;
    if (mount("none", "/proc", NULL, MS_PRIVATE, NULL) != 0 || mount("none", "/proc", "tmpfs", 0, NULL) != 0)
        return 77;
    return 0;
}

static int reopen_without_proc(void)
{
    struct hz_error err;
    int look, fd = -7, noatime = -7;
    if (io_evidence_look(AT_FDCWD, "file", &look, NULL) != HZ_OK)
        return 1;
    int rc = hide_proc();
    if (rc != 0)
        return rc;
    if (io_evidence_reopen(look, &fd, &noatime, &err) == HZ_OK || err.sys_errno != ENOSYS || fd != -7)
        return 2;
    char fake[64];
    snprintf(fake, sizeof fake, "/proc/self/fd/%d", look);
    if (mkdir("/proc/self", 0700) != 0 || mkdir("/proc/self/fd", 0700) != 0)
        return 3;
    folder_write(fake, "not the evidence");
    if (io_evidence_reopen(look, &fd, &noatime, &err) == HZ_OK || err.sys_errno != ENOSYS)
        return 4;
    return fd == -7 && noatime == -7 ? 0 : 5;
}

static void a_false_proc_is_noticed(void **state)
{
    (void)state;
    folder_write("file", "x");
    pid_t pid = fork();
    if (pid == 0)
        _exit(reopen_without_proc());
    int raw = -1;
    assert_int_equal(waitpid(pid, &raw, 0), pid);
    if (WIFEXITED(raw) && WEXITSTATUS(raw) == 77)
        skip();
    assert_int_equal(raw, 0);
}

static void link_targets_of_any_length(void **state)
{
    (void)state;
    static const size_t lengths[] = { 1, 255, 256, 257, 4000 };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct hz_error err;
        char want[4096] = "", *target = NULL;
        size_t len = 0;
        int look;
        memset(want, 'x', lengths[i]);
        remove("link");
        assert_int_equal(symlink(want, "link"), 0);
        assert_int_equal(io_evidence_look(AT_FDCWD, "link", &look, &err), HZ_OK);
        assert_int_equal(io_evidence_readlink(look, &target, &len, &err), HZ_OK);
        assert_int_equal(len, lengths[i]);
        assert_string_equal(target, want);
        free(target);
        io_close(&look);
    }
}

TEST_MAIN(FOLDER_TEST(inputs), FOLDER_TEST(what_cannot_be_looked_at_is_not_absent), FOLDER_TEST(an_input_may_be_a_pipe),
          FOLDER_TEST(directories), FOLDER_TEST(new_files_are_new), FOLDER_TEST(spools_have_no_name),
          FOLDER_TEST(spools_elsewhere), FOLDER_TEST(entering_never_follows_a_link),
          FOLDER_TEST(evidence_is_read_without_following), FOLDER_TEST(evidence_of_other_kinds_is_not_opened),
          FOLDER_TEST(reading_anothers_file_falls_back), FOLDER_TEST(a_false_proc_is_noticed),
          FOLDER_TEST(link_targets_of_any_length))
