#include "collector/read.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

static struct w_bundle *bundle;
static struct reader reader;
static int output = -1, here = -1, looked = -1;

static int begin(void **state)
{
    struct hz_error err;
    if (folder_enter(state) != 0 || io_open_directory(".", &here, &err) != HZ_OK)
        return -1;
    output = open("out", O_RDWR | O_CREAT, 0600);
    const struct w_bundle_config config = { .name = "T", .output = output, .spool_directory = here };
    reader_init(&reader);
    return w_bundle_open(&bundle, &config, &err);
}

static int end(void **state)
{
    reader_free(&reader);
    w_bundle_free(bundle);
    io_close(&output);
    io_close(&here);
    io_close(&looked);
    return folder_leave(state);
}

static int open_at(int at, const char *name, struct hz_error *err)
{
    io_close(&looked);
    assert_int_equal(io_evidence_look(at, name, &looked, err), HZ_OK);
    return reader_open(&reader, looked, name, strlen(name), err);
}

static void opens(const char *name)
{
    struct hz_error err;
    assert_int_equal(open_at(here, name, &err), HZ_OK);
}

static struct read_outcome copies(const char *path)
{
    struct hz_error err;
    struct read_outcome outcome = { 0 };
    char full[256], origin[256];
    snprintf(full, sizeof full, "data/files/%s", path);
    snprintf(origin, sizeof origin, "/%s", path);
    const struct w_file file = {
        .path = full, .source = "files", .origin = { origin, strlen(origin) }, .method = reader.method
    };
    assert_int_equal(reader_copy(&reader, bundle, &file, &outcome, &err), HZ_OK);
    assert_int_equal(reader.fd, -1);
    return outcome;
}

static void make(const char *name, off_t size)
{
    folder_write(name, "");
    assert_int_equal(truncate(name, size), 0);
}

static void steady_files(void **state)
{
    (void)state;
    static const off_t sizes[] = { 0, 1, 511, 512, 4096, READ_CHUNK - 1, READ_CHUNK, READ_CHUNK + 1, 3 * READ_CHUNK };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%02zu", i);
        make(name, sizes[i]);
        opens(name);
        assert_string_equal(reader.method, "read");
        assert_int_equal(copies(name).status, W_COLLECTED);
    }
    struct w_counts counts;
    w_bundle_counts(bundle, &counts);
    assert_int_equal(counts.collected, 1 + sizeof sizes / sizeof sizes[0]);
}

static void unsteady_files(void **state)
{
    (void)state;
    make("1", 3 * READ_CHUNK);
    opens("1");
    assert_int_equal(truncate("1", 3 * READ_CHUNK + 1), 0);
    assert_int_equal(copies("1").status, W_GREW);
    opens("1");
    assert_int_equal(truncate("1", READ_CHUNK + 5), 0);
    assert_int_equal(copies("2").status, W_SHRUNK);
    opens("1");
    assert_int_equal(chmod("1", 0600), 0);
    assert_int_equal(chmod("1", 0640), 0);
    assert_int_equal(copies("3").status, W_CHANGED);
    make("empty", 0);
    opens("empty");
    folder_write("empty", "no more");
    assert_int_equal(copies("4").status, W_GREW);
    opens("1");
    assert_int_equal(unlink("1"), 0);
    assert_int_equal(copies("5").status, W_CHANGED); /* its link count and change time did */
}

static void files_that_are_made_while_read(void **state)
{
    (void)state;
    struct hz_error err;
    int self = -1;
    assert_int_equal(io_open_directory("/proc/self", &self, &err), HZ_OK);
    assert_int_equal(open_at(self, "status", &err), HZ_OK);
    assert_string_equal(reader.method, "procfs");
    assert_true(reader.whole && reader.head.len > 100 && reader.before.stx_size == 0);
    assert_int_equal(copies("status").status, W_COLLECTED);
    io_close(&self);
}

static void says_why_not(void **state)
{
    (void)state;
    struct hz_error err;
    int proc = -1;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(open_at(here, "fifo", &err), HZ_E_UNSUPPORTED);
    assert_int_equal(io_open_directory("/proc", &proc, &err), HZ_OK);
    assert_int_equal(io_evidence_look(proc, "kmsg", &looked, &err), HZ_OK);
    assert_int_equal(reader_open(&reader, looked, "kmsg", 4, &err), HZ_E_DENIED);
    assert_int_equal(err.sys_errno, 0);
    assert_int_equal(reader.fd, -1);
    assert_non_null(strstr(reader.refused, "take its content away"));
    io_close(&proc);
    io_close(&looked);
    assert_int_equal(io_open_directory("/proc/self", &proc, &err), HZ_OK); /* root could open it, and what then? */
    assert_int_equal(open_at(proc, "clear_refs", &err), HZ_E_DENIED);
    assert_int_equal(err.sys_errno, 0);
    assert_non_null(strstr(reader.refused, "for writing only"));
    io_close(&proc);
    make("write-only", 3); /* of an ordinary file system: it can be read, and reading does nothing */
    assert_int_equal(chmod("write-only", 0200), 0);
    assert_int_equal(open_at(here, "write-only", &err), geteuid() == 0 ? HZ_OK : HZ_E_DENIED);
    assert_null(reader.refused);
}

#define READ_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
TEST_MAIN(READ_TEST(steady_files), READ_TEST(unsteady_files), READ_TEST(files_that_are_made_while_read),
          READ_TEST(says_why_not))
