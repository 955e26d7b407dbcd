#include "collector/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/io_open.h"
#include "formats/write/name.h"
#include "tests/unit/base/folder.h"

static int root = -1;
static struct tree_node *tree;

static int begin(void **state)
{
    struct hz_error err;
    if (folder_enter(state) != 0 || io_open_directory("/", &root, &err) != HZ_OK)
        return -1;
    return tree_new(&tree, &err);
}

static int end(void **state)
{
    tree_free(tree);
    io_close(&root);
    return folder_leave(state);
}

static void add(const char *path, bool named)
{
    struct hz_error err;
    assert_int_equal(plan_add(tree, root, path, named, &err), HZ_OK);
}

/* The node of a path below the test's folder; it must be there already. */
static const struct tree_node *node(const char *path)
{
    struct hz_error err;
    struct tree_node *found = NULL;
    char full[8192], here[4096];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(full, sizeof full, "%s%s%s", here, path[0] == '\0' ? "" : "/", path);
    assert_int_equal(tree_add(tree, full, strlen(full), &found, &err), HZ_OK);
    return found;
}

static void asks(void **state)
{
    (void)state;
    assert_int_equal(mkdir("d", 0755), 0);
    folder_write("d/f", "");
    add("d", false);
    add("./d/../d/f", true);
    add("gone", true);
    assert_true(node("d")->asked && !node("d")->named && !node("d")->missing);
    assert_true(node("d/f")->asked && node("d/f")->named);
    assert_true(node("gone")->asked && node("gone")->missing);
    assert_false(node("")->asked);
    add("d", true);
    assert_true(node("d")->named);
    add("/", true);
    assert_true(tree->asked);
}

static void follows_a_chain_of_links(void **state)
{
    (void)state;
    folder_write("end", "");
    assert_int_equal(symlink("b", "a"), 0);
    assert_int_equal(symlink("./c", "b"), 0);
    assert_int_equal(symlink("end", "c"), 0);
    assert_int_equal(symlink("there", "dangling"), 0);
    assert_int_equal(symlink("self", "self"), 0);
    add("a", true);
    assert_true(node("a")->asked && node("b")->asked && node("c")->asked && node("end")->asked && node("end")->named);
    add("dangling", true);
    assert_true(node("dangling")->asked && !node("dangling")->missing);
    assert_true(node("there")->asked && node("there")->missing);
    add("self", true);
    assert_true(node("self")->asked);
}

static void refuses_paths_that_no_record_can_hold(void **state)
{
    (void)state;
    struct hz_error err;
    struct buf path = BUF_INIT(1 << 20);
    while (path.len <= W_NAME_ORIGIN_MAX)
        buf_puts(&path, "/name");
    assert_int_equal(plan_add(tree, root, buf_text(&path), true, &err), HZ_E_LIMIT);
    buf_free(&path);
}

/* Twelve folders with a link each that leads through the next one's: 36,000 bytes in the end. */
static void links_that_lead_further_than_a_record_can_hold(void **state)
{
    static char component[201], way[4096];
    (void)state;
    memset(component, 'a', 200);
    for (size_t len = 0; len < 3000; len += 201)
        snprintf(way + len, sizeof way - len, "%s/", component);
    strcat(way, "n");
    int at = open(".", O_RDONLY | O_DIRECTORY);
    assert_int_equal(symlink(way, "far"), 0);
    for (int i = 0; i < 12; i++) {
        for (size_t len = 0; len < 3000; len += 201) {
            assert_int_equal(mkdirat(at, component, 0700), 0);
            int next = openat(at, component, O_RDONLY | O_DIRECTORY);
            close(at);
            at = next;
        }
        assert_int_equal(symlinkat(way, at, "n"), 0);
    }
    close(at);
    add("far", false);
    assert_true(node("far")->asked && node("far")->astray == ENAMETOOLONG);
    add("far/below", false);
    assert_true(!node("far/below")->asked && node("far/below")->unresolved == ENAMETOOLONG);
    assert_int_equal(system("rm -rf a*"), 0); /* too deep for nftw(3) */
}

/* Each ".." is found again from the root: 200 folders down, and 40 links with 1,000 of them each. */
static void links_that_go_up_and_down_without_end(void **state)
{
    static char way[8192], back[4096];
    (void)state;
    for (int i = 0; i < 200; i++) {
        strcat(way, "d/");
        assert_int_equal(mkdir(way, 0700), 0);
    }
    for (int i = 0; i < 800; i++)
        strcat(back, "../d/");
    strcat(back, "n");
    strcat(way, "n");
    assert_int_equal(symlink(back, way), 0);
    assert_int_equal(symlink(way, "tired"), 0);
    add("tired", false);
    assert_true(node("tired")->asked && node("tired")->astray == ENAMETOOLONG);
}

static void expect_unseen(const char *image, const char *path, const char *made)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(8192);
    struct hz_error err;
    const struct collect_options options = { .root = image };
    assert_int_equal(plan_unseen(&options, path, &out, &err), HZ_OK);
    assert_string_equal(buf_text(&out), made);
}

static void tells_a_path_that_nobody_looks_at(void **state)
{
    char here[4096], whole[8192];
    (void)state;
    assert_non_null(getcwd(here, sizeof here));
    snprintf(whole, sizeof whole, "%s/a/b", here);
    expect_unseen("/", "a//b", whole);
    expect_unseen("/", "/a/./b", "/a/b");
    expect_unseen("/image", "a/b", "/a/b");
    expect_unseen("/image", "/a/../b", "/a");
}

static void says_what_cannot_be_told(void **state)
{
    (void)state;
    char name[300] = "";
    struct hz_error err;
    memset(name, 'x', sizeof name - 1);
    add(name, true);
    assert_true(node(name)->unresolved == ENAMETOOLONG && !node(name)->asked && !node(name)->missing);
    assert_int_equal(plan_refused(tree, "/some/folder//", EIO, &err), HZ_OK);
    assert_int_equal(plan_refused(tree, "//", EACCES, &err), HZ_OK);
    assert_int_equal(tree->refused, EACCES);
    struct tree_node *refused = NULL;
    assert_int_equal(tree_add(tree, "/some/folder", 12, &refused, &err), HZ_OK);
    assert_int_equal(refused->refused, EIO);
}

#define PLAN_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
TEST_MAIN(PLAN_TEST(asks), PLAN_TEST(follows_a_chain_of_links), PLAN_TEST(refuses_paths_that_no_record_can_hold),
          PLAN_TEST(links_that_lead_further_than_a_record_can_hold), PLAN_TEST(links_that_go_up_and_down_without_end),
          PLAN_TEST(tells_a_path_that_nobody_looks_at), PLAN_TEST(says_what_cannot_be_told))
