#include "collector/take.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

static struct run run;
static int output = -1, here = -1;

static int begin(void **state)
{
    struct hz_error err;
    static const struct collect_options options = { .case_id = "C", .operator_name = "O" };
    if (folder_enter(state) != 0 || io_open_directory(".", &here, &err) != HZ_OK)
        return -1;
    output = open("out", O_RDWR | O_CREAT, 0600);
    const struct w_bundle_config config = { .name = "T", .output = output, .spool_directory = here };
    memset(&run, 0, sizeof run);
    run.options = &options;
    run.source = "files";
    room_begin(&run.room, output);
    stop_begin(&run.stop, 0, NULL);
    reader_init(&run.reader);
    meta_init(&run.meta);
    return w_bundle_open(&run.bundle, &config, &err);
}

static int end(void **state)
{
    reader_free(&run.reader);
    meta_free(&run.meta);
    tally_free(&run.tally);
    w_bundle_free(run.bundle);
    io_close(&output);
    io_close(&here);
    return folder_leave(state);
}

static void look(struct walk_item *item, const char *path, const char *member)
{
    struct hz_error err;
    const char *name = strrchr(path, '/') + 1;
    char folder[256];
    int at = -1;
    snprintf(folder, sizeof folder, "%.*s", (int)(name - path), path);
    *item =
        (struct walk_item) { .origin = { path, strlen(path) }, .path = member, .path_len = strlen(member), .fd = -1 };
    assert_int_equal(io_open_directory(folder, &at, &err), HZ_OK);
    assert_int_equal(io_evidence_look(at, name, &item->fd, &err), HZ_OK);
    assert_int_equal(io_statx(item->fd, &item->stat, &err), HZ_OK);
    io_close(&at);
}

/* A file of a process that ends between being seen and being opened. */
static void vanish_before_opening(struct walk_item *item, char path[64])
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    snprintf(path, 64, "/proc/%d/status", (int)pid);
    look(item, path, "data/files/x");
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void vanished_files_count_only_when_named(void **state)
{
    (void)state;
    struct hz_error err;
    struct walk_item item;
    char path[64];
    vanish_before_opening(&item, path);
    assert_int_equal(take_file(&run, &item, item.path, false, &err), HZ_OK);
    assert_int_equal(run.tally.absent[W_VANISHED], 1);
    assert_false(run.tally.partial || run.source_partial);
    assert_int_equal(take_file(&run, &item, item.path, true, &err), HZ_OK);
    assert_int_equal(run.tally.absent[W_VANISHED], 2);
    assert_true(run.tally.partial && run.source_partial);
    io_close(&item.fd);
}

static void files_that_reading_would_consume_are_excluded(void **state)
{
    (void)state;
    struct hz_error err;
    struct walk_item item;
    look(&item, "/proc/kmsg", "data/files/proc/kmsg");
    assert_int_equal(take_file(&run, &item, item.path, true, &err), HZ_OK);
    assert_int_equal(run.tally.absent[W_EXCLUDED], 1);
    assert_false(run.tally.partial);
    io_close(&item.fd);
}

static void takes_a_file(void **state)
{
    (void)state;
    struct hz_error err;
    struct walk_item item;
    struct w_counts counts;
    char path[4200], at[4096];
    folder_write("f", "content");
    assert_non_null(getcwd(at, sizeof at));
    snprintf(path, sizeof path, "%s/f", at);
    look(&item, path, "data/files/f");
    const struct walk_visitor visitor = take_visitor(&run);
    assert_int_equal(visitor.file(visitor.context, &item, false, &err), HZ_OK);
    assert_int_equal(run.tally.file_status[W_COLLECTED], 1);
    w_bundle_source_counts(run.bundle, "files", &counts);
    assert_int_equal(counts.collected, 1);
    run.own.files[0] = item.stat;
    run.own.count = 1;
    assert_int_equal(visitor.file(visitor.context, &item, false, &err), HZ_OK);
    assert_int_equal(run.tally.absent[W_EXCLUDED], 1);
    io_close(&item.fd);
}

#define TAKE_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
static void a_file_without_room_costs_only_itself(void **state)
{
    (void)state;
    struct hz_error err;
    struct walk_item item;
    int large = open("large", O_CREAT | O_WRONLY, 0600);
    assert_int_equal(ftruncate(large, (off_t)ROOM_SMALL + 1), 0);
    look(&item, "./large", "data/files/large");
    run.room.reserve = UINT64_MAX;
    assert_int_equal(take_file(&run, &item, item.path, true, &err), HZ_OK);
    assert_int_equal(run.tally.absent[W_OVER_BUDGET], 1);
    assert_true(run.tally.partial && run.source_partial);
    assert_int_equal(ftruncate(large, (off_t)ROOM_SMALL), 0);
    assert_int_equal(take_file(&run, &item, item.path, true, &err), HZ_OK);
    assert_int_equal(run.tally.file_status[W_COLLECTED], 1);
    io_close(&item.fd);
    io_close(&large);
}

TEST_MAIN(TAKE_TEST(vanished_files_count_only_when_named), TAKE_TEST(files_that_reading_would_consume_are_excluded),
          TAKE_TEST(a_file_without_room_costs_only_itself), TAKE_TEST(takes_a_file))
