#include "collector/db_snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

#define DB_BYTES ((size_t)600 << 10) /* three pieces */

static int root = -1;
static char path[8192];
static int64_t patience_ns;

static unsigned fail_at; /* which statx(2) from now on fails; 0: none */
static int fail_errno;

int __real_statx(int at, const char *name, int flags, unsigned mask, struct statx *out);
int __wrap_statx(int at, const char *name, int flags, unsigned mask, struct statx *out);

int __wrap_statx(int at, const char *name, int flags, unsigned mask, struct statx *out)
{
    if (fail_at == 0 || --fail_at > 0)
        return __real_statx(at, name, flags, mask, out);
    errno = fail_errno;
    return -1;
}

static void put_file(const char *name, const void *bytes, size_t len)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* What happens when the first piece was copied, in a given try. */
struct scene {
    void (*act)(unsigned try);
    unsigned calls;
    int result;
    bool stopped;
};

static bool stopped(void *context)
{
    return ((struct scene *)context)->stopped;
}

static int step(void *context, size_t len, struct hz_error *err)
{
    struct scene *s = context;
    (void)len;
    if (s->act != NULL)
        s->act(s->calls);
    s->calls++;
    return s->result == HZ_OK ? HZ_OK : hz_error_set(err, s->result, "stopped");
}

static int begin(void **state)
{
    struct hz_error err;
    char here[4096];
    if (folder_enter(state) != 0 || getcwd(here, sizeof here) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/db", here);
    return io_open_directory("/", &root, &err);
}

static int end(void **state)
{
    io_close(&root);
    return folder_leave(state);
}

/* mode 1: rollback journal, 2: write-ahead log. */
static void make(const char *name, unsigned char mode)
{
    static unsigned char bytes[DB_BYTES];
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, "SQLite format 3\0\x10\x00", 18);
    bytes[18] = bytes[19] = mode;
    put_file(name, bytes, sizeof bytes);
}

/* --db-hold long enough for none of it to end; wal mode is not bounded, and each step is seen. */
static int take(struct db_snapshot *s, struct scene *scene)
{
    struct hz_error err;
    const struct db_request request = { .root = root,
                                        .origin = { path, strlen(path) },
                                        .wait_ns = patience_ns,
                                        .hold_ns = INT64_C(60000000000),
                                        .stopped = stopped,
                                        .step = step,
                                        .context = scene,
                                        .directory = -1,
                                        .room = DB_BYTES * 4 };
    db_snapshot_init(s);
    return db_snapshot_take(s, &request, &err);
}

/* Nothing that the snapshot still has open is locked. */
static void assert_free(void)
{
    int fd = open("db", O_RDWR);
    struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fd < 0)
        return;
    assert_int_equal(fcntl(fd, F_OFD_SETLK, &l), 0);
    close(fd);
}

static void at_rest(void **state)
{
    (void)state;
    struct scene scene = { 0 };
    struct db_snapshot s;
    make("db", 1);
    assert_int_equal(take(&s, &scene), HZ_OK);
    assert_true(s.locked && s.why == NULL);
    assert_int_equal(s.mode, DB_MODE_ROLLBACK);
    assert_int_equal(s.page_size, 4096);
    assert_int_equal(s.tries, 1);
    assert_int_equal(s.files[DB_MAIN].copied, DB_BYTES);
    assert_free();
    db_snapshot_close(&s);
}

/* A log that counts makes it WAL mode, in which nobody waits for us; an empty one beside a rollback database does not.
 */
static void an_empty_log_is_none(void **state)
{
    (void)state;
    struct scene scene = { 0 };
    struct db_snapshot s;
    make("db", 1);
    put_file("db-wal", "", 0);
    assert_int_equal(take(&s, &scene), HZ_OK);
    assert_int_equal(s.mode, DB_MODE_ROLLBACK);
    assert_true(s.locked);
    db_snapshot_close(&s);
    put_file("db-wal", "x", 1);
    assert_int_equal(take(&s, &scene), HZ_OK);
    assert_int_equal(s.mode, DB_MODE_WAL);
    db_snapshot_close(&s);
}

static void replace(unsigned call)
{
    if (call != 0)
        return;
    make("new", 2);
    assert_int_equal(rename("new", "db"), 0);
    assert_int_equal(unlink("db-journal"), 0);
}

/* The second try says nothing of what the first one saw. */
static void replaced_and_made_again(void **state)
{
    (void)state;
    struct scene scene = { .act = replace };
    struct db_snapshot s;
    make("db", 2);
    put_file("db-journal", "hot and long enough", 19);
    assert_int_equal(take(&s, &scene), HZ_OK);
    assert_true(s.locked);
    assert_int_equal(s.tries, 2);
    assert_false(s.hot || s.super || s.changed);
    assert_true(s.held_ns > 0);
    assert_free();
    db_snapshot_close(&s);
}

static void replace_always(unsigned call)
{
    (void)call;
    make("new", 2);
    assert_int_equal(rename("new", "db"), 0);
}

static void replaced_again_and_again(void **state)
{
    (void)state;
    struct scene scene = { .act = replace_always };
    struct db_snapshot s;
    make("db", 2);
    assert_int_equal(take(&s, &scene), HZ_OK);
    assert_false(s.locked);
    assert_string_equal(s.why, "another file took its place while it was copied");
    assert_int_equal(s.tries, 3);
    assert_int_equal(s.files[DB_MAIN].copied, DB_BYTES);
    assert_free();
    db_snapshot_close(&s);
}

/* The end of the collection, and our own shortage: no lock stays, whoever still has the files open. */
static void ended_in_the_middle(void **state)
{
    (void)state;
    struct scene late = { .result = HZ_E_TIMEOUT }, stop = { .stopped = true };
    struct db_snapshot s;
    for (unsigned char mode = 1; mode <= 2; mode++) {
        make("db", mode);
        struct scene here = late;
        assert_int_equal(take(&s, mode == 2 ? &here : &stop), HZ_E_TIMEOUT);
        assert_free();
        db_snapshot_close(&s);
    }
}

static int hold(const char *name, short type, off_t from)
{
    int fd = open(name, O_RDWR);
    struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = from, .l_len = 1 };
    assert_int_equal(fcntl(fd, F_OFD_SETLK, &l), 0);
    return fd;
}

static void assert_refused(const char *why)
{
    struct scene scene = { 0 };
    struct db_snapshot s;
    for (patience_ns = 1; patience_ns < 200000; patience_ns = patience_ns * 5 / 4 + 1) {
        assert_int_equal(take(&s, &scene), HZ_OK);
        assert_false(s.locked);
        assert_string_equal(s.why, why);
        assert_true(s.refused);
        db_snapshot_close(&s);
    }
    patience_ns = 0;
}

/* Whoever is told that a lock was refused in all the time there is has the next ones waited for less. */
static void refused_in_all_the_time_there_was(void **state)
{
    (void)state;
    make("db", 1);
    int fd = hold("db", F_WRLCK, 0x40000000); /* PENDING_BYTE */
    assert_refused("the lock was not granted in time");
    close(fd);
    make("db", 2);
    put_file("db-shm", "", 0);
    int user = hold("db-shm", F_RDLCK, 128), keeper = hold("db-shm", F_WRLCK, 121); /* in use, and WAL_CKPT_LOCK */
    assert_refused("the locks on its -shm were not granted in time");
    close(user);
    close(keeper);
}

static void not_refused_where_it_is_granted(void **state)
{
    (void)state;
    struct scene scene = { 0 };
    struct db_snapshot s;
    make("db", 1);
    assert_int_equal(take(&s, &scene), HZ_OK); /* with no patience at all */
    assert_true(s.locked);
    assert_false(s.refused);
    db_snapshot_close(&s);
}

static void what_is_beside_it_and_no_file(void **state)
{
    (void)state;
    struct scene scene = { 0 };
    struct db_snapshot s;
    make("db", 2);
    assert_int_equal(mkfifo("db-wal", 0600), 0);
    assert_int_equal(take(&s, &scene), HZ_OK);
    assert_false(s.locked);
    assert_int_equal(s.files[DB_WAL].failed, ENOTSUP);
    assert_string_equal(s.why, "a file that belongs to it cannot be read");
    assert_free();
    db_snapshot_close(&s);
}

/* Whatever a file system says instead of what a file is, it is said of the evidence: the run goes on. */
static void no_answer_about_it_ends_more_than_its_copy(void **state)
{
    static const int errors[] = { ENOENT, EACCES, EPERM, EIO, ESTALE, ETIMEDOUT };
    (void)state;
    make("db", 1);
    for (size_t e = 0; e < sizeof errors / sizeof errors[0]; e++) {
        bool failed = true;
        for (unsigned at = 1; failed; at++) {
            struct scene scene = { 0 };
            struct db_snapshot s;
            fail_at = at;
            fail_errno = errors[e];
            int rc = take(&s, &scene);
            failed = fail_at == 0;
            assert_true(rc == HZ_OK || rc == HZ_E_IO);
            assert_free();
            db_snapshot_close(&s);
        }
    }
    fail_at = 0;
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, end)

TEST_MAIN(IN_FOLDER(at_rest), IN_FOLDER(an_empty_log_is_none), IN_FOLDER(replaced_and_made_again),
          IN_FOLDER(replaced_again_and_again), IN_FOLDER(ended_in_the_middle),
          IN_FOLDER(refused_in_all_the_time_there_was), IN_FOLDER(not_refused_where_it_is_granted),
          IN_FOLDER(what_is_beside_it_and_no_file), IN_FOLDER(no_answer_about_it_ends_more_than_its_copy))
