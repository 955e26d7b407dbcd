/* From a walk into a bundle with all threads: what becomes of each kind of file. */
#include "collector/pipeline.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/io_open.h"
#include "collector/plan.h"
#include "collector/source.h"
#include "tests/unit/base/folder.h"

static struct run run;
static struct tree_node *tree;
static int output = -1, here = -1;
static struct collect_options options;

static void open_all(void)
{
    struct hz_error err;
    const struct w_bundle_config config = { .name = "T", .output = output, .spool_directory = here };
    memset(&run, 0, sizeof run);
    options = (struct collect_options) { .item = "T", .command_timeout_ns = INT64_C(60000000000) };
    run.options = &options;
    run.taking = &source_files;
    run.source = "files";
    deferred_init(&run.deferred, here);
    budget_begin(&run.budget, &options, output);
    pace_begin(&run.pace, 0);
    stop_begin(&run.stop, 0, NULL);
    assert_int_equal(io_open_directory("/", &run.root, &err), HZ_OK);
    assert_int_equal(w_bundle_open(&run.bundle, &config, &err), HZ_OK);
    assert_int_equal(pipeline_open(&run.pipeline, &run, &err), HZ_OK);
    assert_int_equal(tree_new(&tree, &err), HZ_OK);
}

static int begin(void **state)
{
    struct hz_error err;
    if (folder_enter(state) != 0 || io_open_directory(".", &here, &err) != HZ_OK)
        return -1;
    output = open("out", O_RDWR | O_CREAT, 0600);
    open_all();
    return 0;
}

static int end(void **state)
{
    pipeline_stop(run.pipeline);
    w_bundle_free(run.bundle);
    pipeline_close(run.pipeline);
    pace_end(&run.pace);
    deferred_free(&run.deferred);
    tally_free(&run.tally);
    tree_free(tree);
    io_close(&run.root);
    io_close(&output);
    io_close(&here);
    return folder_leave(state);
}

static void ask(const char *path, bool named)
{
    struct hz_error err;
    assert_int_equal(plan_add(tree, run.root, path, named, &err), HZ_OK);
}

static void takes(void)
{
    struct hz_error err = { .text = "" };
    int rc = source_walk(&run, tree, &err);
    if (rc != HZ_OK)
        fail_msg("%s", err.text);
}

static uint64_t collected(void)
{
    struct w_counts counts;
    w_bundle_source_counts(run.bundle, "files", &counts);
    return counts.collected;
}

static void make(const char *name, off_t size)
{
    folder_write(name, "");
    assert_int_equal(truncate(name, size), 0);
}

static void files_of_all_sizes(void **state)
{
    (void)state;
    static const off_t sizes[] = { 0,
                                   1,
                                   511,
                                   512,
                                   4096,
                                   SLOT_BYTES / 2,
                                   SLOT_BYTES - 1536,
                                   SLOT_BYTES - 1024,
                                   SLOT_BYTES - 1023,
                                   SLOT_BYTES - 512,
                                   SLOT_BYTES - 511,
                                   SLOT_BYTES,
                                   SLOT_BYTES + 1,
                                   2 * SLOT_BYTES - 512,
                                   2 * SLOT_BYTES - 511,
                                   9 * SLOT_BYTES + 77 };
    assert_int_equal(mkdir("d", 0700), 0);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char name[16];
        snprintf(name, sizeof name, "d/f%02zu", i);
        make(name, sizes[i]);
    }
    ask("d", true);
    takes();
    assert_int_equal(collected(), sizeof sizes / sizeof sizes[0]);
    assert_int_equal(run.tally.file_status[W_COLLECTED], sizeof sizes / sizeof sizes[0]);
}

static void more_files_than_slots_hold(void **state)
{
    (void)state;
    assert_int_equal(mkdir("d", 0700), 0);
    for (unsigned i = 0; i < 3 * SLOT_ITEMS * RING_SLOTS / 2; i++) {
        char name[32];
        snprintf(name, sizeof name, "d/%u", i);
        folder_write(name, "some content");
    }
    ask("d", true);
    takes();
    assert_int_equal(collected(), 3 * SLOT_ITEMS * RING_SLOTS / 2);
}

static void kernel_files_of_any_length(void **state)
{
    (void)state;
    ask("/proc/self/status", true); /* fits */
    ask("/proc/kallsyms", true);    /* does not, and is taken by itself */
    ask("/proc/version", true);
    ask("/proc/kmsg", true); /* would be consumed */
    takes();
    assert_int_equal(collected(), 3);
    assert_int_equal(run.tally.absent[W_EXCLUDED], 1);
    assert_false(run.tally.partial);
}

static void what_may_not_be_taken(void **state)
{
    (void)state;
    make("large", 100000);
    make("small", 1000);
    run.budget.max_file_size = 50000;
    ask("large", true);
    ask("small", true);
    takes();
    assert_int_equal(collected(), 1);
    assert_int_equal(run.tally.absent[W_OVER_BUDGET], 1);
    assert_true(run.tally.partial && run.source_partial);
}

static void own_output(void **state)
{
    (void)state;
    struct hz_error err;
    assert_int_equal(own_add(&run.own, output, &err), HZ_OK);
    ask("out", true);
    takes();
    assert_int_equal(run.tally.absent[W_EXCLUDED], 1);
    assert_int_equal(collected(), 0);
}

/* Holds a lease on a file that it lets go after some time. */
static pid_t lease(const char *name, useconds_t after)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(name, O_RDWR);
        sigset_t broken;
        sigemptyset(&broken);
        sigaddset(&broken, SIGIO);
        sigprocmask(SIG_BLOCK, &broken, NULL);
        if (fcntl(fd, F_SETLEASE, F_WRLCK) != 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        int got;
        sigwait(&broken, &got);
        usleep(after);
        fcntl(fd, F_SETLEASE, F_UNLCK);
        _exit(0);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void leased_files(void **state)
{
    (void)state;
    int status;
    folder_write("lent", "content");
    folder_write("stubborn", "content");
    pid_t first = lease("lent", 1000), second = lease("stubborn", 600000000);
    ask("lent", true);
    ask("stubborn", true);
    takes();
    assert_int_equal(collected(), 1);
    assert_int_equal(run.tally.absent[W_UNAVAILABLE], 1);
    waitpid(first, &status, 0);
    kill(second, SIGKILL);
    waitpid(second, &status, 0);
}

static void a_write_error_ends_everything(void **state)
{
    (void)state;
    struct hz_error err;
    assert_int_equal(mkdir("d", 0700), 0);
    for (unsigned i = 0; i < 40; i++) {
        char name[32];
        snprintf(name, sizeof name, "d/%u", i);
        make(name, SLOT_BYTES);
    }
    pipeline_stop(run.pipeline);
    w_bundle_free(run.bundle);
    run.bundle = NULL;
    pipeline_close(run.pipeline);
    run.pipeline = NULL;
    int full = open("/dev/full", O_WRONLY);
    const struct w_bundle_config config = { .name = "T", .output = full, .spool_directory = here };
    assert_int_equal(w_bundle_open(&run.bundle, &config, &err), HZ_OK);
    assert_int_equal(pipeline_open(&run.pipeline, &run, &err), HZ_OK);
    ask("d", true);
    assert_int_equal(source_walk(&run, tree, &err), HZ_E_IO);
    pipeline_stop(run.pipeline);
    w_bundle_free(run.bundle);
    run.bundle = NULL;
    close(full);
}

#define PIPELINE_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
TEST_MAIN(PIPELINE_TEST(files_of_all_sizes), PIPELINE_TEST(more_files_than_slots_hold),
          PIPELINE_TEST(kernel_files_of_any_length), PIPELINE_TEST(what_may_not_be_taken), PIPELINE_TEST(own_output),
          PIPELINE_TEST(leased_files), PIPELINE_TEST(a_write_error_ends_everything))
