#include "collector/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io_open.h"
#include "collector/tool_output.h"
#include "tests/unit/test.h"

struct place {
    char folder[64];
    int root;
};

static int setup(void **state)
{
    static struct place p;
    snprintf(p.folder, sizeof p.folder, "/tmp/hozen-tool-XXXXXX");
    assert_non_null(mkdtemp(p.folder));
    p.root = open(p.folder, O_RDONLY | O_DIRECTORY);
    assert_true(p.root >= 0);
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    char command[100];
    close(p->root);
    snprintf(command, sizeof command, "rm -rf %s", p->folder);
    return system(command);
}

static void make_file(const struct place *p, const char *name, const char *content)
{
    int fd = openat(p->root, name, O_CREAT | O_WRONLY | O_TRUNC, 0755);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
}

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" /* of "abc", FIPS 180-4 */

static const char *const places[] = { "/usr/x", "/bin/x" };

static void found_at_the_first_place(void **state)
{
    const struct place *p = *state;
    struct tool tool;
    struct hz_error err;
    assert_int_equal(tool_find(p->root, places, 2, &tool, &err), HZ_E_NOTFOUND);
    assert_int_equal(err.sys_errno, ENOENT);
    assert_int_equal(mkdirat(p->root, "bin", 0755), 0);
    make_file(p, "bin/x", "abc");
    assert_int_equal(tool_find(p->root, places, 2, &tool, &err), HZ_OK);
    assert_string_equal(tool.path, "/bin/x");
    assert_string_equal(tool.sha256, ABC);
    assert_int_equal(mkdirat(p->root, "usr", 0755), 0);
    make_file(p, "usr/x", "other");
    assert_int_equal(tool_find(p->root, places, 2, &tool, &err), HZ_OK);
    assert_string_equal(tool.path, "/usr/x");
}

static void through_links_but_no_further_than_files(void **state)
{
    const struct place *p = *state;
    struct tool tool;
    struct hz_error err;
    assert_int_equal(symlinkat("/usr", p->root, "bin"), 0);
    assert_int_equal(mkdirat(p->root, "usr", 0755), 0);
    assert_int_equal(mkdirat(p->root, "real", 0755), 0);
    make_file(p, "real/y", "abc");
    assert_int_equal(symlinkat("../real/y", p->root, "usr/x"), 0);
    assert_int_equal(tool_find(p->root, places + 1, 1, &tool, &err), HZ_OK);
    assert_string_equal(tool.path, "/bin/x");
    assert_string_equal(tool.sha256, ABC);
    assert_int_equal(unlinkat(p->root, "usr/x", 0), 0);
    assert_int_equal(mkfifoat(p->root, "usr/x", 0755), 0); /* opening it would hang */
    assert_int_equal(tool_find(p->root, places, 2, &tool, &err), HZ_E_UNSUPPORTED);
    assert_int_equal(unlinkat(p->root, "usr/x", 0), 0);
    assert_int_equal(symlinkat("x", p->root, "usr/x"), 0);
    assert_int_not_equal(tool_find(p->root, places, 2, &tool, &err), HZ_OK);
    assert_int_equal(err.sys_errno, ELOOP);
}

struct taking { /* a run without a directory for spools */
    struct collect_options options;
    struct run run;
    struct tool_output output;
};

static void taking_begin(struct taking *t, uint64_t max_file_size)
{
    const struct w_bundle_config config = {
        .name = "x", .output = open("/dev/null", O_WRONLY), .spool_directory = -1, .spool_memory = 16 << 20
    };
    struct hz_error err;
    *t = (struct taking) { .options = { .max_file_size = max_file_size } };
    t->run.options = &t->options;
    t->run.deferred.directory = -1;
    stop_begin(&t->run.stop, 0, NULL);
    budget_begin(&t->run.budget, &t->options, -1);
    assert_int_equal(w_bundle_open(&t->run.bundle, &config, &err), HZ_OK);
    assert_int_equal(tool_output_begin(&t->output, &t->run, &err), HZ_OK);
}

static void taking_end(struct taking *t)
{
    tool_output_free(&t->output);
    w_bundle_free(t->run.bundle);
}

static void output_in_memory_is_bounded(void **state)
{
    (void)state;
    static const unsigned char chunk[65536];
    HZ_CLEANUP(taking_end) struct taking t;
    struct hz_error err;
    taking_begin(&t, 0);
    for (size_t i = 0; i < TOOL_MEMORY_MAX / sizeof chunk; i++)
        assert_int_equal(tool_output_put(&t.output, false, chunk, sizeof chunk, &err), HZ_OK);
    assert_null(t.output.full);
    assert_int_equal(tool_output_put(&t.output, false, chunk, 1, &err), HZ_E_LIMIT);
    assert_string_equal(t.output.full, "larger than what is kept in memory");
    assert_int_equal(t.output.size, TOOL_MEMORY_MAX);
}

static void output_stops_at_the_limit_for_files(void **state)
{
    (void)state;
    HZ_CLEANUP(taking_end) struct taking t;
    struct hz_error err;
    taking_begin(&t, 10);
    assert_int_equal(tool_output_put(&t.output, false, "12345678", 8, &err), HZ_OK);
    assert_int_equal(tool_output_put(&t.output, false, "12", 2, &err), HZ_OK);
    assert_int_equal(tool_output_put(&t.output, false, "3", 1, &err), HZ_E_LIMIT);
    assert_string_equal(t.output.full, "larger than --max-file-size");
    assert_int_equal(t.output.size, 10);
}

/* However much it complains, it is not ended for that. */
static void errors_are_cut(void **state)
{
    (void)state;
    static const unsigned char chunk[65536];
    HZ_CLEANUP(taking_end) struct taking t;
    struct hz_error err;
    taking_begin(&t, 10);
    assert_int_equal(tool_output_put(&t.output, true, "x", 1, &err), HZ_OK);
    for (size_t i = 0; i < TOOL_ERRORS_MAX / sizeof chunk; i++)
        assert_int_equal(tool_output_put(&t.output, true, chunk, sizeof chunk, &err), HZ_OK);
    assert_true(t.output.errors_cut);
    assert_int_equal(t.output.errors.len, TOOL_ERRORS_MAX);
    assert_int_equal(t.output.size, 0);
}

TEST_MAIN(cmocka_unit_test_setup_teardown(found_at_the_first_place, setup, teardown),
          cmocka_unit_test_setup_teardown(through_links_but_no_further_than_files, setup, teardown),
          cmocka_unit_test(output_in_memory_is_bounded), cmocka_unit_test(output_stops_at_the_limit_for_files),
          cmocka_unit_test(errors_are_cut))
